"""Labels of a pull request: the verdict, and that something goes. Only these are ours to put on and take off."""

from typing import Final

from cli.forge._base import Forge, Label
from review.assess import Assessment
from review.model import Op
from review.verdict import Verdict

VERDICTS: Final = {
    Verdict.BLOCKED: Label(name="paas/blocked", colour="b60205", text="A preview is not whole, or a policy refuses"),
    Verdict.CAREFUL: Label(name="paas/careful", colour="d93f0b", text="Needs a careful look"),
    Verdict.ROUTINE: Label(name="paas/routine", colour="0e8a16", text="Nothing out of the ordinary"),
}
DESTROYS: Final = Label(name="paas/destroys", colour="5319e7", text="Deletes or replaces resources")
OURS: Final = frozenset(label.name for label in (*VERDICTS.values(), DESTROYS))


def wanted(found: Assessment) -> list[Label]:
    """Return the labels of a review."""
    goes = any(found.counts.get(op) for op in (Op.DELETE, Op.REPLACE))
    return [VERDICTS[found.verdict], *([DESTROYS] if goes else [])]


def label(forge: Forge, labels: list[Label]) -> None:
    """Make `labels` the only ones of ours. Safe to repeat."""
    there = forge.labels()
    names = {each.name for each in labels}
    for each in labels:
        if each.name not in there:
            forge.put(each)
    for stale in sorted((there & OURS) - names):
        forge.drop(stale)
