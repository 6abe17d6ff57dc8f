"""How many pods there may be at once, by kind."""

from decimal import Decimal

import pytest

from policies import _demand, _kinds
from policies._kinds import Kind
from policies._object import Object, Resource
from policies._view import Reading
from tests.policies.test_matching import nested

SURGES = {Kind("apps", "Deployment"), Kind("extensions", "Deployment")}

WHERE = {
    "spec.replicas": """
        Deployment.apps StatefulSet.apps ReplicaSet.apps Deployment.extensions ReplicaSet.extensions
        CloneSet.apps.kruise.io StatefulSet.apps.kruise.io ReplicationController Rollout.argoproj.io
        LeaderWorkerSet.leaderworkerset.x-k8s.io
    """,
    "spec.instances": "Pooler.postgresql.cnpg.io",
    "spec.parallelism": "Job.batch",
    "spec.jobTemplate.spec.parallelism": "CronJob.batch",
    "spec.maxReplicaCount": "ScaledJob.keda.sh",
}


def workload(kind: Kind, path: str, value: int | None) -> Object:
    token = f"kubernetes:{kind.group or 'core'}/v1:{kind.name}"
    found = Resource(type=token, urn=token, name="it", properties=nested(path, value))
    return Object(found, found.located[0], Reading())


@pytest.mark.parametrize(("path", "name"), [(path, name) for path, names in WHERE.items() for name in names.split()])
def test_copies_are_where_the_kind_says_them(path: str, name: str) -> None:
    kind = Kind(name.partition(".")[2], name.partition(".")[0])
    more = 2 if kind in SURGES else 0  # a quarter, rounded up
    assert kind in _kinds.PODS
    assert _demand.copies(workload(kind, path, 8), None) == 8 + more


@pytest.mark.parametrize(
    ("name", "group", "least"), [("Job", "batch", 1), ("Pod", "", 1), ("ScaledJob", "keda.sh", 100)]
)
def test_where_nobody_says_them(name: str, group: str, least: int) -> None:
    assert _demand.copies(workload(Kind(group, name), "spec.x", None), None) == least


def test_an_autoscaler_goes_beyond_what_is_said() -> None:
    assert _demand.copies(workload(Kind("apps", "StatefulSet"), "spec.replicas", 2), 9) == 9
    assert _demand.copies(workload(Kind("apps", "StatefulSet"), "spec.replicas", 9), 2) == 9


def test_none_is_a_number_as_well() -> None:
    assert _demand.copies(workload(Kind("apps", "StatefulSet"), "spec.replicas", 0), None) == 0


def test_a_part_of_a_copy_is_a_whole_one() -> None:
    """100.5 are 101."""
    spec = {"replicas": 201, "strategy": {"rollingUpdate": {"maxSurge": "50%"}}}
    found = Resource(type="kubernetes:apps/v1:Deployment", urn="", name="it", properties={"spec": spec})
    assert _demand.copies(Object(found, found.located[0], Reading()), None) == 302


def test_a_pod_as_a_whole_has_no_disk() -> None:
    asked = {"cpu": "3", "ephemeral-storage": "9Gi"}
    spec = {"resources": {"requests": asked}, "containers": [{"name": "a"}, {"name": "b"}]}
    found = Resource(type="kubernetes:core/v1:Pod", urn="", name="it", properties={"spec": spec})
    [pod] = Object(found, found.located[0], Reading()).pods
    assert _demand.of_pod(pod, "cpu", Decimal(1)) == 3
    assert _demand.of_pod(pod, "ephemeral-storage", Decimal(1)) == 2


def test_sidecars_add_up() -> None:
    def container(name: str, cpu: str, **more: str) -> dict[str, object]:
        return {"name": name, "resources": {"requests": {"cpu": cpu}}, **more}

    first = [container("s", "1", restartPolicy="Always"), container("t", "2", restartPolicy="Always")]
    spec = {"initContainers": [*first, container("i", "8")], "containers": [container("a", "4")]}
    found = Resource(type="kubernetes:core/v1:Pod", urn="", name="it", properties={"spec": spec})
    [pod] = Object(found, found.located[0], Reading()).pods
    assert _demand.of_pod(pod, "cpu", Decimal(0)) == 11
