"""`platform` and `acme-prod` as `make demo` brings them up: they run, stay, heal, and go without a trace."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.stacks import Stack, kubectl

pytestmark = pytest.mark.e2e


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


@pytest.mark.node
def test_the_app_answers_http_through_its_service(acme: Stack) -> None:
    [namespace, *_] = acme.outputs()["namespaces"]
    path = f"/api/v1/namespaces/{namespace}/services/web:http/proxy/hostname"
    assert kubectl("get", "--raw", path).startswith("web-")


def test_drift_is_found_and_healed_for_every_kind(platform: Stack, acme: Stack) -> None:
    for stack in (platform, acme):
        labelled = [item for item in stack.objects() if item["metadata"].get("labels")]
        assert labelled
        first = {item["kind"]: item for item in labelled}
        for item in first.values():
            key = "app.kubernetes.io/managed-by"
            assert key in item["metadata"]["labels"], f"{item['kind']} {item['metadata']['name']} has no {key}"
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
