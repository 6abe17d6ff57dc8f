"""Exit codes: what a script learns from `paas` without reading a word."""

from collections.abc import Iterable
from enum import IntEnum


class Code(IntEnum):
    """How a command ended."""

    DONE = 0
    FAILED = 1
    CHANGES = 2
    POLICY = 3
    PROGRAM = 4
    UNREACHABLE = 5
    LEFTOVERS = 6
    INVALID = 7
    CANCELLED = 8
    LOCKED = 9
    UNPLANNED = 10
    USAGE = 64


MEANING = {
    Code.DONE: "done, and nothing to tell: no changes, no problems, no leftovers",
    Code.FAILED: "it did not work, for a reason that has no code of its own; stderr says which",
    Code.CHANGES: "`preview`: there are changes to make; `audit`: something has drifted; `diff`: files differ; "
    "`cost`: a stack is above its budget",
    Code.POLICY: "a mandatory rule of the policy pack refuses it",
    Code.PROGRAM: "the program ended with an error before the engine could do all of its work",
    Code.UNREACHABLE: "the cluster does not answer; a preview is then made from the stored state alone",
    Code.LEFTOVERS: "`destroy`, `reap`: the stack is gone, and something of it is still in the cluster",
    Code.INVALID: "a stack file cannot be used, or clashes with another",
    Code.CANCELLED: "cancelled: Ctrl-C, SIGTERM, or an answer that was not given",
    Code.LOCKED: "another run has the stack; try again when it is over",
    Code.UNPLANNED: "`up --plans`: it would do something that was not reviewed; what the plan allows may be done",
    Code.USAGE: "the command line is wrong",
}

WORST_FIRST = (
    Code.CANCELLED,
    Code.UNREACHABLE,
    Code.PROGRAM,
    Code.INVALID,
    Code.POLICY,
    Code.UNPLANNED,
    Code.FAILED,
    Code.LOCKED,
    Code.LEFTOVERS,
    Code.CHANGES,
    Code.DONE,
)
"""Where stacks of one command end differently, the first of these that any of them has is the command's."""


def worst(codes: Iterable[int]) -> Code:
    """Return the code of a command whose parts ended with `codes`."""
    found = set(codes)
    return next((code for code in WORST_FIRST if code in found), Code.DONE)
