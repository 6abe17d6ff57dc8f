"""What pods ask for, as the scheduler and the quota count it; and how many there may be of them."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Final

from policies._kinds import CLAIMS, DATABASE, Kind, of
from policies._object import Object, Template
from policies._view import Malformed, View

SIZES: Final = ("cpu", "memory", "ephemeral-storage")
POD_LEVEL: Final = ("cpu", "memory")
"""What a pod can be given as a whole (`spec.resources`), so that its containers need not say it."""

SURGE_PERCENT: Final = 25  # Kubernetes' own default
ZERO: Final = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class Ask:
    """Request and limit of one container or pod for one resource, as they count; None where nothing says them."""

    request: Decimal | None
    limit: Decimal | None


def ask(resources: View, name: str) -> Ask:
    """Return what `resources` asks of `name`. A limit alone is a request as well: the API server makes it one."""
    limit = resources["limits"][name].quantity()
    request = resources["requests"][name].quantity()
    return Ask(request=limit if request is None else request, limit=limit)


def lasts(container: View) -> bool:
    """Return whether an init container is a sidecar, which runs as long as the pod."""
    return container["restartPolicy"].text() == "Always"


def of_pod(pod: Template, name: str, default: Decimal) -> Decimal:
    """Return the request of a whole pod: sidecars add to what runs, other init containers count by the largest.

    Args:
        default: what a container gets that says nothing.
    """
    if name in POD_LEVEL:
        given = ask(pod.spec["resources"], name).request
        if given is not None:
            return given
    sidecars = most = ZERO
    for container in pod.spec["initContainers"].items():
        request = _request(container, name, default)
        most = max(most, sidecars + request)
        if lasts(container):
            sidecars += request
    running = sum((_request(each, name, default) for each in pod.spec["containers"].items()), ZERO)
    overhead = pod.spec["overhead"][name].quantity() or ZERO
    return max(most, sidecars + running) + overhead


def _request(container: View, name: str, default: Decimal) -> Decimal:
    request = ask(container["resources"], name).request
    return default if request is None else request


def sized(workload: Object) -> list[View]:
    """Return what has `resources` in one copy: containers that last, or the spec of a database."""
    if workload.kind == DATABASE:
        return [workload["spec"]]
    return [container for pod in workload.pods for container in pod.lasting]


def of_copy(workload: Object, name: str, default: Decimal) -> Decimal:
    """Return the request of one copy: all of its pods, or one instance of a database.

    Args:
        default: what a container gets that says nothing.
    """
    if workload.kind == DATABASE:
        return _request(workload["spec"], name, default)
    return sum((of_pod(pod, name, default) for pod in workload.pods), ZERO)


VOLUMES: Final = {
    **{kind: (f"{path}.spec.resources.requests.storage",) for kind, path in CLAIMS.items()},
    DATABASE: ("spec.storage.size", "spec.walStorage.size", "spec.tablespaces[].storage.size"),
}
"""Where kinds say how large the volumes of each of their copies are."""


def disk(workload: Object) -> Decimal:
    """Return how much the volumes of one copy hold together."""
    sizes = [size for path in VOLUMES.get(workload.kind, ()) for size in workload.every(path)]
    return sum((size.quantity() or ZERO for size in sizes), ZERO)


REPLICAS: Final = {
    **dict.fromkeys(of("apps", "Deployment", "StatefulSet", "ReplicaSet"), "spec.replicas"),
    **dict.fromkeys(of("extensions", "Deployment", "ReplicaSet"), "spec.replicas"),
    **dict.fromkeys(of("apps.kruise.io", "CloneSet", "StatefulSet"), "spec.replicas"),
    Kind("", "ReplicationController"): "spec.replicas",
    Kind("argoproj.io", "Rollout"): "spec.replicas",
    **dict.fromkeys(of("postgresql.cnpg.io", "Cluster", "Pooler"), "spec.instances"),
    Kind("leaderworkerset.x-k8s.io", "LeaderWorkerSet"): "spec.replicas",
    Kind("batch", "Job"): "spec.parallelism",
    Kind("batch", "CronJob"): "spec.jobTemplate.spec.parallelism",
    Kind("keda.sh", "ScaledJob"): "spec.maxReplicaCount",
}
"""Where kinds say how many pods they start at once."""

KEDA_MAXIMUM: Final = 100  # what KEDA takes where nobody says it


def copies(workload: Object, scaled_to: int | None) -> int:
    """Return how many pods there may be at once, with those of a rollout.

    Args:
        scaled_to: the most that an autoscaler makes; None without one.
    """
    default = KEDA_MAXIMUM if workload.kind.group == "keda.sh" else 1
    where = REPLICAS.get(workload.kind)
    own = workload.at(where).number() if where else None
    wanted = max(default if own is None else own, scaled_to or 0)
    return wanted + _surge(workload, wanted)


def _surge(workload: Object, wanted: int) -> int:
    if workload.kind.name != "Deployment" or workload.at("spec.strategy.type").text() == "Recreate":
        return 0
    view = workload.at("spec.strategy.rollingUpdate.maxSurge")
    value = view.number_or_text()
    if isinstance(value, int):
        return value
    percent = str(SURGE_PERCENT) if value is None else value.removesuffix("%")
    if not percent.isdecimal():
        raise Malformed(view.path, "a number or a percentage", "text that is neither")
    return int((Decimal(wanted) * int(percent) / 100).to_integral_value(ROUND_CEILING))
