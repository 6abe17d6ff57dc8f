"""Changes that are the same in many stacks, told once."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from review.dangers import Danger
from review.model import Change, Finding, Op, Review, StackReview

SEVERITIES: Final = ("critical", "high", "medium", "low", "")

OWN_NAME: Final = "\0"
"""Stands for what a stack calls itself: its namespaces and hosts differ, and the change is the same."""


@dataclass(frozen=True, kw_only=True)
class Group:
    """Changes that all of some stacks have, as they are in the first of them."""

    stacks: tuple[str, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True, kw_only=True)
class FoldedFinding:
    """What one rule says of one resource that some stacks have, as it is in the first of them.

    Attributes:
        finding: the first; the others differ from it in what they say only.
        messages: of all.
    """

    stacks: tuple[str, ...]
    finding: Finding
    messages: tuple[str, ...]


def groups(review: Review) -> list[Group]:
    """Return a review's own changes: those of many stacks first, each change in one group."""
    where: dict[str, list[str]] = {}
    first: dict[str, Change] = {}
    for stack in review.stacks:
        for change in told(stack):
            key = _key(stack, _facts(change))
            where.setdefault(key, []).append(stack.stack)
            first.setdefault(key, change)
    folded: dict[tuple[str, ...], list[Change]] = {}
    for key, stacks in where.items():
        folded.setdefault(tuple(stacks), []).append(first[key])
    found = [Group(stacks=stacks, changes=tuple(changes)) for stacks, changes in folded.items()]
    return sorted(found, key=lambda group: (-len(group.stacks), group.stacks))


def told(stack: StackReview) -> Iterator[Change]:
    """Yield the changes that a reader is told: a component that comes or goes is told by its parts."""
    return (change for change in stack.own if not change.component or change.op is Op.UPDATE)


def findings(review: Review) -> list[FoldedFinding]:
    """Return what policies say, in the stacks' order."""
    where: dict[str, list[str]] = {}
    first: dict[str, Finding] = {}
    for stack in review.stacks:
        for finding in stack.findings:
            facts = [finding.rule, finding.level, finding.message, finding.fix, finding.urn, finding.pending]
            key = _key(stack, facts)
            where.setdefault(key, []).append(stack.stack)
            first.setdefault(key, finding)
    folded: dict[tuple[tuple[str, ...], Finding], list[str]] = {}
    for key, stacks in where.items():
        about = tuple(stacks), replace(first[key], message="")
        folded.setdefault(about, []).append(first[key].message)
    return [
        FoldedFinding(stacks=stacks, finding=finding, messages=tuple(messages))
        for (stacks, finding), messages in folded.items()
    ]


def rank(each: FoldedFinding) -> tuple[bool, int, str]:
    """Return by what findings are put in order: what refuses first, then by severity."""
    found = each.finding
    severity = found.severity if found.severity in SEVERITIES else ""
    return not found.mandatory, SEVERITIES.index(severity), found.rule


@dataclass(frozen=True, kw_only=True)
class FoldedDanger:
    """A danger that some stacks have."""

    stacks: tuple[str, ...]
    id: str
    grave: bool
    message: str


def alike(dangers: Iterable[Danger]) -> list[FoldedDanger]:
    """Return dangers, grave ones first; those of many stacks once, without the namespace that is the stack's own."""
    found: dict[tuple[bool, str, str], list[str]] = {}
    for danger in dangers:
        message = danger.message.replace(f" {danger.stack}/", " ")
        found.setdefault((not danger.grave, danger.id, message), []).append(danger.stack)
    return [
        FoldedDanger(stacks=tuple(stacks), id=id, grave=not mild, message=message)
        for (mild, id, message), stacks in sorted(found.items(), key=lambda item: item[0][0])
    ]


@dataclass(frozen=True, kw_only=True)
class FoldedQuestion:
    """What no preview could decide, by all rules and resources of which it is the same."""

    message: str
    stacks: tuple[str, ...]
    rules: tuple[str, ...]
    urns: tuple[str, ...]


def questions(review: Review) -> list[FoldedQuestion]:
    """Return what no preview could decide, the most frequent first."""
    found: dict[str, list[tuple[str, str, str]]] = {}
    for stack in review.stacks:
        for each in stack.undecided:
            found.setdefault(each.message, []).append((stack.stack, each.rule, each.urn))
    folded = []
    for message, where in found.items():
        stacks, rules, urns = (tuple(dict.fromkeys(column)) for column in zip(*where, strict=True))
        folded.append(FoldedQuestion(message=message, stacks=stacks, rules=rules, urns=urns))
    return sorted(folded, key=lambda each: -len(each.urns))


def _facts(change: Change) -> list[object]:
    properties = [[each.path, each.before, each.after, each.replaces] for each in change.properties]
    made = change.made if change.op is Op.CREATE else None
    return [change.op, change.type, change.logical, change.components, change.name, properties, change.reasons, made]


def _key(stack: StackReview, facts: list[object]) -> str:
    """Return what is the same wherever a change is the same."""
    text = json.dumps(facts, sort_keys=True, default=str).replace(stack.stack, OWN_NAME)
    if stack.tenant:
        text = re.sub(rf"\b{re.escape(stack.tenant)}\b", OWN_NAME, text)
    return text
