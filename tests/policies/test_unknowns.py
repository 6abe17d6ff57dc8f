"""What a preview cannot know (rows E2, I9): a ledger entry, never a silent pass, never a false alarm."""

import copy
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from policies._object import Resource
from policies._values import UNKNOWN
from policies.rules import BY_ID
from tests.policies.cases import Case, corpus
from tests.policies.judging import judged, resources, stack

CASES = corpus()


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in inner:
        yield (*path, key)
        yield from _places(below, (*path, key))


def _unknown(value: Any, path: tuple[Any, ...]) -> Any:
    made = copy.deepcopy(value)
    holder = made
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = UNKNOWN
    return made


def _variants(case: Case) -> Iterator[tuple[str, tuple[Resource, ...]]]:
    found = resources(case)
    for position, resource in enumerate(found):
        for path in _places(resource.properties):
            made = replace(resource, properties=_unknown(resource.properties, path))
            yield f"{position}: {path}", (*found[:position], made, *found[position + 1 :])


@pytest.mark.parametrize("case", CASES, ids=str)
def test_each_field_unknown_in_turn(case: Case) -> None:
    for place, made in _variants(case):
        found = judged(BY_ID[case.rule], made, stack(case))
        sentences = [refusal.sentence for refusal in found.refusals]
        assert not [sentence for sentence in sentences if "broke" in sentence], (place, sentences)
        if case.verdict == "fail":
            assert sentences or found.ledger, f"{place}: a violation went unseen"
        else:
            assert not sentences, f"{place}: refused for what is not known"


def test_an_entry_says_what_was_not_known_and_what_decides_it() -> None:
    case = next(case for case in CASES if case.rule == "Q3")
    [resource] = resources(case)
    made = replace(resource, properties=_unknown(resource.properties, ("spec", "hard", "pods")))
    [entry] = judged(BY_ID["Q3"], (made,), stack(case)).ledger
    assert str(entry) == (
        "not decided at preview: spec.hard.pods is not known yet; "
        "at `up` it is decided by the API server's admission policy"
    )
    assert (entry.rule, entry.urn) == ("Q3", resource.urn)


def test_what_is_unknown_in_one_container_hides_nothing_in_another() -> None:
    case = next(case for case in CASES if case.rule == "I1" and "init container" in case.title)
    [resource] = resources(case)
    path = ("spec", "template", "spec", "containers", 0, "image")
    found = judged(BY_ID["I1"], (replace(resource, properties=_unknown(resource.properties, path)),), stack(case))
    assert [refusal.sentence for refusal in found.refusals if case.says in refusal.sentence]
    assert [entry.path for entry in found.ledger] == ["spec.template.spec.containers[0].image"]
