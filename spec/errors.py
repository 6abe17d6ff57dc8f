"""What a person who writes a stack file is told: every problem at once, each with its place and its way on.

SpecError               a stack file that cannot be used; holds its problems
Problem                 one of them: path, given, wanted, fix
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MISSING = object()
"""Stands for `given` where the stack file says nothing."""

LONGEST_GIVEN = 80  # characters of a given value that a message repeats

PASSWORD = re.compile(r"(?<=://)([^\s/:@\"]*):[^\s/@\"]+@")
"""In an address: `postgres://shop:...@db`."""


def shown(value: object) -> str:
    """Return `value` as a reader of YAML would write it: text in quotes, the rest as JSON, long ones cut."""
    if value is MISSING:
        return "nothing"
    text = PASSWORD.sub(r"\1:[secret]@", json.dumps(value, default=str, ensure_ascii=False))
    return text if len(text) <= LONGEST_GIVEN else f"{text[:LONGEST_GIVEN]}…"


def sort_of(value: object) -> str:
    """Return of what sort `value` is, where it may be secret and so must not be repeated."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case Mapping():
            return "a mapping"
        case str():
            return "text"
        case _:
            return "a list"


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing to correct.

    Attributes:
        path: where in the file, with dots: `paas:tenant.apps.web.image`.
        given: what stands there, as `shown` prints it.
        wanted: what may stand there.
        fix: one thing to do about it.
    """

    path: str
    given: str
    wanted: str
    fix: str

    def __str__(self) -> str:
        return f"{self.path}: given {self.given}, wanted {self.wanted}; {self.fix}"


class SpecError(Exception):
    """A stack file that cannot be used. Its text has one line for each problem, in the file's order of fields."""

    def __init__(self, file: str, problems: Sequence[Problem]) -> None:
        super().__init__(file, tuple(problems))
        self.file = file
        self.problems = tuple(problems)

    def __str__(self) -> str:
        return "\n".join(f"{self.file}: {problem}" for problem in self.problems)
