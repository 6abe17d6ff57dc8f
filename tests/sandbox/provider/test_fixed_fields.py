"""The table of fixed fields against the API server itself: what it says about each change is what the table says."""

from dataclasses import dataclass

import pytest

from sandbox.engine.kubernetes.client import APPLY
from sandbox.engine.kubernetes.errors import ApiError
from sandbox.engine.kubernetes.immutable import FIXED, replaces
from sandbox.engine.kubernetes.objects import group_kind
from sandbox.engine.kubernetes.paths import parse
from sandbox.engine.kubernetes.values import Object
from tests.sandbox.provider.builders import LABELS, NODE, claim, deployment, secret, service
from tests.sandbox.provider.cluster import Cluster

pytestmark = pytest.mark.e2e

RBAC = "rbac.authorization.k8s.io/v1"
META: Object = {"name": "fixed", "namespace": "default"}
WIDE: Object = {"name": "conformance-fixed"}
ONCE: Object = {"restartPolicy": "Never", "nodeName": NODE, "containers": [{"name": "web", "image": "example/web:1"}]}
AUTO: Object = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole"}
QUIET: Object = {**deployment("default", "fixed", replicas=0)}
STATEFUL: Object = {**deployment("default", "fixed", replicas=0, serviceName="a"), "kind": "StatefulSet"}
JOB: Object = {
    "apiVersion": "batch/v1",
    "kind": "Job",
    "metadata": META,
    "spec": {"completions": 2, "template": {"spec": ONCE}},
}
POD: Object = {"apiVersion": "v1", "kind": "Pod", "metadata": META, "spec": ONCE}
VOLUME: Object = {
    "apiVersion": "v1",
    "kind": "PersistentVolume",
    "metadata": WIDE,
    "spec": {
        "capacity": {"storage": "1Gi"},
        "accessModes": ["ReadWriteOnce"],
        "storageClassName": "conformance-none",
        "hostPath": {"path": "/a"},
    },
}
CLAIM: Object = claim("default", "conformance-none", "fixed")
QUOTA: Object = {
    "apiVersion": "v1",
    "kind": "ResourceQuota",
    "metadata": META,
    "spec": {"hard": {"pods": "100"}, "scopes": ["BestEffort"]},
}
CLASS: Object = {
    "apiVersion": "storage.k8s.io/v1",
    "kind": "StorageClass",
    "metadata": WIDE,
    "provisioner": "x.example/a",
}
PRIORITY: Object = {"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": WIDE, "value": 1}
RUNTIME: Object = {"apiVersion": "node.k8s.io/v1", "kind": "RuntimeClass", "metadata": WIDE, "handler": "a"}
INGRESS: Object = {
    "apiVersion": "networking.k8s.io/v1",
    "kind": "IngressClass",
    "metadata": WIDE,
    "spec": {"controller": "example.com/a"},
}
SLICE: Object = {
    "apiVersion": "discovery.k8s.io/v1",
    "kind": "EndpointSlice",
    "metadata": META,
    "addressType": "IPv4",
    "endpoints": [],
}
DRIVER: Object = {
    "apiVersion": "storage.k8s.io/v1",
    "kind": "CSIDriver",
    "metadata": {"name": "conformance.example"},
    "spec": {"attachRequired": True, "volumeLifecycleModes": ["Persistent"]},
}
BINDING: Object = {"apiVersion": RBAC, "kind": "RoleBinding", "metadata": META, "roleRef": {**AUTO, "name": "view"}}
WIDE_BINDING: Object = {**BINDING, "kind": "ClusterRoleBinding", "metadata": WIDE}
DAEMON: Object = {
    "apiVersion": "apps/v1",
    "kind": "DaemonSet",
    "metadata": META,
    "spec": {
        "selector": {"matchLabels": LABELS},
        "template": {
            "metadata": {"labels": LABELS},
            "spec": {"nodeSelector": {"nobody": "has-this"}, "containers": ONCE["containers"]},
        },
    },
}
REVISION: Object = {
    "apiVersion": "apps/v1",
    "kind": "ControllerRevision",
    "metadata": META,
    "revision": 1,
    "data": {"a": 1},
}
SERVICE: Object = service("default", "fixed", clusterIP="None", selector=None)
SECRET: Object = secret("default", "fixed", type="Opaque", stringData={"a": "b"})


@dataclass(frozen=True)
class Try:
    """Change the field at `path` of `value` to `to`: does the API server refuse it?"""

    value: Object
    path: str
    to: object
    fixed: bool = True


TRIES = [
    Try(QUIET, "spec.selector.matchLabels.app", "other"),
    Try(QUIET, "spec.replicas", 0 + 0, fixed=False),
    Try(QUIET, "spec.minReadySeconds", 3, fixed=False),
    Try(STATEFUL, "spec.serviceName", "b"),
    Try(STATEFUL, "spec.podManagementPolicy", "Parallel"),
    Try(STATEFUL, "spec.volumeClaimTemplates", [{"metadata": {"name": "d"}, "spec": CLAIM["spec"]}]),
    Try(STATEFUL, "spec.minReadySeconds", 3, fixed=False),
    Try(DAEMON, "spec.selector.matchLabels.app", "other"),
    Try(DAEMON, "spec.minReadySeconds", 3, fixed=False),
    Try({**QUIET, "kind": "ReplicaSet"}, "spec.selector.matchLabels.app", "other"),
    Try(REVISION, "data", {"a": 2}),
    Try(JOB, "spec.template.spec.containers", [{"name": "web", "image": "example/web:2"}]),
    Try(JOB, "spec.completions", 3),
    Try(JOB, "spec.completionMode", "Indexed"),
    Try(JOB, "spec.backoffLimitPerIndex", 1),
    Try(
        JOB,
        "spec.podFailurePolicy",
        {"rules": [{"action": "Ignore", "onExitCodes": {"operator": "In", "values": [3]}}]},
    ),
    Try(JOB, "spec.managedBy", "example.com/other"),
    Try(JOB, "spec.parallelism", 2, fixed=False),
    Try(JOB, "spec.backoffLimit", 2, fixed=False),
    Try(POD, "spec.containers", [{"name": "web", "image": "example/web:1", "command": ["x"]}]),
    Try(POD, "spec.hostNetwork", True),
    Try(POD, "spec.activeDeadlineSeconds", 600, fixed=False),
    Try(VOLUME, "spec.hostPath.path", "/b"),
    Try(VOLUME, "spec.volumeMode", "Block"),
    Try(VOLUME, "spec.capacity.storage", "2Gi", fixed=False),
    Try(CLAIM, "spec.accessModes", ["ReadWriteMany"]),
    Try(CLAIM, "spec.storageClassName", "other"),
    Try(CLAIM, "spec.volumeMode", "Block"),
    Try(CLAIM, "spec.selector", {"matchLabels": LABELS}),
    Try(QUOTA, "spec.scopes", ["NotBestEffort"]),
    Try(QUOTA, "spec.hard.pods", "99", fixed=False),
    Try(SECRET, "type", "example.com/other"),
    Try(SECRET, "data", {"a": "Yw=="}, fixed=False),
    Try(service("default", "fixed", selector=None), "spec.clusterIP", "None"),
    Try(SERVICE, "spec.sessionAffinity", "ClientIP", fixed=False),
    Try(BINDING, "roleRef.name", "edit"),
    Try(WIDE_BINDING, "roleRef.name", "edit"),
    Try(BINDING, "subjects", [{"kind": "ServiceAccount", "name": "x", "namespace": "default"}], fixed=False),
    Try(CLASS, "provisioner", "x.example/b"),
    Try(CLASS, "parameters", {"a": "b"}),
    Try(CLASS, "reclaimPolicy", "Retain"),
    Try(CLASS, "volumeBindingMode", "WaitForFirstConsumer"),
    Try(CLASS, "allowVolumeExpansion", True, fixed=False),
    Try(DRIVER, "spec.attachRequired", False),
    Try(DRIVER, "spec.volumeLifecycleModes", ["Ephemeral"]),
    Try(DRIVER, "spec.podInfoOnMount", True, fixed=False),
    Try(PRIORITY, "value", 2),
    Try(PRIORITY, "preemptionPolicy", "Never"),
    Try(PRIORITY, "description", "x", fixed=False),
    Try(RUNTIME, "handler", "b"),
    Try(INGRESS, "spec.controller", "example.com/b"),
    Try(SLICE, "addressType", "IPv6"),
    Try(SLICE, "ports", [{"port": 1}], fixed=False),
]


def changed(value: Object, path: tuple[str | int, ...], to: object) -> Object:
    """`value` with another value at `path`; what is not on the way stays shared."""
    head, rest = str(path[0]), path[1:]
    below = value.get(head)
    return {**value, head: changed(below if isinstance(below, dict) else {}, rest, to) if rest else to}


@pytest.mark.parametrize("one", TRIES, ids=[f"{one.value['kind']} {one.path}" for one in TRIES])
def test_the_api_server_agrees(apiserver: Cluster, one: Try) -> None:
    path = parse(one.path)
    assert replaces(path, one.value, mutable_content=True) is one.fixed
    apiserver.delete(one.value)
    apiserver.wait(lambda: apiserver.get(one.value) is None, "what an earlier test left")
    apiserver.apply(one.value, manager="test")
    try:
        asked = changed(one.value, path, one.to)
        query = {"fieldManager": "test", "force": "true", "dryRun": "All"}
        try:
            apiserver.client.request("PATCH", apiserver.path(one.value), query=query, body=asked, content=APPLY)
            refused = ""
        except ApiError as error:
            refused = error.message
        assert bool(refused) is one.fixed, refused or "the API server accepts it"
    finally:
        if one.value["kind"] in ("Pod", "Job"):  # nobody runs their Pods, so nobody would end them
            for pod in apiserver.list("v1", "Pod", "default"):
                if pod["spec"].get("nodeName") == NODE:
                    name = pod["metadata"]["name"]
                    apiserver.client.request(
                        "DELETE", f"/api/v1/namespaces/default/pods/{name}", body={"gracePeriodSeconds": 0}
                    )
        apiserver.delete(one.value)


def test_every_kind_of_the_table_is_tried_or_named() -> None:
    untried = {kind for kind in FIXED if kind not in {group_kind(one.value) for one in TRIES}}
    assert untried == {
        ("storage.k8s.io", "VolumeAttributesClass"),  # not served by every supported release
        ("storage.k8s.io", "VolumeAttachment"),  # needs a driver
        ("certificates.k8s.io", "CertificateSigningRequest"),  # needs a signed request
        ("apiextensions.k8s.io", "CustomResourceDefinition"),  # its name is made of these fields
        ("resource.k8s.io", "ResourceClaim"),  # needs a device class
    }
