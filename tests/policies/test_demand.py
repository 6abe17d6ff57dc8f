"""How many pods there may be at once, by kind."""

import pytest

from policies import _demand, _kinds
from policies._kinds import Kind
from policies._object import Object, Resource
from policies._view import Reading
from tests.policies.test_matching import nested

SURGES = {Kind("apps", "Deployment"), Kind("extensions", "Deployment")}

WHERE = {
    "spec.replicas": "Deployment StatefulSet ReplicaSet CloneSet ReplicationController Rollout LeaderWorkerSet",
    "spec.instances": "Pooler",
    "spec.parallelism": "Job",
    "spec.jobTemplate.spec.parallelism": "CronJob",
    "spec.maxReplicaCount": "ScaledJob",
}


def workload(kind: Kind, path: str, value: int | None) -> Object:
    token = f"kubernetes:{kind.group or 'core'}/v1:{kind.name}"
    found = Resource(type=token, urn=token, name="it", properties=nested(path, value))
    return Object(found, found.located[0], Reading())


@pytest.mark.parametrize(("path", "name"), [(path, name) for path, names in WHERE.items() for name in names.split()])
def test_copies_are_where_the_kind_says_them(path: str, name: str) -> None:
    kinds = [kind for kind in _kinds.PODS if kind.name == name and kind in _demand.REPLICAS]
    assert kinds
    for kind in kinds:
        more = 2 if kind in SURGES else 0  # a quarter, rounded up
        assert _demand.copies(workload(kind, path, 8), None) == 8 + more, kind


@pytest.mark.parametrize(
    ("name", "group", "least"), [("Job", "batch", 1), ("Pod", "", 1), ("ScaledJob", "keda.sh", 100)]
)
def test_where_nobody_says_them(name: str, group: str, least: int) -> None:
    assert _demand.copies(workload(Kind(group, name), "spec.x", None), None) == least


def test_an_autoscaler_goes_beyond_what_is_said() -> None:
    assert _demand.copies(workload(Kind("apps", "StatefulSet"), "spec.replicas", 2), 9) == 9
    assert _demand.copies(workload(Kind("apps", "StatefulSet"), "spec.replicas", 9), 2) == 9
