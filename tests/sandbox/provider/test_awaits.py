"""Awaits: as fast as the events come, with the reason while they do not, and nothing lost when time is up."""

import time
from concurrent.futures import Future
from typing import Any

import pytest
from google.protobuf.empty_pb2 import Empty

from sandbox.engine.kubernetes.values import Object, get
from tests.sandbox.provider.builders import NODE, annotated, claim, deployment, pod, service
from tests.sandbox.provider.cluster import Cluster
from tests.sandbox.provider.conftest import Make
from tests.sandbox.provider.driving import Refused, Resource, running

pytestmark = pytest.mark.e2e


def coming(resource: Resource, value: Object, timeout: float = 60) -> Future[Any]:
    return resource.plugin.start("Create", resource.create_request(resource.check(value), timeout=timeout))


def said(resource: Resource) -> str:
    return "\n".join(one.text for one in resource.plugin.engine.said if one.urn == resource.urn)


def test_a_deployment_is_ready_when_its_pods_are(make: Make, apiserver: Cluster, namespace: str) -> None:
    resource = make(deployment(namespace), "ready-deployment")
    answer = coming(resource, deployment(namespace, replicas=2))
    assert not answer.done()
    apiserver.pods_become_ready(namespace, 2)
    assert answer.result(30).properties["status"]["availableReplicas"] == 2


def test_a_deployment_that_is_not_ready_is_kept(make: Make, apiserver: Cluster, namespace: str) -> None:
    resource = make(deployment(namespace))
    with pytest.raises(Refused) as refused:
        resource.up(deployment(namespace), timeout=1)
    assert refused.value.partial is not None
    assert resource.id == f"{namespace}/web"
    assert "0 of 1 replicas are available" in refused.value.partial.reasons[0]
    apiserver.pods_become_ready(namespace, 1)
    answer = resource.plugin.call("Update", resource.update_request(resource.inputs))  # what the next `up` does
    assert answer.properties["status"]["availableReplicas"] == 1


def test_skip_await_does_not_wait(make: Make, namespace: str) -> None:
    value = annotated(deployment(namespace), skipAwait="true")
    assert make(value).up(value).id


def test_timeout_seconds_ends_the_wait(make: Make, namespace: str) -> None:
    value = annotated(deployment(namespace), timeoutSeconds="1")
    began = time.monotonic()
    with pytest.raises(Refused, match="not ready after 1 s"):
        make(value).up(value)
    assert time.monotonic() - began < 20


def test_a_custom_timeout_wins_over_the_annotation(make: Make, namespace: str) -> None:
    value = annotated(deployment(namespace), timeoutSeconds="600")
    with pytest.raises(Refused, match="not ready after 1 s"):
        make(value).up(value, timeout=1)


def test_the_status_line_tells_why_pods_do_not_start(make: Make, apiserver: Cluster, namespace: str) -> None:
    resource = make(deployment(namespace), "slow")
    answer = coming(resource, deployment(namespace))
    [found] = apiserver.wait(lambda: apiserver.list("v1", "Pod", namespace), "a Pod")
    state = {"waiting": {"reason": "ImagePullBackOff", "message": "Back-off pulling image example/web:1"}}
    status = {"name": "web", "image": "x", "imageID": "", "ready": False, "restartCount": 0, "state": state}
    apiserver.change(
        {**found, "apiVersion": "v1", "kind": "Pod"}, {"status": {"containerStatuses": [status]}}, subresource="status"
    )
    apiserver.wait(lambda: "ImagePullBackOff" in said(resource), "the reason in the status line")
    assert all(one.ephemeral for one in resource.plugin.engine.said if one.urn == resource.urn)
    apiserver.pods_become_ready(namespace, 1)
    answer.result(30)


def test_the_status_line_tells_of_an_exceeded_quota(make: Make, apiserver: Cluster, namespace: str) -> None:
    quota = {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"namespace": namespace, "name": "none"},
        "spec": {"hard": {"pods": "0"}},
    }
    make(quota).up(quota)
    resource = make(deployment(namespace), "over-quota")
    with pytest.raises(Refused) as refused:
        resource.up(deployment(namespace), timeout=3)
    assert "exceeded quota" in refused.value.message


def test_cancel_ends_the_wait_and_keeps_the_object(make: Make, apiserver: Cluster, namespace: str) -> None:
    with running() as mine:
        resource = make(deployment(namespace), of=mine)
        answer = coming(resource, deployment(namespace))
        apiserver.wait(lambda: apiserver.get(deployment(namespace)), "the Deployment")
        mine.call("Cancel", Empty())
        with pytest.raises(Refused) as refused:
            answer.result(10)
    assert refused.value.partial is not None
    assert refused.value.partial.id == f"{namespace}/web"
    assert "cancelled" in refused.value.message


def test_a_service_is_ready_when_a_pod_answers(make: Make, apiserver: Cluster, namespace: str) -> None:
    resource = make(service(namespace))
    answer = coming(resource, service(namespace))
    apiserver.wait(lambda: "no Pod matches its selector (app=web)" in said(resource), "the status line")
    apiserver.make(pod(namespace))
    apiserver.pods_become_ready(namespace, 1)
    began = time.monotonic()
    answer.result(30)
    assert time.monotonic() - began < 5, "no settling delay"


def test_a_service_whose_pods_are_not_ready_waits(make: Make, apiserver: Cluster, namespace: str) -> None:
    apiserver.make(pod(namespace))
    with pytest.raises(Refused, match="not ready after 2 s"):
        make(service(namespace)).up(service(namespace), timeout=2)


@pytest.mark.parametrize(
    "spec",
    [
        {"type": "ExternalName", "externalName": "example.com", "selector": None, "ports": None},
        {"clusterIP": "None"},
        {"selector": None},
    ],
    ids=["ExternalName", "headless", "without selector"],
)
def test_services_that_nobody_can_wait_for_are_ready_at_once(make: Make, namespace: str, spec: Object) -> None:
    value = service(namespace, **spec)
    assert make(value).up(value, timeout=2).id


def test_a_load_balancer_waits_for_its_address(make: Make, apiserver: Cluster, namespace: str) -> None:
    apiserver.make(pod(namespace))
    apiserver.pods_become_ready(namespace, 1)
    value = service(namespace, type="LoadBalancer")
    answer = coming(make(value), value)
    apiserver.wait(lambda: apiserver.get(value), "the Service")
    assert not answer.done()
    apiserver.change(value, {"status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}}}, subresource="status")
    answer.result(30)


def test_services_that_hold_every_place_make_way(make: Make, apiserver: Cluster, namespace: str) -> None:
    """With two places and two Services in them, the Deployment that they wait for could never start."""
    with running() as busy:
        waiting = [
            coming(make(service(namespace), f"service-{name}", of=busy), service(namespace, name))
            for name in ("one", "two")
        ]
        assert all(answer.result(20).id for answer in waiting)
        assert any("is not awaited" in text and "depends_on" in text for text in busy.engine.texts(ephemeral=False))


def test_a_single_service_keeps_waiting(make: Make, namespace: str) -> None:
    with pytest.raises(Refused, match="no Pod matches"):
        make(service(namespace)).up(service(namespace), timeout=3)


def one_job(namespace: str) -> Object:
    """A Job whose Pod gets one try, on the node that nobody runs."""
    template = {"spec": {"restartPolicy": "Never", "nodeName": NODE, "containers": [{"name": "x", "image": "x"}]}}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"namespace": namespace, "name": "once"},
        "spec": {"template": template, "backoffLimit": 0},
    }


def test_a_job_is_awaited_to_its_end(make: Make, apiserver: Cluster, namespace: str) -> None:
    job = one_job(namespace)
    answer = coming(make(job), job)
    [found] = apiserver.wait(lambda: apiserver.list("v1", "Pod", namespace), "the Job's Pod")
    assert not answer.done()
    apiserver.end_pod(found, "Succeeded")
    answer.result(30)


def test_a_failed_job_ends_the_wait(make: Make, apiserver: Cluster, namespace: str) -> None:
    job = one_job(namespace)
    answer = coming(make(job), job)
    [found] = apiserver.wait(lambda: apiserver.list("v1", "Pod", namespace), "the Job's Pod")
    apiserver.end_pod(found, "Failed")
    with pytest.raises(Refused, match="the Job failed"):
        answer.result(30)


def test_a_pod_is_awaited(make: Make, apiserver: Cluster, namespace: str) -> None:
    answer = coming(make(pod(namespace)), pod(namespace))
    apiserver.wait(lambda: apiserver.get(pod(namespace)), "the Pod")
    assert not answer.done()
    apiserver.pods_become_ready(namespace, 1)
    answer.result(30)


def test_a_stateful_set_is_awaited(make: Make, apiserver: Cluster, namespace: str) -> None:
    value = {**deployment(namespace, "db", serviceName="db"), "kind": "StatefulSet"}
    answer = coming(make(value), value)
    apiserver.pods_become_ready(namespace, 1)
    assert answer.result(30).properties["status"]["readyReplicas"] == 1


def test_a_daemon_set_waits_for_its_nodes(make: Make, namespace: str) -> None:
    value = {**deployment(namespace, "agent"), "kind": "DaemonSet"}
    spec = {key: item for key, item in value["spec"].items() if key != "replicas"}
    template = {**spec["template"], "spec": {**spec["template"]["spec"], "nodeSelector": {"nobody": "has-this"}}}
    template["spec"].pop("nodeName")
    value = {**value, "spec": {**spec, "template": template}}
    assert make(value).up(value, timeout=20).id, "no node wants it, so it is ready"


def test_a_claim_of_a_lazy_class_is_ready_unbound(make: Make, apiserver: Cluster, namespace: str) -> None:
    storage = storage_class(f"lazy-{namespace}", "WaitForFirstConsumer")
    apiserver.make(storage)
    try:
        value = claim(namespace, storage["metadata"]["name"])
        made = make(value).up(value, timeout=2)
        assert get(made.outputs, "status", "phase") == "Pending"
    finally:
        apiserver.delete(storage)


def test_a_claim_of_another_class_waits_for_its_volume(make: Make, apiserver: Cluster, namespace: str) -> None:
    storage = storage_class(f"eager-{namespace}", "Immediate")
    apiserver.make(storage)
    volume = {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": f"vol-{namespace}"},
        "spec": {
            "capacity": {"storage": "1Gi"},
            "accessModes": ["ReadWriteOnce"],
            "storageClassName": storage["metadata"]["name"],
            "hostPath": {"path": "/nowhere"},
        },
    }
    value = claim(namespace, storage["metadata"]["name"])
    try:
        answer = coming(make(value), value)
        apiserver.wait(lambda: apiserver.get(value), "the claim")
        assert not answer.done()
        made = make(volume).up(volume)
        assert answer.result(30).properties["status"]["phase"] == "Bound"
        assert made.id == f"vol-{namespace}"
    finally:
        apiserver.delete(value)
        apiserver.delete(volume)
        apiserver.delete(storage)


def storage_class(name: str, mode: str) -> Object:
    return {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": name},
        "provisioner": "conformance.example/none",
        "volumeBindingMode": mode,
    }


def test_a_quota_is_awaited_until_its_limits_count(make: Make, namespace: str) -> None:
    quota = {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"namespace": namespace, "name": "some"},
        "spec": {"hard": {"limits.cpu": "1000m", "pods": "5"}},
    }
    made = make(quota).up(quota)
    assert get(made.outputs, "status", "hard") == {"limits.cpu": "1", "pods": "5"}


def test_a_namespace_is_active(make: Make, namespace: str) -> None:
    value = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": f"{namespace}-two"}}
    made = make(value).up(value)
    assert get(made.outputs, "status", "phase") == "Active"
    made.destroy()


def test_an_ingress_waits_for_an_address(make: Make, apiserver: Cluster, namespace: str) -> None:
    backend = {"service": {"name": "web", "port": {"number": 80}}}
    value = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": {"namespace": namespace, "name": "web"},
        "spec": {"defaultBackend": backend},
    }
    answer = coming(make(value), value)
    apiserver.wait(lambda: apiserver.get(value), "the Ingress")
    assert not answer.done()
    apiserver.change(value, {"status": {"loadBalancer": {"ingress": [{"hostname": "x"}]}}}, subresource="status")
    answer.result(30)
