"""Whether rules allow more than others: cases that a reader can follow, and laws that hold for all."""

from typing import Any

import pytest
from hypothesis import given

from review.rbac import grants, role, subjects, undecided, widened
from review.values import Mark
from tests.review.rules import RULES, allows, probes


def a_url(url: str) -> dict[str, Any]:
    return {"nonResourceURLs": [url], "verbs": ["get"]}


def a_rule(groups: str = "", resources: str = "pods", verbs: str = "get", **more: Any) -> dict[str, Any]:
    """A rule; several values are written with spaces, the core group as nothing."""
    return {"apiGroups": groups.split(" "), "resources": resources.split(), "verbs": verbs.split(), **more}


@pytest.mark.parametrize(
    ("old", "new", "more"),
    [
        ([], [a_rule()], ["get pods"]),
        ([a_rule()], [a_rule()], []),
        ([a_rule(verbs="get list")], [a_rule()], []),
        ([a_rule()], [a_rule(verbs="get list")], ["list pods"]),
        ([a_rule(verbs="*")], [a_rule(verbs="get escalate")], []),
        ([a_rule()], [a_rule(verbs="*")], ["* pods"]),
        ([a_rule(resources="*")], [a_rule(resources="pods/exec")], []),
        ([a_rule(resources="pods")], [a_rule(resources="pods/exec")], ["get pods/exec"]),
        ([a_rule(resources="pods/exec")], [a_rule(resources="pods")], ["get pods"]),
        ([a_rule(resources="*/scale")], [a_rule(resources="deployments/scale")], []),
        ([a_rule(resources="*/scale")], [a_rule(resources="*/exec")], ["get */exec"]),
        ([a_rule(resources="pods/*")], [a_rule(resources="pods/exec")], ["get pods/exec"]),
        ([a_rule("apps", "deployments")], [a_rule("apps extensions", "deployments")], ["get deployments.extensions"]),
        ([a_rule("*", "deployments")], [a_rule("apps", "deployments")], []),
        ([a_rule(resourceNames=["a"])], [a_rule(resourceNames=["a", "b"])], ["get pods b"]),
        ([a_rule(resourceNames=["a"])], [a_rule()], ["get pods"]),
        ([a_rule()], [a_rule(resourceNames=["a"])], []),
        ([a_rule(resourceNames=["a"])], [a_rule(resourceNames=[])], ["get pods"]),
        # Written apart or together, it is the same; written across, it is not.
        ([a_rule(verbs="get"), a_rule(verbs="list")], [a_rule(verbs="get list")], []),
        (
            [a_rule(verbs="get"), a_rule(resources="secrets", verbs="list")],
            [a_rule(resources="pods secrets", verbs="get list")],
            ["get secrets", "list pods"],
        ),
        ([a_url("/healthz/*")], [a_url("/healthz/a")], []),
        ([a_url("/healthz/*")], [a_url("/healthz")], ["get /healthz"]),
        ([a_url("/a*")], [a_url("/ab/*")], []),
        ([a_rule("*", "*", "*")], [{"nonResourceURLs": ["*"], "verbs": ["*"]}], ["* *"]),
    ],
)
def test_what_is_new_is_named(old: list[Any], new: list[Any], more: list[str]) -> None:
    assert [str(grant) for grant in widened(old, new)] == more


@given(RULES)
def test_nothing_is_more_than_itself_in_whatever_order(rules: list[Any]) -> None:
    assert widened(rules, rules[::-1]) == []
    assert widened(rules, []) == []


@given(RULES, RULES, RULES)
def test_what_is_within_what_is_within_is_within(a: list[Any], b: list[Any], c: list[Any]) -> None:
    assert widened(a + b + c, a + b) == []
    assert widened(a + b, a) == []
    if widened(a, b) == [] == widened(b, c):
        assert widened(a, c) == []


@given(RULES, RULES)
def test_it_is_wider_exactly_where_a_request_is_newly_allowed(old: list[Any], new: list[Any]) -> None:
    """Rules are asked as the API server's authorizer asks them, about names of which no rule has heard as well."""
    newly = [probe for probe in probes() if allows(new, probe) and not allows(old, probe)]
    assert bool(widened(old, new)) is bool(newly)


@given(RULES)
def test_a_rule_is_the_sum_of_its_grants(rules: list[Any]) -> None:
    apart = [
        {"nonResourceURLs": [grant.url], "verbs": [grant.verb]}
        if grant.url
        else a_rule(grant.group, grant.resource, grant.verb, resourceNames=[] if grant.name is None else [grant.name])
        for each in rules
        for grant in grants(each)
    ]
    assert widened(apart, rules) == widened(rules, apart) == []


def test_bindings_say_who_and_what() -> None:
    binding = {
        "roleRef": {"kind": "ClusterRole", "name": "admin"},
        "subjects": [{"kind": "Group", "name": "g"}, {"kind": "ServiceAccount", "name": "s", "namespace": "n"}],
    }
    assert role(binding) == "ClusterRole admin"
    assert subjects(binding) == {"Group g", "ServiceAccount n/s"}
    assert subjects({}) == frozenset()


def test_what_is_not_known_is_said() -> None:
    assert undecided(Mark.UNKNOWN)
    assert undecided([a_rule(), {"verbs": Mark.UNKNOWN}])
    assert undecided([{"verbs": ["get", Mark.UNKNOWN]}])
    assert not undecided([a_rule()])
    assert not undecided(None)
