import json
from collections.abc import Iterable
from types import SimpleNamespace

import pytest
from pulumi.automation import EngineEvent
from pulumi.automation._stack import _EventsServicer

from cli._codes import MEANING, WORST_FIRST, Code, worst
from cli._events import Account
from cli._run import failure, in_waves, not_begun, result_of
from cli._runs import Change, StackRun
from tests.cli.engines import broken, done, failed, said, summed_up
from tests.review.logs import RECORDED


def account(events: Iterable[EngineEvent]) -> Account:
    made = Account()
    for event in events:
        made(event)
    return made


def test_what_is_as_it_was_is_no_change() -> None:
    taken = account([done("same", "a"), done("read", "b"), done("refresh", "c"), summed_up(same=3)])
    assert (taken.changes, taken.counts, taken.done, taken.summed_up) == ({}, {"same": 3}, 3, True)


def test_each_change_is_told_once_as_it_is_made() -> None:
    told: list[Change] = []
    taken = Account(told.append)
    for event in (
        done("create", "a"),
        done("update", "b", **{"spec.hard": "update"}),
        done("create-replacement", "c"),
        done("replace", "c"),
        done("delete-replaced", "c"),
        done("delete", "d"),
    ):
        taken(event)
    ops = [("create", "a"), ("update", "b"), ("replace", "c"), ("delete", "d")]
    assert [(each.op, each.name) for each in taken.changes.values()] == ops
    assert [(each.op, each.name) for each in told if each.name != "c"] == [each for each in ops if each[1] != "c"]
    assert taken.changes[next(urn for urn in taken.changes if urn.endswith("::b"))].keys == ("spec.hard",)


def test_errors_are_told_once_with_their_resource_and_without_colours_or_closing_words() -> None:
    taken = account(
        [
            said("<{%fg 1%}>no such<{%reset%}> kind\n", name="a"),
            said("no such kind", name="a"),
            said("debugging", severity="debug"),
            said("update failed"),
        ]
    )
    assert taken.errors == ["a: no such kind"]


@pytest.mark.parametrize(
    ("events", "cancelled", "code"),
    [
        pytest.param([broken("Q3", "mandatory"), said("x"), summed_up()], False, Code.POLICY, id="mandatory"),
        pytest.param([broken("L2", "advisory"), said("x"), summed_up()], False, Code.PROGRAM, id="advisory"),
        pytest.param([said("no spec"), summed_up()], False, Code.PROGRAM, id="program"),
        pytest.param([said("refused", name="a"), failed("a"), summed_up()], False, Code.FAILED, id="resource"),
        pytest.param([], False, Code.FAILED, id="silence"),
        pytest.param([broken("Q3", "mandatory")], True, Code.CANCELLED, id="cancelled"),
    ],
)
def test_why_a_run_failed_follows_from_its_events(events: list[EngineEvent], cancelled: bool, code: Code) -> None:
    assert failure(account(events), cancelled=cancelled, program=True) is code


def test_a_run_without_the_program_does_not_blame_it() -> None:
    protected = account([said("it is protected"), summed_up()])
    assert failure(protected, cancelled=False, program=False) is Code.FAILED


def test_a_violation_is_one_line_with_rule_and_resource() -> None:
    [found] = account([broken("Q3", "mandatory")]).violations
    assert (found.rule, found.level, found.resource, found.message) == ("Q3", "mandatory", "quota", "too much")


@pytest.mark.parametrize(
    ("code", "changed", "result"),
    [
        (Code.DONE, False, "unchanged"),
        (Code.CHANGES, True, "changed"),
        (Code.LEFTOVERS, True, "changed"),
        (Code.POLICY, False, "refused"),
        (Code.INVALID, False, "refused"),
        (Code.CANCELLED, True, "cancelled"),
        (Code.UNREACHABLE, True, "failed"),
        (Code.PROGRAM, True, "failed"),
    ],
)
def test_every_code_has_a_word(code: Code, changed: bool, result: str) -> None:
    assert result_of(code, changed) == result


def test_every_code_is_explained_and_has_its_place_among_the_others() -> None:
    assert set(MEANING) == set(Code)
    assert {*WORST_FIRST, Code.USAGE} == set(Code)
    assert worst([0, 2, 3]) is Code.POLICY
    assert worst([]) is Code.DONE


def a_run(stack: str) -> StackRun:
    return not_begun(stack).model_copy(update={"result": "failed" if stack.startswith("bad") else "changed"})


def test_one_of_twenty_that_fails_leaves_nineteen_done() -> None:
    stacks = [f"t{number}" for number in range(9)] + ["bad"] + [f"u{number}" for number in range(10)]
    runs = in_waves([["platform"], stacks], a_run, 4, fine=lambda run: run.result == "changed")
    assert [run.stack for run in runs] == ["platform", *stacks]
    assert [run.stack for run in runs if run.result != "changed"] == ["bad"]


def test_a_wave_that_fails_ends_all_after_it() -> None:
    runs = in_waves([["platform"], ["bad"], ["a", "b"]], a_run, 2, fine=lambda run: run.result == "changed")
    assert [run.result for run in runs] == ["changed", "failed", "not begun", "not begun"]


def test_what_a_plan_does_not_allow_is_told_without_the_values() -> None:
    account = Account()
    account(
        said("resource urn:x violates plan: properties changed: ++data[{map[token:{&{{canary}}}]}!={...}]", name="s")
    )
    account(summed_up(update=1))
    assert account.unplanned
    assert account.errors == ["s: resource urn:x violates plan: properties changed: ++data"]
    assert failure(account, cancelled=False, program=True) is Code.UNPLANNED


def test_how_bad_a_broken_rule_is_comes_from_the_engine_s_own_events() -> None:
    """By the way that they take in the Automation API, which has no field for it."""
    lines = (RECORDED / "refused.head.jsonl").read_text().splitlines()
    told = Account()
    _EventsServicer(told).StreamEvents([SimpleNamespace(event=line) for line in lines], None)
    raw = [event["policyEvent"] for event in map(json.loads, lines) if "policyEvent" in event]
    assert [(each.rule, each.severity) for each in told.violations] == [
        (each["policyName"], each["severity"]) for each in raw
    ]
    assert {each.severity for each in told.violations} >= {"medium", "critical"}


def test_a_rule_may_be_of_no_severity() -> None:
    [found] = account([broken("X1", "advisory")]).violations
    assert found.severity == ""
