"""Anything at any place of a stack file is taken, or refused in the reader's own words: no crash, no pydantic."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest

import spec
from tests import examples

ANYTHING: list[Any] = [
    None,
    True,
    0,
    -1,
    10**30,
    1.5,
    "",
    " ",
    "x" * 5000,
    "é\n",
    "\0",
    "1e999999999",
    "9" * 400 + "Mi",
    "9" * 30 + "h",
    [],
    {},
    [None],
    {"": 1},
    {"a b": {}},
    ["x"] * 300,
]


def places(document: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inner = dict(enumerate(document)) if isinstance(document, list) else document
    for key, value in inner.items() if isinstance(inner, dict) else ():
        yield (*above, key)
        yield from places(value, (*above, key))


@pytest.mark.parametrize("stack", ["platform", "acme-prod"])
def test_anything_anywhere_is_refused_in_our_words(stack: str) -> None:
    [(key, document)] = examples.config(stack).items()
    refused = 0
    for *parents, last in places(document):
        changed = copy.deepcopy(document)
        here = changed
        for part in parents:
            here = here[part]
        for value in ANYTHING:
            here[last] = value
            try:
                spec.load(stack, {key: changed})
            except spec.SpecError as error:
                refused += 1
                for problem in error.problems:
                    assert problem.fix != "correct it", problem  # what stands for an error type that nobody foresaw
                    assert "\n" not in str(problem)
    assert refused > 10 * len(list(places(document)))
