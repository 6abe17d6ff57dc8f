"""The parts of a comment, each a list of blocks; what there is nothing to say of is not there."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from review._detail import Body, Detail
from review._diff import SIGNS, body, head
from review._text import cell, code, fence, value
from review.assess import Assessment
from review.fold import FoldedFinding, Group, alike, findings, groups, questions, rank
from review.kubernetes import short
from review.limits import Forge
from review.model import Change, Op
from review.quota import shares
from review.verdict import counted

FEW: Final = 3  # stacks of a group that are named
LONGEST_MESSAGE: Final = 4_000  # characters of one failure


def policies(found: Assessment, level: Detail, rules: str) -> Iterator[str]:
    """What policies refuse, advise, have changed, could not decide, and what they let pass by exception."""
    said = sorted(findings(found.review), key=rank)
    if said:
        yield "#### Policies"
        yield table(("", "rule", "where", "what", "fix"), (_finding(each, rules) for each in said), level)
    stacks = found.review.stacks
    remedies = [
        (
            code(stack.stack),
            code(remedy.rule),
            code(short(remedy.urn)),
            f"{code(each.path)} {_arrow(each.before, each.after)}",
        )
        for stack in stacks
        for remedy in stack.remedies
        for each in remedy.properties
    ]
    if remedies:
        yield "**Changed by policies**"
        yield table(("stack", "rule", "where", "before → after"), remedies, level)
    yield from _listed(
        "Not decided at preview",
        [
            f"{_stacks(each.stacks)} {_names(each.rules)}: {cell(each.message)} ({_resources(each.urns)})"
            for each in questions(found.review)
        ],
        level,
    )
    yield from _listed(
        "Exceptions that stand",
        [f"{code(s.stack)} {code(each.rule)}: {cell(each.message)}" for s in stacks for each in s.exceptions],
        level,
    )


def dangers(found: Assessment, level: Detail) -> Iterator[str]:
    """What must not be overlooked, grave things first."""
    every = alike(found.dangers)
    if every:
        yield "#### Dangers"
        rows = (
            (("⚠️" if each.grave else "💡"), _stacks(each.stacks), cell(each.message), code(each.id)) for each in every
        )
        yield table(("", "stack", "what", "check"), rows, level)


def blast(found: Assessment) -> Iterator[str]:
    """How far it reaches."""
    reach = found.blast
    lines = [
        f"**{name}**: {_names(members)}"
        for name, members in (
            ("tenants", reach.tenants),
            ("namespaces", reach.namespaces),
            ("restarts", reach.restarts),
            ("shared by all", reach.shared),
        )
        if members
    ]
    if reach.everybody:
        lines.append("**every tenant** uses what changes in the platform's stack")
    if lines:
        yield "#### Reach"
        yield "\n".join(f"- {line}" for line in lines)


def costs(found: Assessment, level: Detail) -> Iterator[str]:
    """What a month costs more or less, and how much of the quota is used."""
    if not found.costs:
        return
    prices, quotas = found.prices, {each.stack: each for each in found.quotas}
    total = sum(each.delta for each in found.costs)
    yield f"#### Cost: {total:+.2f} {cell(prices.currency)} a month"
    same: dict[tuple[str, ...], list[str]] = {}
    for each in sorted(found.costs, key=lambda cost: -abs(cost.delta)):
        left = "" if each.budget is None else f"{each.budget - each.after:+.2f}"
        figures = f"{each.before:.2f}", f"{each.after:.2f}", f"{each.delta:+.2f}", left, shares(quotas.get(each.stack))
        same.setdefault(figures, []).append(each.stack)
    rows = ((_stacks(stacks), *figures) for figures, stacks in same.items())
    yield table(("stack", "before", "after", "change", "budget left", "of the quota"), rows, level)
    uncounted = sorted({one for each in found.costs for one in each.uncounted})
    missing = f" Not counted: {_names(uncounted)}." if uncounted else ""
    yield f"<sub>{cell(prices.basis)}: requests times copies, without what autoscalers add.{missing}</sub>"


def changes(found: Assessment, level: Detail, forge: Forge) -> Iterator[str]:
    """What changes, once for all stacks in which it is the same."""
    every = groups(found.review)
    if every:
        yield "#### Changes"
    dangerous = {danger.urn for danger in found.dangers if danger.grave}
    if not level.lines:
        yield from (
            [table(("stacks", "changes"), ((_stacks(g.stacks), _counts(g)) for g in every), level)] if every else []
        )
        return
    for group in every[: level.groups]:
        lines = [line for change in group.changes for line in _change(change, level, dangerous)]
        title = f"{_stacks(group.stacks)}: {_counts(group)}"
        yield (
            f"<details><summary>{title}</summary>\n\n{fence(lines)}\n\n</details>"
            if forge.folds
            else f"{title}\n\n{fence(lines)}"
        )
    pending = [(stack.stack, sum(each.pending for each in stack.changes)) for stack in found.review.stacks]
    told = [f"{code(stack)} {number}" for stack, number in pending if number]
    if told:
        yield f"Pending before this pull request, and not of it: {', '.join(told[: level.rows])}"


def failures(found: Assessment, level: Detail) -> Iterator[str]:
    """Why a preview is not whole."""
    every = [(stack.stack, failure) for stack in found.review.stacks for failure in stack.failures]
    if every:
        yield "#### Failures"
    for stack, failure in every[: level.rows]:
        text = (
            failure.message if len(failure.message) <= LONGEST_MESSAGE else f"…\n{failure.message[-LONGEST_MESSAGE:]}"
        )
        where = f" {code(short(failure.urn))}" if failure.urn else ""
        lines = [f"- {line}" for line in text.splitlines()]
        yield f"**{code(stack)}** {failure.cause}{where}\n\n{fence(lines)}"
    if len(every) > level.rows:
        yield f"and {counted(len(every) - level.rows, 'failure')} more"
    warned = [
        f"{code(stack.stack)} {code(short(each.urn))}: {cell(each.message)}"
        for stack in found.review.stacks
        for each in stack.warnings
    ]
    yield from _listed("Warnings", warned, level)


def table(head: Sequence[str], rows: Iterable[Sequence[str]], level: Detail) -> str:
    """Return a table of at most so many rows; how many more there are is said below."""
    every = list(rows)
    lines = [f"| {' | '.join(row)} |" for row in [head, ["---"] * len(head), *every[: level.rows]]]
    rest = len(every) - level.rows
    return "\n".join(lines) + (f"\n\nand {counted(rest, 'row')} more" if rest > 0 else "")


def _listed(title: str, lines: list[str], level: Detail) -> Iterator[str]:
    if lines:
        rest = len(lines) - level.rows
        more = [f"and {rest} more"] if rest > 0 else []
        yield f"**{title}**"
        yield "\n".join(f"- {line}" for line in [*lines[: level.rows], *more])


def _finding(each: FoldedFinding, rules: str) -> tuple[str, ...]:
    found = each.finding
    word = "⛔" if found.mandatory else "💬"
    rule = f"[{code(found.rule)}]({rules}{found.rule.lower()})" if rules and found.rule.isalnum() else code(found.rule)
    old = " (at the merge base as well)" if found.pending else ""
    what = "<br>".join(cell(part) for part in (found.title, *each.messages) if part)
    where = f"{_stacks(each.stacks)} {code(short(found.urn))}".strip()
    return (f"{word} {cell(found.severity)}".strip(), rule, where, what + old, cell(found.fix))


def _change(change: Change, level: Detail, dangerous: set[str]) -> Iterator[str]:
    yield head(change)
    wanted = Body.DANGEROUS if change.urn in dangerous else Body.ALL if change.op is Op.CREATE else Body.CHANGED
    if wanted <= level.body:
        yield from body(change)


def _counts(group: Group) -> str:
    found = [change.op for change in group.changes]
    return " ".join(f"{SIGNS[op]}{found.count(op)}" for op in SIGNS if op in found)


def _stacks(stacks: Sequence[str]) -> str:
    named = ", ".join(code(stack) for stack in stacks[:FEW])
    if len(stacks) == 1:
        return named
    rest = f" and {len(stacks) - FEW} more" if len(stacks) > FEW else ""
    return f"same in {len(stacks)} stacks ({named}{rest})"


def _names(names: Sequence[str], most: int = 12) -> str:
    rest = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(code(name) for name in names[:most]) + rest


def _resources(urns: Sequence[str]) -> str:
    return code(short(urns[0])) if len(urns) == 1 else counted(len(urns), "resource")


def _arrow(before: object, after: object) -> str:
    return f"{code(value(before))} → {code(value(after))}"
