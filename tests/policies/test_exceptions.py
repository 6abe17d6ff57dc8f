"""Exceptions at preview: they lift one rule for one object until a moment, are always told, and end (row E2)."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pulumi.runtime.proto import analyzer_pb2 as pb

from policies._pack import Servicer
from policies._stack import Stack
from policies._values import UNKNOWN
from policies.rules import BY_ID, RULES
from tests.builders import a_tenant, a_tenant_document
from tests.policies.asking import CALL, about_all
from tests.policies.cases import Case, corpus
from tests.policies.judging import judged, resources
from tests.spec.bad_exceptions import an_exception

BROKEN = next(case for case in corpus() if case.rule == "Q7" and case.verdict == "fail")
NOW = datetime(2027, 1, 1, tzinfo=UTC)


def named(case: Case) -> dict[str, Any]:
    [found] = case.objects
    return {"kind": found["kind"], "name": found["metadata"]["name"]}


def stack(exceptions: dict[str, Any], now: datetime = NOW) -> Stack:
    return Stack(name="acme-prod", spec=a_tenant(**BROKEN.tenant, exceptions=exceptions), now=now)


def refusals(where: Stack, case: Case = BROKEN) -> list[str]:
    return [found.sentence for found in judged(BY_ID[case.rule], resources(case), where).refusals]


def test_an_exception_lifts_its_rule_for_its_object() -> None:
    assert refusals(stack({}))
    assert refusals(stack({"x": an_exception(rule="Q7", scope=named(BROKEN))})) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"rule": "Q5"},
        {"scope": named(BROKEN) | {"name": "other"}},
        {"scope": named(BROKEN) | {"kind": "StatefulSet"}},
        {"until": "2026-12-31T23:59:59Z"},
        {"until": "2027-01-01T00:00:00Z"},
    ],
    ids=str,
)
def test_another_rule_another_object_or_a_time_that_is_over_lifts_nothing(changes: dict[str, Any]) -> None:
    assert refusals(stack({"x": an_exception(**({"rule": "Q7", "scope": named(BROKEN)} | changes))}))


def test_an_exception_of_another_namespace_lifts_nothing() -> None:
    scope = named(BROKEN) | {"namespace": "batch"}
    tenant = a_tenant(namespaces={"batch": {"percent": 10}}, exceptions={"x": an_exception(rule="Q7", scope=scope)})
    assert refusals(Stack(name="acme-prod", spec=tenant, now=NOW))


def test_what_is_not_known_yet_is_not_excused() -> None:
    where = stack({"x": an_exception(rule="Q7", scope=named(BROKEN))})
    [resource] = resources(BROKEN)
    metadata = resource.properties["metadata"] | {"name": UNKNOWN}
    hidden = replace(resource, properties=resource.properties | {"metadata": metadata})
    assert judged(BY_ID["Q7"], (hidden,), where).refusals


def said(exceptions: dict[str, Any], level: int) -> list[str]:
    pack = Servicer(RULES, Stack())
    config = {"paas:tenant": json.dumps(a_tenant_document(exceptions=exceptions))}
    pack.ConfigureStack(pb.AnalyzerStackConfigureRequest(stack="acme-prod", project="paas", config=config), CALL)
    return [each.message for each in pack.AnalyzeStack(about_all(), CALL).diagnostics if each.enforcementLevel == level]


def soon(**days: int) -> str:
    return f"{datetime.now(UTC) + timedelta(**days):%Y-%m-%dT%H:%M:%SZ}"


def test_every_preview_tells_the_exceptions_that_stand() -> None:
    until = soon(days=3)
    [sentence] = said({"vendor": an_exception(until=until)}, pb.ADVISORY)
    assert sentence == (
        f"exception vendor until {until}: Deployment legacy may break it, because the vendor ships no limits; "
        "storefront@acme.example answers for it, decided in SEC-1234"
    )
    assert said({"vendor": an_exception(until=until)}, pb.MANDATORY) == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"rule": "Q55"}, "exception x: there is no rule Q55; near: Q5"),
        ({"rule": "P2"}, f"exception x: {BY_ID['P2'].decided_by} refuses all the same, and knows no exceptions"),
        ({"until": soon(days=-1)}, f"exception x is over since {soon(days=-1)[:10]}"),
        ({"until": soon(days=-1)}, "Z: remove it, or have it decided anew in SEC-1234"),
        ({"until": soon(days=91)}, f"exception x ends at {soon(days=91)[:10]}"),
        ({"until": soon(days=91)}, "Z, more than 90 days ahead"),
    ],
    ids=["no rule", "Kubernetes' own", "over", "what to do", "too far", "by how much"],
)
def test_what_is_no_exception_any_more_or_never_was_is_refused(changes: dict[str, Any], told: str) -> None:
    found = said({"x": an_exception(**({"until": soon(days=3)} | changes))}, pb.MANDATORY)
    assert [sentence for sentence in found if told in sentence], found


def test_a_rule_that_is_like_no_other_has_none_near() -> None:
    assert "exception x: there is no rule Z99" in said(
        {"x": an_exception(rule="Z99", until=soon(days=3))}, pb.MANDATORY
    )


def test_what_is_over_is_not_told_as_standing() -> None:
    assert said({"x": an_exception(until=soon(days=-1))}, pb.ADVISORY) == []


@pytest.mark.parametrize("days", [3, -1])
def test_what_is_said_of_an_exception_is_said_by_its_rule(days: int) -> None:
    config = {"paas:tenant": json.dumps(a_tenant_document(exceptions={"x": an_exception(until=soon(days=days))}))}
    pack = Servicer(RULES, Stack())
    pack.ConfigureStack(pb.AnalyzerStackConfigureRequest(stack="acme-prod", project="paas", config=config), CALL)
    [found] = [each for each in pack.AnalyzeStack(about_all(), CALL).diagnostics if "exception x" in each.message]
    assert (found.policyName, found.urn) == ("Q5", "")
