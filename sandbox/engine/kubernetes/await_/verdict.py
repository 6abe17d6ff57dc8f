"""What a look at an object tells: ready, not yet because ..., or never because ..."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Verdict:
    """Whether to go on waiting.

    Attributes:
        ready: nothing is left to wait for.
        reason: a sentence that says what is missing; empty where ready.
        hopeless: waiting will not help.
        needs_others: something is missing that another resource of the same run may have to bring first.
    """

    ready: bool
    reason: str = ""
    hopeless: bool = False
    needs_others: bool = False


READY = Verdict(True)


def waiting(reason: str, *, needs_others: bool = False) -> Verdict:
    """Not yet."""
    return Verdict(False, reason, needs_others=needs_others)


def failed(reason: str) -> Verdict:
    """Not any more."""
    return Verdict(False, reason, hopeless=True)
