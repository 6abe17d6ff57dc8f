"""What becomes of a rule's sentences: whose they are, what of them may be shown, and which an exception lifts."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from policies._judge import Verdict, judge, judge_stack
from policies._kinds import Kind, core
from policies._object import Object, Resource
from policies._rule import LOW, MANDATORY, RESOURCES, ObjectCheck, Rule, StackCheck, Whole, rule, stack_rule
from policies._stack import Stack
from policies._values import Secret
from policies.rules import BY_ID
from tests.builders import a_tenant
from tests.spec.bad_exceptions import an_exception

PODS = core("Pod")
FACTS: dict[str, Any] = {
    "area": "test",
    "level": MANDATORY,
    "severity": LOW,
    "title": "T",
    "why": "-",
    "fix": "-",
    "serves": (),
    "judges": PODS,
}
OPEN = Stack()


def about_pods(check: ObjectCheck, **facts: Any) -> Rule:
    return rule("T1", **FACTS | facts)(check)


def about_all(check: StackCheck) -> Rule:
    return stack_rule("Q6", **FACTS)(check)


def pod(name: str = "web", **spec: Any) -> Resource:
    properties = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": "acme-prod"}, "spec": spec}
    return Resource(type="kubernetes:core/v1:Pod", urn=f"urn:{name}", name=name, properties=properties)


def said(verdict: Verdict) -> list[tuple[str, str]]:
    return [(refusal.urn, refusal.sentence) for refusal in verdict.refusals]


def test_nothing_is_found_where_nothing_is_said() -> None:
    assert Verdict() == Verdict(refusals=(), ledger=(), paths=frozenset())


def test_a_resource_is_of_no_kind() -> None:
    def kinds(found: Object, _stack: Stack) -> Iterator[str]:
        yield repr(found.kind)

    verdict = judge(about_pods(kinds, judges=RESOURCES), pod(), OPEN)
    assert said(verdict) == [("urn:web", repr(Kind("", "")))]


def _breaks(_found: Object, _stack: Stack) -> Iterator[str]:
    yield "one"
    raise KeyError("hunter2")


def _malformed(found: Object, _stack: Stack) -> Iterator[str]:
    yield str(found.at("spec.hostNetwork").flag())


def test_what_a_resource_is_refused_for_bears_its_urn() -> None:
    one, broken = said(judge(about_pods(_breaks), pod(), OPEN))
    assert one == ("urn:web", "one")
    assert broken[0] == "urn:web"
    assert broken[1].startswith("rule T1 broke (KeyError in test_judge.py, line ")
    assert broken[1].endswith("), and what cannot be judged is refused; tell the platform")
    assert said(judge(about_pods(_malformed), pod(hostNetwork="x"), OPEN)) == [
        ("urn:web", "spec.hostNetwork is text, and must be true or false")
    ]
    assert said(judge(BY_ID["Q7"], pod(), Stack(unusable=True))) == [("urn:web", "the stack file cannot be used")]


def test_what_no_resource_is_refused_for_bears_none() -> None:
    def breaks(_whole: Whole, _stack: Stack) -> Iterator[tuple[Object | None, str]]:
        yield None, "one"
        raise KeyError

    assert [urn for urn, _ in said(judge_stack(about_all(breaks), (pod(),), OPEN))] == ["", ""]


def test_a_sentence_after_a_secret_is_cut_to_the_longest_field_that_it_begins_with() -> None:
    def reads(found: Object, _stack: Stack) -> Iterator[str]:
        for path in ("spec.a.b", "spec.a.c", "spec.z"):
            found.at(path).text()
        yield "spec.a.b is hunter2"
        yield "hunter2 is wrong"

    found = judge(about_pods(reads), pod(a={"b": Secret("hunter2"), "c": "x"}, z="x"), OPEN)
    assert said(found) == [
        ("urn:web", "spec.a.b [secret]: this rule has read spec.a.b, which is a secret"),
        ("urn:web", "why [secret]: this rule has read spec.a.b, which is a secret"),
    ]


@pytest.mark.parametrize("values", [("hunter", "hunter2"), ("hunter2", "hunter"), ("2", "hunter2"), ("z", "hunterz")])
def test_no_part_of_what_is_closed_is_left(values: tuple[str, str]) -> None:
    def reads(found: Object, _stack: Stack) -> Iterator[str]:
        texts = [each["value"].text() for each in found.every("spec.env[]")]
        yield f"it says {max(filter(None, texts), key=len)}"

    found = judge(about_pods(reads), pod(env=[{"value": value} for value in (*values, "")]), OPEN)
    assert said(found) == [("urn:web", "it says [secret]")]


def test_an_exception_lifts_what_is_said_of_its_object_among_all() -> None:
    def says(whole: Whole, _stack: Stack) -> Iterator[tuple[Object | None, str]]:
        yield from ((found, "one") for found in whole.objects(PODS))
        yield None, "all"

    scope = {"kind": "Pod", "name": "legacy"}
    tenant = a_tenant(exceptions={"x": an_exception(rule="Q6", scope=scope)})
    where = Stack(spec=tenant, now=datetime(2027, 1, 1, tzinfo=UTC))
    found = judge_stack(about_all(says), (pod("web"), pod("legacy")), where)
    assert said(found) == [("urn:web", "one"), ("", "all")]
