"""When an object is ready, kind by kind: one small question each, and a table of them.

Each question looks at one live object and answers with a verdict. Rules are those of `kubectl rollout status` and
of the official plugin's await logic, without its settling delays.
"""

from collections.abc import Callable
from typing import Final

from sandbox.engine.kubernetes.await_.verdict import READY, Verdict, failed, waiting
from sandbox.engine.kubernetes.objects import group_kind
from sandbox.engine.kubernetes.quantity import same
from sandbox.engine.kubernetes.values import Object, get

Question = Callable[[Object], Verdict]


def condition(live: Object, kind: str) -> Object:
    """Return the status condition of that type, or {}."""
    found = get(live, "status", "conditions") or []
    return next((one for one in found if one.get("type") == kind), {})


def observed(live: Object) -> bool:
    """Tell whether the controller has seen the object's latest version."""
    return int(get(live, "status", "observedGeneration") or 0) >= int(get(live, "metadata", "generation") or 0)


def deployment(live: Object) -> Verdict:
    """All replicas are of the newest version and available, and no older one is left."""
    if get(live, "spec", "paused"):
        return READY
    if not observed(live):
        return waiting("the Deployment controller has not seen the change yet")
    progressing = condition(live, "Progressing")
    if progressing.get("reason") == "ProgressDeadlineExceeded":
        return failed(f"the rollout made no progress in time: {progressing.get('message')}")
    trouble = condition(live, "ReplicaFailure")
    if trouble.get("status") == "True":
        return waiting(f"{trouble.get('reason')}: {trouble.get('message')}")
    return _rolled_out(live, old_gone=True)


def _rolled_out(live: Object, *, old_gone: bool) -> Verdict:
    want = int(_or(get(live, "spec", "replicas"), 1))
    status = live.get("status") or {}
    updated, total = int(status.get("updatedReplicas") or 0), int(status.get("replicas") or 0)
    available = int(status.get("availableReplicas") or 0)
    if updated < want:
        return waiting(f"{updated} of {want} replicas are of the newest version")
    if old_gone and total > updated:
        return waiting(f"{total - updated} replicas of the old version are still there")
    if available < want:
        return waiting(f"{available} of {want} replicas are available")
    return READY


def stateful_set(live: Object) -> Verdict:
    """All replicas above the partition are of the newest version, and all are ready."""
    if not observed(live):
        return waiting("the StatefulSet controller has not seen the change yet")
    status = live.get("status") or {}
    want = int(_or(get(live, "spec", "replicas"), 1))
    ready, updated = int(status.get("readyReplicas") or 0), int(status.get("updatedReplicas") or 0)
    if ready < want:
        return waiting(f"{ready} of {want} replicas are ready")
    if get(live, "spec", "updateStrategy", "type") == "OnDelete":
        return READY
    above = want - int(_or(get(live, "spec", "updateStrategy", "rollingUpdate", "partition"), 0))
    if status.get("updateRevision") != status.get("currentRevision") and updated < above:
        return waiting(f"{updated} of {above} replicas are of the newest version")
    return READY


def daemon_set(live: Object) -> Verdict:
    """Every node that should run it runs the newest version, available."""
    if not observed(live):
        return waiting("the DaemonSet controller has not seen the change yet")
    status = live.get("status") or {}
    want = int(status.get("desiredNumberScheduled") or 0)
    updated, available = int(status.get("updatedNumberScheduled") or 0), int(status.get("numberAvailable") or 0)
    if get(live, "spec", "updateStrategy", "type") != "OnDelete" and updated < want:
        return waiting(f"{updated} of {want} nodes run the newest version")
    return READY if available >= want else waiting(f"it is available on {available} of {want} nodes")


def replica_set(live: Object) -> Verdict:
    """All replicas are available (ReplicaSet, ReplicationController)."""
    if not observed(live):
        return waiting("its controller has not seen the change yet")
    want, have = int(_or(get(live, "spec", "replicas"), 1)), int(get(live, "status", "availableReplicas") or 0)
    return READY if have >= want else waiting(f"{have} of {want} replicas are available")


def job(live: Object) -> Verdict:
    """It has completed, or is suspended."""
    if condition(live, "Complete").get("status") == "True" or get(live, "spec", "suspend"):
        return READY
    end = condition(live, "Failed")
    if end.get("status") == "True":
        return failed(f"the Job failed ({end.get('reason')}): {end.get('message')}")
    want, have = int(_or(get(live, "spec", "completions"), 1)), int(get(live, "status", "succeeded") or 0)
    return waiting(f"{have} of {want} completions, {int(get(live, 'status', 'failed') or 0)} failed pods")


def pod(live: Object) -> Verdict:
    """It is ready, or has succeeded."""
    phase = get(live, "status", "phase")
    if phase == "Succeeded" or condition(live, "Ready").get("status") == "True":
        return READY
    if phase == "Failed":
        return failed(
            f"the Pod failed: {get(live, 'status', 'message') or get(live, 'status', 'reason') or 'see its logs'}"
        )
    return waiting(f"the Pod is {phase or 'not seen by any node yet'}")


def claim(live: Object) -> Verdict:
    """It is bound; see `stages` for classes that bind only once a Pod asks."""
    phase = get(live, "status", "phase")
    if phase == "Lost":
        return failed(f"its volume {get(live, 'spec', 'volumeName')} is lost")
    return READY if phase == "Bound" else waiting("no volume is bound yet")


def volume(live: Object) -> Verdict:
    """It can be claimed, or is."""
    phase = get(live, "status", "phase")
    if phase == "Failed":
        return failed(f"the volume failed: {get(live, 'status', 'message')}")
    return READY if phase in ("Available", "Bound") else waiting(f"the volume is {phase or 'not seen yet'}")


def balanced(live: Object) -> Verdict:
    """A load balancer has given it an address (Services of that type, Ingresses)."""
    if get(live, "status", "loadBalancer", "ingress"):
        return READY
    return waiting("no load balancer has given it an address yet; does a controller for it run in this cluster?")


def definition(live: Object) -> Verdict:
    """Its names are accepted and it is served."""
    names = condition(live, "NamesAccepted")
    if names.get("status") == "False" and names.get("reason") != "NotAccepted":
        return failed(f"its names are not accepted ({names.get('reason')}): {names.get('message')}")
    if condition(live, "Established").get("status") == "True" and names.get("status") == "True":
        return READY
    return waiting("it is not established yet")


def namespace(live: Object) -> Verdict:
    """It is active."""
    phase = get(live, "status", "phase")
    return READY if phase == "Active" else waiting(f"the Namespace is {phase or 'not seen yet'}")


def quota(live: Object) -> Verdict:
    """The quota controller has taken over its limits."""
    want, have = get(live, "spec", "hard") or {}, get(live, "status", "hard") or {}
    missing = sorted(key for key, value in want.items() if not same(have.get(key), value))
    return waiting(f"the quota controller has not taken over {', '.join(missing)} yet") if missing else READY


def api_service(live: Object) -> Verdict:
    """Its server answers."""
    available = condition(live, "Available")
    if available.get("status") == "True":
        return READY
    return waiting(f"its server is not available: {available.get('message') or 'not asked yet'}")


def _or(value: object, default: int) -> int:
    return default if value is None else int(str(value))


QUESTIONS: Final[dict[tuple[str, str], Question]] = {
    ("apps", "Deployment"): deployment,
    ("apps", "StatefulSet"): stateful_set,
    ("apps", "DaemonSet"): daemon_set,
    ("apps", "ReplicaSet"): replica_set,
    ("batch", "Job"): job,
    ("", "Pod"): pod,
    ("", "ReplicationController"): replica_set,
    ("", "PersistentVolumeClaim"): claim,
    ("", "PersistentVolume"): volume,
    ("", "Namespace"): namespace,
    ("", "ResourceQuota"): quota,
    ("networking.k8s.io", "Ingress"): balanced,
    ("apiextensions.k8s.io", "CustomResourceDefinition"): definition,
    ("apiregistration.k8s.io", "APIService"): api_service,
}
"""Kinds that are awaited by one look at themselves; Services are in `stages`, all others are ready at once."""


def question(live: Object) -> Question | None:
    """Return the question for this kind; None means that it is ready as soon as it exists."""
    return QUESTIONS.get(group_kind(live))
