"""Deletes wait until the object is gone, name what holds it, and never touch an object that is not ours."""

import pytest

from sandbox.engine.kubernetes.values import get
from tests.sandbox.provider.builders import annotated, config_map, crd, custom, deployment
from tests.sandbox.provider.cluster import Cluster
from tests.sandbox.provider.conftest import Make
from tests.sandbox.provider.driving import Refused, running
from tests.sandbox.provider.test_previewing import NOWHERE

pytestmark = pytest.mark.e2e


def held(namespace: str) -> dict:
    value = config_map(namespace)
    return {**value, "metadata": {**value["metadata"], "finalizers": ["conformance.example/hold"]}}


def test_delete_removes_the_object(make: Make, apiserver: Cluster, namespace: str) -> None:
    make(config_map(namespace)).up(config_map(namespace)).destroy()
    assert apiserver.get(config_map(namespace)) is None


def test_deleting_what_has_gone_is_fine(make: Make, apiserver: Cluster, namespace: str) -> None:
    made = make(config_map(namespace)).up(config_map(namespace))
    apiserver.delete(config_map(namespace))
    made.destroy()
    assert apiserver.get(config_map(namespace)) is None


def test_delete_spares_an_object_that_took_the_name(make: Make, apiserver: Cluster, namespace: str) -> None:
    made = make(config_map(namespace)).up(config_map(namespace))
    apiserver.delete(config_map(namespace))
    apiserver.make(config_map(namespace, colour="theirs"))
    made.destroy()
    assert get(apiserver.get(config_map(namespace)), "data", "colour") == "theirs"


def test_delete_waits_for_finalizers(make: Make, apiserver: Cluster, namespace: str) -> None:
    made = make(held(namespace)).up(held(namespace))
    going = made.plugin.start("Delete", made.delete_request())
    said = made.plugin.engine.texts
    apiserver.wait(lambda: any("conformance.example/hold" in text for text in said()), "the status line")
    assert not going.done()
    apiserver.change(held(namespace), {"metadata": {"finalizers": None}})
    going.result(30)


def test_delete_that_is_held_up_names_the_finalizer(make: Make, apiserver: Cluster, namespace: str) -> None:
    made = make(held(namespace)).up(held(namespace))
    with pytest.raises(Refused, match=r"still there 1 s after .* finalizers conformance\.example/hold"):
        made.destroy(timeout=1)
    apiserver.change(held(namespace), {"metadata": {"finalizers": None}})


def test_a_namespace_that_is_held_up_names_what_is_left_in_it(make: Make, apiserver: Cluster, namespace: str) -> None:
    space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": f"{namespace}-held"}}
    made = make(space).up(space)
    apiserver.make(held(f"{namespace}-held"))
    with pytest.raises(Refused) as refused:
        made.destroy(timeout=15)
    assert "conformance.example/hold" in refused.value.message
    apiserver.change(held(f"{namespace}-held"), {"metadata": {"finalizers": None}})
    made.destroy()


def test_a_deployment_goes_with_its_pods(make: Make, apiserver: Cluster, namespace: str) -> None:
    value = annotated(deployment(namespace), skipAwait="true")
    made = make(value).up(value)
    apiserver.wait(lambda: apiserver.list("v1", "Pod", namespace), "a Pod")
    made.inputs["metadata"]["annotations"] = {}
    made.outputs["metadata"]["annotations"] = {}
    going = made.plugin.start("Delete", made.delete_request())

    def finish_pods() -> bool:
        for pod in apiserver.list("v1", "Pod", namespace):  # nobody runs them, so nobody ends them
            path = f"/api/v1/namespaces/{namespace}/pods/{pod['metadata']['name']}"
            apiserver.client.request("DELETE", path, body={"gracePeriodSeconds": 0})
        return bool(going.done())

    apiserver.wait(finish_pods, "the Deployment to go")
    going.result(1)
    assert not apiserver.list("apps/v1", "ReplicaSet", namespace), "foreground: dependents go first"


def test_orphans_stay_where_asked_for(make: Make, apiserver: Cluster, namespace: str) -> None:
    value = annotated(deployment(namespace), skipAwait="true", deletionPropagationPolicy="orphan")
    made = make(value).up(value)
    apiserver.wait(lambda: apiserver.list("apps/v1", "ReplicaSet", namespace), "a ReplicaSet")
    made.destroy()
    apiserver.wait(lambda: apiserver.get(value) is None, "the Deployment to go")
    assert apiserver.list("apps/v1", "ReplicaSet", namespace)


def test_an_unknown_propagation_policy_is_refused(make: Make, namespace: str) -> None:
    value = annotated(config_map(namespace), deletionPropagationPolicy="sideways")
    with pytest.raises(Refused, match="background, foreground or orphan"):
        make(value).check(value)


def test_an_unreachable_cluster_keeps_the_resource(make: Make, namespace: str) -> None:
    made = make(config_map(namespace)).up(config_map(namespace))
    with running({"kubeconfig": NOWHERE}) as lost:
        made.plugin = lost
        with pytest.raises(Refused, match="deleteUnreachable"):
            made.destroy()


def test_delete_unreachable_forgets_the_resource(make: Make, namespace: str) -> None:
    made = make(config_map(namespace)).up(config_map(namespace))
    with running({"kubeconfig": NOWHERE, "deleteUnreachable": "true"}) as lost:
        made.plugin = lost
        made.destroy()
        assert any("dropped from the state" in text for text in lost.engine.texts())


def test_objects_of_a_crd_that_has_gone_are_gone(make: Make, namespace: str) -> None:
    definition = crd(f"fads{namespace[-4:]}", f"Fad{namespace[-4:]}")
    value = custom(namespace, definition["spec"]["names"]["kind"])
    kind = make(definition, "crd").up(definition)
    made = make(value).up(value)
    kind.destroy()
    made.destroy()
