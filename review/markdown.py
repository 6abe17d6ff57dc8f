"""The comment: what a reviewer reads first, in the order in which it matters.

It is written whatever became of the preview. Where it is too long it gives up detail by rule, whole objects at a time,
and says so with a link to the full report.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from review import _sections as sections
from review._detail import LEVELS, Detail
from review._diff import SIGNS
from review._text import cell
from review.assess import Assessment
from review.limits import GITHUB, Forge, size
from review.model import Review
from review.verdict import Verdict, counted

WORDS: Final = {Verdict.BLOCKED: "Blocked", Verdict.CAREFUL: "Needs a careful look", Verdict.ROUTINE: "Routine"}
MARKS: Final = {Verdict.BLOCKED: "🟥", Verdict.CAREFUL: "🟧", Verdict.ROUTINE: "🟩"}


@dataclass(frozen=True, kw_only=True)
class About:
    """Where a review comes from. What is empty is not shown.

    Attributes:
        key: tells this comment from others that we write on the same pull request.
        report: address of the full report.
        run: address of the run that wrote it.
        rules: address of the catalogue of rules; a rule's id is put at its end, in small letters, as anchors are.
        at: when, as it is shown.
    """

    key: str = "review"
    commit: str = ""
    base: str = ""
    run: str = ""
    report: str = ""
    rules: str = ""
    at: str = ""


def marker(key: str) -> str:
    """Return the hidden line by which the next run finds the comment."""
    return f"<!-- paas:{re.sub(r'[^A-Za-z0-9_./]', '.', key)} -->"


def comment(found: Assessment, about: About | None = None, forge: Forge = GITHUB) -> str:
    """Return the comment, never longer than the forge takes."""
    told = about or About()
    for level in LEVELS:
        text = _at(found, told, level, forge)
        if size(text) <= forge.comment:
            return text
    return "\n\n".join([marker(told.key), *_verdict(found), _shortened(LEVELS[-1], told)])


def _at(found: Assessment, about: About, level: Detail, forge: Forge) -> str:
    blocks = [
        marker(about.key),
        *_verdict(found),
        *sections.policies(found, level, _address(about.rules)),
        *sections.dangers(found, level),
        *sections.blast(found),
        *sections.costs(found, level),
        *sections.changes(found, level, forge),
        *sections.failures(found, level),
        *([_shortened(level, about)] if level.said else []),
        *_footer(found, about),
    ]
    return "\n\n".join(blocks)


def _verdict(found: Assessment) -> Iterator[str]:
    reasons = f": {cell('; '.join(found.reasons))}" if found.reasons else ""
    yield f"### {MARKS[found.verdict]} {WORDS[found.verdict]}{reasons}"
    changed = sum(bool(stack.own) for stack in found.review.stacks)
    counts = " ".join(f"{SIGNS[op]}{number} {op}" for op, number in found.counts.items()) or "no change"
    unchanged = len(found.review.stacks) - changed - sum(bool(s.failures and not s.own) for s in found.review.stacks)
    same = f" · {counted(unchanged, 'stack')} unchanged" if unchanged else ""
    part = ", as far as it is known" if any(stack.failures for stack in found.review.stacks) else ""
    yield f"**{counted(changed, 'stack')}** · {counts}{part}{same}"


def _shortened(level: Detail, about: About) -> str:
    where = f"[the full report]({_address(about.report)})" if about.report else "the full report, kept with the run"
    return (
        f"> ✂️ Shortened to what fits here: {level.said or 'all but the verdict is left out'}. All of it is in {where}."
    )


def _address(url: str) -> str:
    """Return an address that cannot leave its place."""
    return re.sub(r"[^A-Za-z0-9:/?&=%#.,_~+-]", "", url)


def facts(found: Review, about: About) -> Iterator[tuple[str, str]]:
    """Yield what a review was made of and when, a name and its value each; what nobody says is left out."""
    every = (
        ("commit", about.commit),
        ("merge base", about.base),
        ("engine", found.engine),
        ("providers", _versions(stack.providers for stack in found.stacks)),
        ("policies", _versions(stack.packs for stack in found.stacks)),
        ("plan", found.plan),
        ("at", about.at),
    )
    return ((name, fact) for name, fact in every if fact)


def _versions(found: Iterable[Mapping[str, str]]) -> str:
    return ", ".join(sorted({f"{name} {version}" for each in found for name, version in each.items()}))


def _footer(found: Assessment, about: About) -> Iterator[str]:
    told = [f"{name} {cell(fact, 80)}" for name, fact in facts(found.review, about)]
    if about.run:
        told.append(f"[run]({_address(about.run)})")
    if told:
        yield f"<sub>{' · '.join(told)}</sub>"
