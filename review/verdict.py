"""The one word above a review, and why: by rule, the first that holds."""

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from review.dangers import TRIVIAL
from review.kubernetes import kind
from review.model import Op

if TYPE_CHECKING:
    from review.assess import Assessment


class Verdict(StrEnum):
    """What a reviewer has to do."""

    BLOCKED = "blocked"
    CAREFUL = "careful"
    ROUTINE = "routine"


Reason = Callable[["Assessment"], str]
"""Return why, as a part of a sentence; empty where the rule does not hold."""


def verdict(found: "Assessment") -> tuple[Verdict, tuple[str, ...]]:
    """Return the verdict and all reasons of its kind; a routine change needs none."""
    for each, rules in RULES.items():
        reasons = tuple(reason for rule in rules if (reason := rule(found)))
        if reasons:
            return each, reasons
    return Verdict.ROUTINE, ()


def counted(number: int, one: str, many: str = "") -> str:
    """Return `1 thing` or `2 things`."""
    return f"{number} {one}" if number == 1 else f"{number} {many or f'{one}s'}"


def _failed(found: "Assessment") -> str:
    stacks = [stack for stack in found.review.stacks if stack.failures]
    return f"no whole preview of {counted(len(stacks), 'stack')}" if stacks else ""


def _refused(found: "Assessment") -> str:
    number = sum(len(stack.refusals) for stack in found.review.stacks)
    return f"policies refuse {counted(number, 'thing')}" if number else ""


def _dangerous(found: "Assessment") -> str:
    number = sum(danger.grave for danger in found.dangers)
    return counted(number, "danger") if number else ""


def _lost(found: "Assessment") -> str:
    own = [change for stack in found.review.stacks for change in stack.own if not (change.component or change.patch)]
    number = sum(change.op is Op.DELETE and kind(change) not in TRIVIAL for change in own)
    return f"{counted(number, 'object')} deleted" if number else ""


def _open(found: "Assessment") -> str:
    number = sum(len(stack.undecided) for stack in found.review.stacks)
    return f"{counted(number, 'question')} that no preview can decide" if number else ""


def _shared(found: "Assessment") -> str:
    return "parts that all tenants share change" if found.blast.everybody else ""


def _dear(found: "Assessment") -> str:
    over = [cost.stack for cost in found.costs if cost.over and cost.delta > 0]
    return f"{counted(len(over), 'stack')} above budget" if over else ""


RULES: Final[dict[Verdict, tuple[Reason, ...]]] = {
    Verdict.BLOCKED: (_failed, _refused),
    Verdict.CAREFUL: (_dangerous, _lost, _open, _shared, _dear),
}
