"""When an object is ready: tables of live objects and verdicts."""

import pytest

from sandbox.engine.kubernetes.await_.jsonpath import compiled
from sandbox.engine.kubernetes.await_.readiness import QUESTIONS
from sandbox.engine.kubernetes.await_.reasons import pod_reasons
from sandbox.engine.kubernetes.await_.timeouts import timeout_of
from sandbox.engine.kubernetes.await_.wait_for import parse
from sandbox.engine.kubernetes.errors import InvalidInput
from sandbox.engine.kubernetes.traffic import Traffic
from sandbox.engine.kubernetes.values import Object
from tests.sandbox.provider.builders import annotated, config_map


def seen(spec: Object, status: Object, generation: int = 2) -> Object:
    return {"metadata": {"generation": generation}, "spec": spec, "status": status}


def on(kind: str, state: str = "True", **more: str) -> Object:
    return {"conditions": [{"type": kind, "status": state, **more}]}


NEW = {"observedGeneration": 2}
DEPLOYED = {**NEW, "replicas": 2, "updatedReplicas": 2, "availableReplicas": 2}

CASES: list[tuple[str, Object, str]] = [
    ("Deployment", seen({"replicas": 2}, DEPLOYED), ""),
    ("Deployment", seen({"replicas": 2}, {**DEPLOYED, "observedGeneration": 1}), "has not seen the change"),
    ("Deployment", seen({"replicas": 2}, {**DEPLOYED, "updatedReplicas": 1}), "1 of 2 replicas are of the newest"),
    ("Deployment", seen({"replicas": 2}, {**DEPLOYED, "replicas": 3}), "1 replicas of the old version"),
    ("Deployment", seen({"replicas": 2}, {**DEPLOYED, "availableReplicas": 1}), "1 of 2 replicas are available"),
    ("Deployment", seen({"replicas": 0}, NEW), ""),
    ("Deployment", seen({"paused": True}, {}), ""),
    ("Deployment", seen({}, {**NEW, **on("Progressing", "False", reason="ProgressDeadlineExceeded")}), "!no progress"),
    (
        "Deployment",
        seen({}, {**NEW, **on("ReplicaFailure", reason="FailedCreate", message="quota")}),
        "FailedCreate: quota",
    ),
    (
        "StatefulSet",
        seen({"replicas": 2}, {**NEW, "readyReplicas": 2, "updateRevision": "b", "currentRevision": "b"}),
        "",
    ),
    ("StatefulSet", seen({"replicas": 2}, {**NEW, "readyReplicas": 1}), "1 of 2 replicas are ready"),
    (
        "StatefulSet",
        seen({"replicas": 2}, {**NEW, "readyReplicas": 2, "updatedReplicas": 1, "updateRevision": "b"}),
        "1 of 2 replicas are of the newest",
    ),
    (
        "StatefulSet",
        seen({"updateStrategy": {"type": "OnDelete"}}, {**NEW, "readyReplicas": 1, "updateRevision": "b"}),
        "",
    ),
    (
        "DaemonSet",
        seen({}, {**NEW, "desiredNumberScheduled": 2, "updatedNumberScheduled": 2, "numberAvailable": 2}),
        "",
    ),
    ("DaemonSet", seen({}, {**NEW, "desiredNumberScheduled": 2, "updatedNumberScheduled": 2}), "on 0 of 2 nodes"),
    ("ReplicaSet", seen({"replicas": 1}, {**NEW, "availableReplicas": 1}), ""),
    ("ReplicaSet", seen({"replicas": 1}, NEW), "0 of 1 replicas"),
    ("Job", seen({}, on("Complete")), ""),
    ("Job", seen({"suspend": True}, {}), ""),
    ("Job", seen({"completions": 3}, {"succeeded": 1}), "1 of 3 completions"),
    ("Job", seen({}, on("Failed", reason="BackoffLimitExceeded", message="m")), "!the Job failed"),
    ("Pod", seen({}, on("Ready")), ""),
    ("Pod", seen({}, {"phase": "Succeeded"}), ""),
    ("Pod", seen({}, {"phase": "Pending"}), "the Pod is Pending"),
    ("Pod", seen({}, {"phase": "Failed", "reason": "Evicted"}), "!Evicted"),
    ("PersistentVolumeClaim", seen({}, {"phase": "Bound"}), ""),
    ("PersistentVolumeClaim", seen({}, {"phase": "Pending"}), "no volume is bound"),
    ("PersistentVolumeClaim", seen({"volumeName": "v"}, {"phase": "Lost"}), "!its volume v is lost"),
    ("PersistentVolume", seen({}, {"phase": "Available"}), ""),
    ("PersistentVolume", seen({}, {}), "not seen yet"),
    ("Namespace", seen({}, {"phase": "Active"}), ""),
    ("Namespace", seen({}, {"phase": "Terminating"}), "is Terminating"),
    ("ResourceQuota", seen({"hard": {"cpu": "1000m"}}, {"hard": {"cpu": "1"}}), ""),
    ("ResourceQuota", seen({"hard": {"cpu": "2"}}, {"hard": {"cpu": "1"}}), "has not taken over cpu"),
    ("Ingress", seen({}, {"loadBalancer": {"ingress": [{"ip": "x"}]}}), ""),
    ("Ingress", seen({}, {"loadBalancer": {}}), "no load balancer"),
    ("APIService", seen({}, on("Available")), ""),
    ("APIService", seen({}, on("Available", "False", message="dial")), "not available: dial"),
    (
        "CustomResourceDefinition",
        seen(
            {}, {"conditions": [{"type": "Established", "status": "True"}, {"type": "NamesAccepted", "status": "True"}]}
        ),
        "",
    ),
    ("CustomResourceDefinition", seen({}, on("NamesAccepted")), "not established"),
    (
        "CustomResourceDefinition",
        seen({}, on("NamesAccepted", "False", reason="KindConflict")),
        "!names are not accepted",
    ),
]
ASK = {kind: question for (_, kind), question in QUESTIONS.items()}


@pytest.mark.parametrize(("kind", "live", "wanted"), CASES, ids=[f"{case[0]}: {case[2] or 'ready'}" for case in CASES])
def test_verdicts(kind: str, live: Object, wanted: str) -> None:
    verdict = ASK[kind](live)
    assert verdict.ready is (wanted == "")
    assert verdict.hopeless is wanted.startswith("!")
    assert wanted.removeprefix("!") in verdict.reason


def test_every_question_has_a_ready_and_an_unready_case() -> None:
    for _, kind in QUESTIONS:
        if kind != "ReplicationController":  # asks the ReplicaSet's question
            outcomes = {ASK[kind](live).ready for name, live, _ in CASES if name == kind}
            assert outcomes == {True, False}, kind


LIVE = seen(
    {"ports": [{"name": "a", "port": 1}, {"name": "b", "port": 2}]},
    {**on("Ready"), "phase": "Running", "dotted.key": {"x": 1}},
)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("{.status.phase}", ["Running"]),
        (".status.phase", ["Running"]),
        ("{$.status.phase}", ["Running"]),
        ("{.spec.ports[0].port}", [1]),
        ("{.spec.ports[-1].port}", [2]),
        ("{.spec.ports[*].name}", ["a", "b"]),
        ('{.status.conditions[?(@.type=="Ready")].status}', ["True"]),
        ("{.status.conditions[?(@.type!='Ready')].status}", []),
        ("{.status['dotted.key'].x}", [1]),
        (r"{.status.dotted\.key.x}", [1]),
        ("{.status.nothing.there}", []),
    ],
)
def test_jsonpath(path: str, found: list[object]) -> None:
    assert compiled(path)(LIVE) == found


@pytest.mark.parametrize("path", ["", "{}", "{.a[}", "{range .items}", "{.a[?(@.b>1)]}"])
def test_jsonpath_that_is_not_supported_is_quoted(path: str) -> None:
    with pytest.raises(InvalidInput, match="JSONPath"):
        compiled(path)


@pytest.mark.parametrize(
    ("text", "ready"),
    [
        ("condition=Ready", True),
        ("condition=Ready=False", False),
        ("condition=Other", False),
        ("jsonpath={.status.phase}=Running", True),
        ("jsonpath={.status.phase}=Stopped", False),
        ("jsonpath={.status.phase}", True),
        ("jsonpath={.status.nothing}", False),
        ('jsonpath={.status.conditions[?(@.type=="Ready")].status}=True', True),
        ('["condition=Ready", "jsonpath={.status.phase}=Running"]', True),
        ('["condition=Ready", "jsonpath={.status.phase}=Stopped"]', False),
    ],
)
def test_wait_for(text: str, ready: bool) -> None:
    assert parse(text)(LIVE).ready is ready


def test_a_condition_of_an_older_generation_does_not_count() -> None:
    old = {"type": "Ready", "status": "True", "observedGeneration": 1}
    assert not parse("condition=Ready")(seen({}, {"conditions": [old]})).ready
    assert parse("condition=Ready")(seen({}, {"conditions": [{**old, "observedGeneration": 2}]})).ready


def test_pod_reasons_tell_the_telling_ones() -> None:
    pod = {
        "metadata": {"name": "p"},
        "status": {
            "conditions": [
                {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "no node"}
            ],
            "containerStatuses": [
                {"name": "a", "state": {"waiting": {"reason": "ContainerCreating"}}},
                {
                    "name": "b",
                    "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off"}},
                    "lastState": {"terminated": {"exitCode": 1, "reason": "Error"}},
                },
                {"name": "c", "state": {"running": {}}, "ready": False},
                {"name": "d", "state": {"running": {}}, "ready": True},
            ],
        },
    }
    first, second, third = pod_reasons(pod)
    assert "Unschedulable: no node" in first
    assert "container b: CrashLoopBackOff: back-off (last exit code 1, Error)" in second
    assert "container c: it runs, but is not ready" in third


@pytest.mark.parametrize(
    ("custom", "annotation", "seconds"), [(0, None, 600), (0, "30", 30), (5, "30", 5), (0, "0", 1), (0.1, None, 1)]
)
def test_timeouts(custom: float, annotation: str | None, seconds: float) -> None:
    value = config_map("demo") if annotation is None else annotated(config_map("demo"), timeoutSeconds=annotation)
    assert timeout_of(value, custom) == seconds


def test_a_timeout_that_is_no_number_is_refused() -> None:
    with pytest.raises(InvalidInput, match="write a number of seconds"):
        timeout_of(annotated(config_map("demo"), timeoutSeconds="soon"))


def test_traffic_is_stuck_only_when_every_operation_idles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.engine.kubernetes.traffic.QUIET", -1.0)
    traffic = Traffic()
    with traffic.operation():
        traffic.idle("one", True)
        assert not traffic.must_make_way("one"), "alone, it holds up nobody"
        with traffic.operation():
            assert not traffic.must_make_way("one"), "the other one works"
            traffic.idle("two", True)
            assert traffic.must_make_way("two")
            assert traffic.must_make_way("one"), "all that are stuck together go together"
        traffic.idle("one", False)
        assert not traffic.must_make_way("one")


def test_traffic_waits_for_newcomers() -> None:
    traffic = Traffic()
    with traffic.operation(), traffic.operation():
        traffic.idle("one", True)
        traffic.idle("two", True)
        assert not traffic.must_make_way("one")
