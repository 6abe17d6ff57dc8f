"""The full report: all that a comment may have to leave out, in one HTML file that needs nothing else.

No script, no address to load from: it can be kept as an artefact, opened years later, and read by whoever may read
the pull request. Every text of others is escaped.
"""

from typing import Final

from review import _panels as panels
from review import picture
from review._diff import SIGNS
from review._html import pill, text
from review._style import STYLE
from review.assess import Assessment
from review.markdown import WORDS, About, facts
from review.model import Review
from review.verdict import counted

POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def report(found: Assessment, about: About | None = None) -> str:
    """Return the report as one HTML page."""
    told = about or About()
    parts = [
        _verdict(found),
        *panels.failures(found),
        *panels.policies(found),
        *panels.dangers(found),
        *panels.reach(found),
        *panels.costs(found),
        *panels.changes(found),
    ]
    title = text(f"{WORDS[found.verdict]}: review {told.commit}".strip())
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>\n{STYLE}{picture.STYLE}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(parts)
        + f"\n</main>\n{_footer(found.review, told)}\n</body>\n</html>\n"
    )


def _verdict(found: Assessment) -> str:
    changed = sum(bool(stack.own) for stack in found.review.stacks)
    failed = any(stack.failures for stack in found.review.stacks)
    counts = " ".join(pill(op, f"{SIGNS[op]}{number} {op}") for op, number in found.counts.items()) or "no change"
    reasons = f'<p class="why">{text("; ".join(found.reasons))}</p>' if found.reasons else ""
    same = len(found.review.stacks) - changed - sum(bool(s.failures and not s.own) for s in found.review.stacks)
    rest = f"; {counted(same, 'stack')} without a change of this pull request" if same else ""
    part = ", as far as it is known" if failed else ""
    return (
        f'<header class="{found.verdict}">\n<h1>{WORDS[found.verdict]}</h1>{reasons}\n'
        f"<p>{counted(changed, 'stack')} {'changes' if changed == 1 else 'change'}: {counts}{part}{rest}</p>\n</header>"
    )


def _footer(found: Review, about: About) -> str:
    told = [*facts(found, about), *([("run", about.run)] if about.run else [])]
    return f"<footer><p>{' · '.join(f'{name} {text(fact)}' for name, fact in told)}</p></footer>"
