"""The ledger: what a preview could not decide, and what will. No question is dropped without an entry."""

from dataclasses import dataclass

from policies._rule import Rule
from policies._view import Undecided


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One question that stayed open.

    Attributes:
        rule: its id.
        urn: of the resource; empty for the stack.
        path: what was not known.
        why: `is not known yet`.
        decided_by: what decides it.
    """

    rule: str
    urn: str
    path: str
    why: str
    decided_by: str

    def __str__(self) -> str:
        return f"not decided at preview: {self.path} {self.why}; at `up` it is decided by {self.decided_by}"


def entries(rule: Rule, urn: str, undecided: list[Undecided]) -> tuple[Entry, ...]:
    """Return an entry for each thing that was not known, once."""
    found = {
        (each.path, each.why): Entry(rule=rule.id, urn=urn, path=each.path, why=each.why, decided_by=rule.decided_by)
        for each in undecided
    }
    return tuple(found.values())
