"""The full report: all that a comment may have to leave out, in one HTML file that needs nothing else.

No script, no address to load from: it can be kept as an artefact, opened years later, and read by whoever may read
the pull request. Every text of others is escaped.
"""

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import Final

from review._diff import SIGNS, body, head
from review._style import STYLE
from review._text import value, visible
from review.assess import Assessment
from review.fold import Group, findings, groups, questions, rank
from review.kubernetes import short
from review.markdown import WORDS, About
from review.model import Op
from review.quota import shares
from review.verdict import counted

POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
CLASSES: Final = {"+": "plus", "-": "minus", "!": "note", "@": "head"}
NUMBERS: Final = frozenset({"before", "after", "change", "budget left"})


def report(found: Assessment, about: About | None = None) -> str:
    """Return the report as one HTML page."""
    told = about or About()
    parts = [
        _verdict(found),
        *_policies(found),
        *_dangers(found),
        *_reach(found),
        *_costs(found),
        *_changes(found),
        *_failures(found),
        _footer(told),
    ]
    title = escape(f"{WORDS[found.verdict]}: review {told.commit}".strip())
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(parts)
        + "\n</main>\n</body>\n</html>\n"
    )


def _text(found: object) -> str:
    return escape(visible(str(found)))


def _code(found: object) -> str:
    return f"<code>{_text(found)}</code>" if found else ""


def _verdict(found: Assessment) -> str:
    changed = sum(bool(stack.own) for stack in found.review.stacks)
    counts = " ".join(f"{SIGNS[op]}{number} {op}" for op, number in found.counts.items()) or "no change"
    reasons = f": {_text('; '.join(found.reasons))}" if found.reasons else ""
    same = counted(len(found.review.stacks) - changed, "stack")
    return (
        f'<h1 class="{found.verdict}">{WORDS[found.verdict]}{reasons}</h1>\n'
        f"<p>{counted(changed, 'stack')}: {counts}; {same} without a change of this pull request</p>"
    )


def _policies(found: Assessment) -> Iterator[str]:
    said = sorted(findings(found.review), key=rank)
    rows = [
        (
            "refused" if each.finding.mandatory else "advice",
            _text(each.finding.severity),
            _code(each.finding.rule),
            _stacks(each.stacks),
            _code(short(each.finding.urn)),
            "<br>".join(_text(part) for part in (each.finding.title, *each.messages) if part),
            _text(each.finding.fix),
        )
        for each in said
    ]
    if rows:
        yield "<h2>Policies</h2>"
        yield _table(("level", "severity", "rule", "stack", "where", "what", "fix"), rows)
    asked = [
        (
            _stacks(each.stacks),
            _text(", ".join(each.rules)),
            _text(each.message),
            ", ".join(_code(short(urn)) for urn in each.urns),
        )
        for each in questions(found.review)
    ]
    if asked:
        yield "<h2>Not decided at preview</h2>"
        yield _table(("stack", "rules", "what", "where"), asked)
    stand = [(_code(s.stack), _code(e.rule), _text(e.message)) for s in found.review.stacks for e in s.exceptions]
    if stand:
        yield "<h2>Exceptions that stand</h2>"
        yield _table(("stack", "rule", "what"), stand)
    remedies = [
        (_code(stack.stack), _code(remedy.rule), _code(each.path), _code(value(each.before)), _code(value(each.after)))
        for stack in found.review.stacks
        for remedy in stack.remedies
        for each in remedy.properties
    ]
    if remedies:
        yield "<h2>Changed by policies</h2>"
        yield _table(("stack", "rule", "property", "was", "is"), remedies)


def _dangers(found: Assessment) -> Iterator[str]:
    if found.dangers:
        rows = (
            ("careful" if each.grave else "worth knowing", _code(each.stack), _text(each.message), _code(each.id))
            for each in sorted(found.dangers, key=lambda danger: not danger.grave)
        )
        yield "<h2>Dangers</h2>"
        yield _table(("", "stack", "what", "check"), rows)


def _reach(found: Assessment) -> Iterator[str]:
    reach = found.blast
    rows = [
        (name, ", ".join(_code(each) for each in members))
        for name, members in (
            ("tenants", reach.tenants),
            ("namespaces", reach.namespaces),
            ("restarts", reach.restarts),
            ("shared by all", reach.shared),
        )
        if members
    ]
    if reach.everybody:
        rows.append(("every tenant", "uses what changes in the platform's stack"))
    if rows:
        yield "<h2>Reach</h2>"
        yield _table(("what", "which"), rows)


def _costs(found: Assessment) -> Iterator[str]:
    if not found.costs:
        return
    quotas = {each.stack: each for each in found.quotas}
    rows = []
    for each in found.costs:
        left = "" if each.budget is None else f"{each.budget - each.after:+.2f}"
        figures = (f"{each.before:.2f}", f"{each.after:.2f}", f"{each.delta:+.2f}", left)
        rows.append(
            (_code(each.stack), *figures, _text(shares(quotas.get(each.stack))), _text(", ".join(each.uncounted)))
        )
    total = sum(each.delta for each in found.costs)
    yield f"<h2>Cost: {total:+.2f} {_text(found.prices.currency)} a month</h2>"
    yield _table(("stack", "before", "after", "change", "budget left", "of the quota", "not counted"), rows)
    yield f"<p>{_text(found.prices.basis)}: requests times copies, without what autoscalers add.</p>"


def _changes(found: Assessment) -> Iterator[str]:
    every = groups(found.review)
    if every:
        yield "<h2>Changes</h2>"
    for group in every:
        lines = [line for change in group.changes for line in (head(change), *body(change))]
        opened = " open" if any(change.op in (Op.DELETE, Op.REPLACE) for change in group.changes) else ""
        yield (
            f"<details{opened}><summary>{_stacks(group.stacks)} <small>{_counts(group)}</small></summary>"
            f"{_lines(lines)}</details>"
        )
    pending = [
        (_code(stack.stack), _text(head(change)))
        for stack in found.review.stacks
        for change in stack.changes
        if change.pending
    ]
    if pending:
        yield "<h2>Pending before this pull request, and not of it</h2>"
        yield _table(("stack", "what"), pending)


def _failures(found: Assessment) -> Iterator[str]:
    every = [(stack.stack, failure) for stack in found.review.stacks for failure in stack.failures]
    if every:
        yield "<h2>Failures</h2>"
    for stack, failure in every:
        yield f"<p>{_code(stack)} {_text(failure.cause)} {_code(short(failure.urn))}</p>"
        yield _lines(f"- {line}" for line in failure.message.splitlines())
    warned = [(_code(s.stack), _code(short(w.urn)), _text(w.message)) for s in found.review.stacks for w in s.warnings]
    if warned:
        yield "<h2>Warnings</h2>"
        yield _table(("stack", "where", "what"), warned)


def _footer(about: About) -> str:
    facts = (
        ("commit", about.commit),
        ("merge base", about.base),
        ("engine", about.engine),
        ("provider", about.provider),
        ("plan", about.plan),
        ("at", about.at),
        ("run", about.run),
    )
    return f"<footer><p>{' · '.join(f'{name} {_text(fact)}' for name, fact in facts if fact)}</p></footer>"


def _table(names: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; cells are HTML. On a narrow screen each cell bears its column's name."""

    def kind(name: str) -> str:
        return ' class="number"' if name in NUMBERS else ""

    head_row = "".join(f"<th{kind(name)}>{name}</th>" for name in names)
    body_rows = "\n".join(
        "<tr>"
        + "".join(f'<td{kind(n)} data-name="{n}">{cell}</td>' for n, cell in zip(names, row, strict=True))
        + "</tr>"
        for row in rows
    )
    return f'<div class="wide"><table><thead><tr>{head_row}</tr></thead><tbody>\n{body_rows}\n</tbody></table></div>'


def _lines(lines: Iterable[str]) -> str:
    spans = "".join(f'<span class="{CLASSES.get(line[:1], "")}">{_text(line)}</span>' for line in lines)
    return f"<pre>{spans}</pre>"


def _counts(group: Group) -> str:
    found = [change.op for change in group.changes]
    return " ".join(f"{SIGNS[op]}{found.count(op)} {op}" for op in SIGNS if op in found)


def _stacks(stacks: Sequence[str]) -> str:
    names = ", ".join(_code(stack) for stack in stacks)
    return names if len(stacks) == 1 else f"same in {len(stacks)} stacks: {names}"
