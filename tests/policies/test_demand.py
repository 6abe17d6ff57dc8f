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
    "spec.instances": "Cluster.postgresql.cnpg.io Pooler.postgresql.cnpg.io",
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
    assert kind in _kinds.RUNNING
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


def a_database(spec: dict[str, object]) -> Object:
    found = Resource(type="kubernetes:postgresql.cnpg.io/v1:Cluster", urn="", name="it", properties={"spec": spec})
    return Object(found, found.located[0], Reading())


def test_an_instance_of_a_database_asks_for_what_its_spec_says() -> None:
    said = a_database(
        {"instances": 3, "resources": {"requests": {"cpu": "2"}, "limits": {"cpu": "4", "memory": "8Gi"}}}
    )
    assert _demand.of_copy(said, "cpu", Decimal(1)) == 2
    assert _demand.of_copy(said, "memory", Decimal(1)) == 8 * 1024**3
    assert _demand.of_copy(said, "ephemeral-storage", Decimal(1)) == 1
    assert [each.path for each in _demand.sized(said)] == ["spec"]


def test_a_database_has_one_instance_where_nobody_says_them_and_never_surges() -> None:
    assert _demand.copies(a_database({}), None) == 1
    assert _demand.copies(a_database({"instances": 4}), None) == 4


@pytest.mark.parametrize(
    ("spec", "gib"),
    [
        ({}, 0),
        ({"storage": {"size": "1Gi"}}, 1),
        ({"storage": {"size": "1Gi"}, "walStorage": {"size": "2Gi"}}, 3),
        ({"tablespaces": [{"name": "a", "storage": {"size": "4Gi"}}, {"name": "b", "storage": {"size": "8Gi"}}]}, 12),
    ],
)
def test_volumes_of_an_instance_add_up(spec: dict[str, object], gib: int) -> None:
    assert _demand.disk(a_database(spec)) == gib * 1024**3


def test_volumes_of_a_copy_are_those_of_its_claims() -> None:
    claims = [{"spec": {"resources": {"requests": {"storage": size}}}} for size in ("1Gi", "2Gi")]
    spec = {"volumeClaimTemplates": [*claims, {"spec": {}}]}
    found = Resource(type="kubernetes:apps/v1:StatefulSet", urn="", name="it", properties={"spec": spec})
    assert _demand.disk(Object(found, found.located[0], Reading())) == 3 * 1024**3
    assert _demand.disk(workload(Kind("apps", "Deployment"), "spec.replicas", 2)) == 0
