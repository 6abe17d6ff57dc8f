"""`platform` and `acme-prod` as `make demo` brings them up: they run, stay, heal, and go without a trace."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from spec import plan
from tests.e2e.examples.objects import differences, golden, judge, live
from tests.e2e.stacks import Stack, kubectl
from tests.told import TOLD

pytestmark = pytest.mark.e2e

TIGHTER = [{"op": "replace", "path": "/spec/limits/0/max/cpu", "value": "1"}]


@pytest.fixture(scope="module")
def platform() -> Stack:
    stack = Stack("platform")
    stack.init()
    stack.up()
    return stack


@pytest.fixture(scope="module")
def acme(platform: Stack) -> Iterator[Stack]:
    stack = Stack("acme-prod")
    stack.init()
    stack.up()
    yield stack
    stack.up()  # as a demo left it


def owner(item: dict[str, Any]) -> list[str]:
    """Return how kubectl is told of one object."""
    metadata, version = item["metadata"], item["apiVersion"]
    group = f".{version.replace('/', '.', 1).split('.', 1)[1]}" if "/" in version else ""
    kind = f"{item['kind']}.{version.split('/')[1]}.{version.split('/')[0]}" if group else item["kind"]
    space = ["--namespace", metadata["namespace"]] if "namespace" in metadata else []
    return [kind, metadata["name"], *space]


def test_a_second_up_a_refresh_and_a_preview_change_nothing(platform: Stack, acme: Stack) -> None:
    for stack in (platform, acme):
        stack.up("--expect-no-changes")
        stack.run("refresh", "--yes", "--skip-preview", "--expect-no-changes")
        stack.run("preview", "--expect-no-changes")


def test_their_objects_are_those_of_the_golden_files(
    platform: Stack, acme: Stack, record_property: Callable[[str, str], None]
) -> None:
    """The files hold whichever plugin ran the stacks; which one that was is told in the summary."""
    record_property(TOLD, judge())
    for stack in (platform, acme):
        assert list(differences(golden(stack.name), live(stack))) == []


def test_an_object_that_is_not_as_in_the_golden_file_is_named(acme: Stack) -> None:
    [home, *_] = acme.outputs()["namespaces"]
    kubectl("patch", "limitrange", "environment", "-n", home, "--type=json", "-p", json.dumps(TIGHTER))
    kubectl("label", "service", "api", "-n", home, "seen=yes")
    try:
        found = list(differences(golden(acme.name), live(acme)))
    finally:
        kubectl("label", "service", "api", "-n", home, "seen-")
        acme.up("--refresh")
    assert found == [
        f'LimitRange {home}/environment.spec.limits[0].max.cpu: golden "8", live "1"',
        f'Service {home}/api.metadata.labels.seen: golden null, live "yes"',
    ]
    assert list(differences(golden(acme.name), live(acme))) == []


@pytest.mark.node
def test_the_app_answers_http_through_its_service(acme: Stack) -> None:
    [namespace, *_] = acme.outputs()["namespaces"]
    path = f"/api/v1/namespaces/{namespace}/services/web:http/proxy/hostname"
    assert kubectl("get", "--raw", path).startswith("web-")


@pytest.mark.node
def test_no_tenants_pod_takes_the_place_of_what_the_platform_runs(platform: Stack, acme: Stack) -> None:
    """E1: on a full node the scheduler lets those go that are of lower priority, and never an operator for a tenant."""
    tenants = max(found.value for found in plan.priorities())
    homes = {found.namespace for name, found in plan.FACTS.items() if name != plan.ENVOY}
    ranks = {
        f"{pod['metadata']['namespace']}/{pod['metadata']['name']}": pod["spec"]["priority"]
        for pod in json.loads(kubectl("get", "pods", "--all-namespaces", "-o", "json"))["items"]
    }
    platforms = {name: rank for name, rank in ranks.items() if name.partition("/")[0] in homes}
    assert {name.partition("/")[0] for name in platforms} == homes
    assert min(platforms.values()) > tenants, platforms
    assert max(rank for name, rank in ranks.items() if name.startswith("acme-prod/")) <= tenants


def test_drift_is_found_and_healed_for_every_kind(platform: Stack, acme: Stack) -> None:
    for stack in (platform, acme):
        key = "app.kubernetes.io/managed-by"  # what operators' packages hold is somebody else's, and says so
        own = [item for item in stack.objects() if (item.get("metadata", {}).get("labels") or {}).get(key) == "pulumi"]
        assert own
        first = {item["kind"]: item for item in own}
        for item in first.values():
            kubectl("label", "--overwrite", *owner(item), f"{key}=somebody-else")
        drifted = json.loads(stack.run("preview", "--refresh", "--json"))["steps"]
        found = {step["oldState"]["inputs"].get("kind") for step in drifted if step["op"] == "update"}
        assert found == set(first), "the refresh must see the drift of each kind, and of nothing else"
        stack.up("--refresh")
        for kind, item in first.items():
            live = json.loads(kubectl("get", *owner(item), "-o", "json"))
            assert live["metadata"]["labels"][key] == item["metadata"]["labels"][key], f"{kind} was not healed"
        stack.run("preview", "--refresh", "--expect-no-changes")


def test_a_deleted_object_comes_back(acme: Stack) -> None:
    quota = next(item for item in acme.objects() if item["kind"] == "ResourceQuota")
    kubectl("delete", *owner(quota))
    acme.up("--refresh")
    assert json.loads(kubectl("get", *owner(quota), "-o", "json"))["spec"] == quota["spec"]


def test_destroy_leaves_nothing_and_up_makes_it_again(acme: Stack) -> None:
    made = acme.objects()
    acme.destroy()
    assert acme.resources() == []
    for item in made:
        assert kubectl("get", "--ignore-not-found", *owner(item)) == "", f"{item['kind']} is left"
    acme.up()
    again = {(item["kind"], item["metadata"]["name"]) for item in acme.objects()}
    assert again == {(item["kind"], item["metadata"]["name"]) for item in made}
