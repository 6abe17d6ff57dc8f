"""Awaits of custom kinds: a definition until it is served, its objects as `pulumi.com/waitFor` says."""

import pytest

from sandbox.engine.kubernetes.values import Object
from tests.sandbox.provider.builders import annotated, crd, custom, deployment
from tests.sandbox.provider.cluster import Cluster
from tests.sandbox.provider.conftest import Make
from tests.sandbox.provider.driving import Plugin, Refused
from tests.sandbox.provider.test_awaits import coming

pytestmark = pytest.mark.e2e


def test_a_crd_is_served_when_its_create_is_over(make: Make, plugin: Plugin, namespace: str) -> None:
    definition = crd(f"gadgets{namespace[-4:]}", f"Gadget{namespace[-4:]}")
    made = make(definition).up(definition)
    thing = custom(namespace, definition["spec"]["names"]["kind"])
    make(thing).up(thing).destroy()
    made.destroy()


def test_a_crd_with_taken_names_is_hopeless(make: Make, namespace: str) -> None:
    suffix = namespace[-4:]
    first, second = crd(f"ones{suffix}", f"Same{suffix}"), crd(f"others{suffix}", f"Same{suffix}")
    made = make(first, "first").up(first)
    other = make(second, "second")
    with pytest.raises(Refused, match="names are not accepted"):
        other.up(second)
    other.destroy()
    made.destroy()


def test_wait_for_a_condition(make: Make, apiserver: Cluster, namespace: str) -> None:
    definition = crd(f"widgets{namespace[-4:]}", f"Widget{namespace[-4:]}")
    made = make(definition, "crd").up(definition)
    value = annotated(custom(namespace, definition["spec"]["names"]["kind"]), waitFor="condition=Ready")
    answer = coming(make(value), value)
    apiserver.wait(lambda: apiserver.get(value), "the object")
    assert not answer.done()
    apiserver.change(value, {"status": {"conditions": [{"type": "Ready", "status": "True"}]}}, subresource="status")
    answer.result(30)
    apiserver.delete(value)
    made.destroy()


def test_wait_for_a_list_wants_all_of_it(make: Make, apiserver: Cluster, namespace: str) -> None:
    definition = crd(f"sprockets{namespace[-4:]}", f"Sprocket{namespace[-4:]}")
    made = make(definition, "crd").up(definition)
    value = annotated(
        custom(namespace, definition["spec"]["names"]["kind"]),
        waitFor='["jsonpath={.status.phase}=Running", "jsonpath={.status.address}"]',
    )
    answer = coming(make(value), value)
    apiserver.wait(lambda: apiserver.get(value), "the object")
    apiserver.change(value, {"status": {"phase": "Running"}}, subresource="status")
    assert not answer.done()
    apiserver.change(value, {"status": {"address": "192.0.2.7"}}, subresource="status")
    answer.result(30)
    apiserver.delete(value)
    made.destroy()


def test_custom_objects_without_wait_for_are_ready_at_once(make: Make, namespace: str) -> None:
    definition = crd(f"cogs{namespace[-4:]}", f"Cog{namespace[-4:]}")
    made = make(definition, "crd").up(definition)
    value = custom(namespace, definition["spec"]["names"]["kind"])
    make(value).up(value, timeout=2).destroy()
    made.destroy()


@pytest.mark.parametrize("text", ["condition", "jsonpath={.a", '["condition=Ready", 3]', "[oops", "ready"])
def test_wait_for_that_is_not_understood_is_refused_before_anything(make: Make, namespace: str, text: str) -> None:
    value = annotated(deployment(namespace), waitFor=text)
    with pytest.raises(Refused, match=r"waitFor|JSONPath"):
        make(value).check(value)


def test_what_holds_up_an_operators_object_is_told_by_its_pods(make: Make, apiserver: Cluster, namespace: str) -> None:
    """Operators' kinds have no selector: their pods are theirs by ownership. Another's pods are not told."""
    definition = crd(f"stores{namespace[-4:]}", f"Store{namespace[-4:]}")
    made = make(definition, "crd").up(definition)
    value = annotated(custom(namespace, definition["spec"]["names"]["kind"]), waitFor="condition=Ready")
    answer = coming(make(value), value, timeout=4)
    live = apiserver.wait(lambda: apiserver.get(value), "the object")
    owner = {"apiVersion": live["apiVersion"], "kind": live["kind"], "name": "demo", "uid": live["metadata"]["uid"]}
    for name, owners in (("mine", [owner | {"name": live["metadata"]["name"]}]), ("other", [])):
        pod = apiserver.make(_pod(namespace, name, owners))
        held = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": f"no room for {name}"}
        apiserver.change(pod, {"status": {"conditions": [held]}}, subresource="status")
    with pytest.raises(Refused, match="no room for mine") as refusal:
        answer.result(30)
    assert "no room for other" not in str(refusal.value)
    apiserver.delete(value)
    made.destroy()


def _pod(namespace: str, name: str, owners: list[Object]) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": namespace, "ownerReferences": owners},
        "spec": {
            "containers": [{"name": "main", "image": "registry.example.com/main:1"}],
            "schedulerName": "nobody",  # so that what the test says of the pod stands
        },
    }
