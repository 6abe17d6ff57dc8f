"""How much a comment tells, from everything to the least; each step gives up what a reader misses least."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final


class Body(IntEnum):
    """Of which changes the properties are told."""

    NONE = 0
    DANGEROUS = 1
    CHANGED = 2
    ALL = 3


@dataclass(frozen=True, kw_only=True)
class Detail:
    """How much is told.

    Attributes:
        body: of which changes the properties are told.
        lines: each change has a line.
        rows: of a table, before the rest is a number.
        groups: of stacks with the same changes, before the rest is a number.
        said: what is left out, as a part of a sentence; empty for nothing.
    """

    body: Body
    lines: bool
    rows: int
    groups: int
    said: str


MANY: Final = 1_000_000

LEVELS: Final = (
    Detail(body=Body.ALL, lines=True, rows=MANY, groups=MANY, said=""),
    Detail(body=Body.CHANGED, lines=True, rows=MANY, groups=MANY, said="fields of new objects are left out"),
    Detail(body=Body.DANGEROUS, lines=True, rows=MANY, groups=MANY, said="fields are left out but for dangers"),
    Detail(body=Body.NONE, lines=True, rows=MANY, groups=MANY, said="all fields are left out"),
    Detail(body=Body.NONE, lines=False, rows=MANY, groups=MANY, said="changes are only counted"),
    Detail(body=Body.NONE, lines=False, rows=100, groups=100, said="changes are only counted, tables are cut"),
    Detail(body=Body.NONE, lines=False, rows=25, groups=25, said="changes are only counted, tables are cut"),
    Detail(body=Body.NONE, lines=False, rows=5, groups=5, said="changes are only counted, tables are cut"),
)
