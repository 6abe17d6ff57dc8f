"""One bad input: where, what is given there, and what its writer is told."""

import copy
import json
from dataclasses import dataclass
from typing import Any

REMOVED = object()
"""Given where a field is left out."""


@dataclass(frozen=True)
class Bad:
    """One bad input.

    Attributes:
        path: below `paas:tenant` or `paas:platform`, with dots; parts that do not exist yet are made.
        given: what is put there.
        told: `wanted ...; fix`.
        at: the path that the message names, where it is not `path`.
        shown: the given value in the message, where it is not its JSON.
    """

    path: str
    given: Any
    told: str
    at: str | None = None
    shown: str | None = None

    def __str__(self) -> str:
        """Name the case, the same in every process that runs tests."""
        return f"{self.path} = {'nothing' if self.given is REMOVED else repr(self.given)}"[:80]

    @property
    def message(self) -> str:
        """The line that is expected, behind `<file>: paas:tenant` or `<file>: paas:platform`."""
        given = "nothing" if self.given is REMOVED else json.dumps(self.given, ensure_ascii=False)
        return f".{self.at or self.path}: given {self.shown or given}, {self.told}"


def change(document: dict[str, Any], bad: Bad) -> dict[str, Any]:
    """Return a copy of `document` with the bad input in it."""
    changed = copy.deepcopy(document)
    *parents, last = bad.path.split(".")
    here: Any = changed
    for part in parents:
        here = here.setdefault(part, {})
    if bad.given is REMOVED:
        del here[last]
    else:
        here[last] = bad.given
    return changed


TEXT = "wanted text; write it in quotes"
MAPPING = "wanted a mapping; write `name: value` lines, indented by two spaces"
NAME = "wanted at most 19 small letters, digits and single `-`, starting with a letter; choose a name such as web"
SPAN = (
    "wanted a duration of hours, minutes and seconds such as 72h or 1h30m; "
    "write for example 24h for a day: there is no unit `d`"
)
