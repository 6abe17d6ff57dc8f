"""The sections of a report, in the order in which they matter; what there is nothing to say of is not there."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from review._diff import SIGNS, body
from review._figures import figures
from review._html import code, codes, facts, listed, many, pill, prose, table, text
from review._text import value
from review.assess import Assessment
from review.fold import FoldedFinding, Group, alike, findings, groups, questions, rank
from review.kubernetes import short, told
from review.model import Change, Op
from review.quota import shares

CLASSES: Final = {"+": "plus", "-": "minus", "!": "note"}


def policies(found: Assessment) -> Iterator[str]:
    """What policies refuse, advise, could not decide, let pass by exception, and have changed."""
    said = sorted(findings(found.review), key=rank)
    if said:
        yield "<h2>Policies</h2>"
        yield table(("level", "rule", "where", "what", "fix"), (_finding(each) for each in said))
    asked = [
        (codes(each.rules), prose(each.message), f"{_stacks(each.stacks)} {codes(short(urn) for urn in each.urns)}")
        for each in questions(found.review)
    ]
    if asked:
        yield "<h2>Not decided at preview</h2>"
        yield table(("rules", "what", "where"), asked)
    stand = [(code(s.stack), code(e.rule), prose(e.message)) for s in found.review.stacks for e in s.exceptions]
    if stand:
        yield "<h2>Exceptions that stand</h2>"
        yield table(("stack", "rule", "what"), stand)
    remedies = [
        (code(stack.stack), code(remedy.rule), code(each.path), code(value(each.before)), code(value(each.after)))
        for stack in found.review.stacks
        for remedy in stack.remedies
        for each in remedy.properties
    ]
    if remedies:
        yield "<h2>Changed by policies</h2>"
        yield table(("stack", "rule", "property", "was", "is"), remedies)


def _finding(each: FoldedFinding) -> tuple[str, ...]:
    finding = each.finding
    level = pill("refused") if finding.mandatory else pill("advice")
    old = " <small>at the merge base as well</small>" if finding.pending else ""
    title = f"<strong>{prose(finding.title)}</strong>" if finding.title else ""
    return (
        f"{level} <small>{text(finding.severity)}</small>",
        code(finding.rule),
        f"{_stacks(each.stacks)}<br>{code(short(finding.urn))}",
        f"{title}{old}<br>{listed([prose(message) for message in each.messages])}",
        prose(finding.fix),
    )


def dangers(found: Assessment) -> Iterator[str]:
    """What must not be overlooked, grave things first."""
    if found.dangers:
        rows = (
            (
                pill("careful") if each.grave else pill("advice", "worth knowing"),
                _stacks(each.stacks),
                prose(each.message),
                code(each.id),
            )
            for each in alike(found.dangers)
        )
        yield "<h2>Dangers</h2>"
        yield table(("level", "stack", "what", "check"), rows)


def reach(found: Assessment) -> Iterator[str]:
    """How far it reaches, in words and as pictures."""
    blast = found.blast
    rows = [
        (name, many(members, what))
        for name, what, members in (
            ("tenants", "tenants", blast.tenants),
            ("namespaces", "namespaces", blast.namespaces),
            ("restarts", "workloads", blast.restarts),
            ("shared by all", "objects", blast.shared),
        )
        if members
    ]
    if blast.everybody:
        rows.append(("every tenant", "uses what changes in the platform's stack"))
    drawn = list(figures(found))
    if rows or drawn:
        yield "<h2>Reach</h2>"
    if rows:
        yield facts(rows)
    pictures = [
        f'<figure><figcaption>{_stacks(stacks)}</figcaption><div class="wide" tabindex="0">{drawing}</div></figure>'
        for stacks, drawing in drawn
    ]
    if pictures:
        yield f'<div class="figures">{"".join(pictures)}</div>'


def costs(found: Assessment) -> Iterator[str]:
    """What a month costs more or less, and how much of the quota is used."""
    if not found.costs:
        return
    quotas = {each.stack: each for each in found.quotas}
    same: dict[tuple[str, ...], list[str]] = {}
    for each in sorted(found.costs, key=lambda cost: -abs(cost.delta)):
        left = "" if each.budget is None else f"{each.budget - each.after:+.2f}"
        left = f'<strong class="over">{left}</strong>' if each.over else left
        figures = (f"{each.before:.2f}", f"{each.after:.2f}", f"{each.delta:+.2f}", left)
        words = (text(shares(quotas.get(each.stack))), text(", ".join(each.uncounted)))
        same.setdefault((*figures, *words), []).append(each.stack)
    rows = [(many(stacks, "stacks, each"), *cells) for cells, stacks in same.items()]
    total = sum(each.delta for each in found.costs)
    yield f"<h2>Cost: {total:+.2f} {text(found.prices.currency)} a month</h2>"
    yield table(("stack", "before", "after", "change", "budget left", "of the quota", "not counted"), rows)
    yield f"<p>{text(found.prices.basis)}: requests times copies, without what autoscalers add.</p>"


def changes(found: Assessment) -> Iterator[str]:
    """What changes, once for all stacks in which it is the same; open where something goes."""
    every = groups(found.review)
    if every:
        yield "<h2>Changes</h2>"
    for group in every:
        opened = " open" if len(every) == 1 or any(each.op in (Op.DELETE, Op.REPLACE) for each in group.changes) else ""
        inner = "\n".join(_change(change) for change in group.changes)
        title = code(group.stacks[0]) if len(group.stacks) == 1 else f"same in {len(group.stacks)} stacks"
        names = f'<p class="change">{codes(group.stacks)}</p>\n' if len(group.stacks) > 1 else ""
        counts = f'<span class="counts">{_counts(group)}</span>'
        yield f"<details{opened}><summary>{title} {counts}</summary>\n{names}{inner}\n</details>"
    pending = [
        (code(stack.stack), f"{sign(change.op)} {change.op} {code(told(change))}")
        for stack in found.review.stacks
        for change in stack.changes
        if change.pending
    ]
    if pending:
        yield "<h2>Pending before this pull request, and not of it</h2>"
        yield table(("stack", "what"), pending)


def _change(change: Change) -> str:
    """Return one change: its line, under which its properties fold; those of what is made are folded at first."""
    where = f" <small>in {text('/'.join(change.components))}</small>" if change.components else ""
    why = f" <small>because of {codes(change.reasons)}</small>" if change.reasons else ""
    head = f"{sign(change.op)} {change.op} <strong>{text(told(change))}</strong>{where}{why}"
    rows = list(body(change))
    if not rows:
        return f'<p class="change">{head}</p>'
    opened = "" if change.op is Op.CREATE else " open"
    return f'<details class="change"{opened}><summary>{head}</summary>{lines(rows)}</details>'


def failures(found: Assessment) -> Iterator[str]:
    """Why a preview is not whole."""
    every = [(stack.stack, failure) for stack in found.review.stacks for failure in stack.failures]
    if every:
        yield "<h2>Failures</h2>"
    for stack, failure in every:
        yield f"<p>{pill('refused', failure.cause)} {code(stack)} {code(short(failure.urn))}</p>"
        yield lines(f"- {line}" for line in failure.message.splitlines())
    warned = [(code(s.stack), code(short(w.urn)), prose(w.message)) for s in found.review.stacks for w in s.warnings]
    if warned:
        yield "<h2>Warnings</h2>"
        yield table(("stack", "where", "what"), warned)


def lines(found: Iterable[str]) -> str:
    """Return the lines of a diff."""
    spans = "".join(f'<span class="{CLASSES.get(line[:1], "")}">{text(line)}</span>' for line in found)
    return f"<pre>{spans}</pre>"


def sign(op: Op) -> str:
    """Return what becomes of a thing as a sign."""
    return f'<span class="sign {op}">{SIGNS[op]}</span>'


def _counts(group: Group) -> str:
    found = [change.op for change in group.changes]
    return " ".join(pill(op, f"{SIGNS[op]}{found.count(op)} {op}") for op in SIGNS if op in found)


def _stacks(stacks: Sequence[str]) -> str:
    return many(stacks, "stacks")
