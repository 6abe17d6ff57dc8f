"""What `paas diff` reports."""

import json
from typing import Literal

from pydantic import JsonValue

from cli._reports import Report, Rows
from spec import Model

NONE = "-"
"""Stands where there is nothing."""


class Difference(Model):
    """One thing that differs."""

    part: Literal["file", "plan"]
    """Whether it stands in the file, or follows from it."""

    path: str
    """Where: `tier`, `namespaces.own.quota["requests.cpu"]`."""

    before: JsonValue
    """Null where there is none."""

    after: JsonValue
    """Null where there is none."""


class Pair(Model):
    """What differs between two states of stack files."""

    before: str
    """What is compared: a stack, or one at a revision."""

    after: str
    """With what."""

    differences: tuple[Difference, ...]
    """What the files say differently first, then what follows from them."""


class DiffReport(Report):
    """`paas diff`."""

    pairs: tuple[Pair, ...]
    """Each pair that differs."""

    def rows(self) -> list[Rows]:
        """Return a table for each pair."""
        return [
            Rows(
                ("part", "path", pair.before, pair.after),
                [[each.part, each.path, _told(each.before), _told(each.after)] for each in pair.differences],
            )
            for pair in self.pairs
        ]


def _told(value: JsonValue) -> str:
    if value is None:
        return NONE
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
