"""Why it takes so long: what Pods and events say, for the status line and for the error after a timeout."""

from collections.abc import Iterator
from typing import Final

from sandbox.engine.kubernetes.errors import ProviderError
from sandbox.engine.kubernetes.objects import Key, group_kind
from sandbox.engine.kubernetes.session import Session
from sandbox.engine.kubernetes.values import Object, get

MOST: Final = 3  # reasons worth reading
MOST_LISTED: Final = 250
CALM: Final = frozenset({"ContainerCreating", "PodInitializing", "Completed", ""})
"""Waiting reasons of containers that are just the way things go."""
STEPS: Final = {("cert-manager.io", "Certificate"): "certificaterequests"}
"""What an operator makes, in the same group, to do what an object of a kind asks for: it knows more of the trouble."""


def reasons(session: Session, key: Key, live: Object) -> list[str]:
    """Return what Pods and events tell about an object that is not ready, the most telling first.

    Best effort: a user without the right to read Pods or events just learns less.
    """
    try:
        pods = _pods(session, key, live)
        found = [*_steps(session, key, live), *(reason for pod in pods for reason in pod_reasons(pod))]
        found += _events(session, key, str(get(live, "metadata", "uid")))
        if not found and pods:
            found += _events(session, Key("v1", "Pod", key.namespace, ""), str(get(pods[0], "metadata", "uid")))
    except ProviderError:
        return []
    return list(dict.fromkeys(found))[:MOST]


def pod_reasons(pod: Object) -> Iterator[str]:
    """Yield what holds up one Pod: it fits nowhere, an image cannot be pulled, a container crashes or is not ready."""
    name = get(pod, "metadata", "name")
    for condition in get(pod, "status", "conditions") or []:
        if condition.get("type") == "PodScheduled" and condition.get("status") == "False":
            yield f"Pod {name}: {condition.get('reason')}: {condition.get('message')}"
    containers = [
        *(get(pod, "status", "initContainerStatuses") or []),
        *(get(pod, "status", "containerStatuses") or []),
    ]
    for container in containers:
        held = get(container, "state", "waiting") or {}
        last = get(container, "lastState", "terminated") or get(container, "state", "terminated") or {}
        where = f"Pod {name}, container {container.get('name')}"
        if held.get("reason", "") not in CALM:
            ended = f" (last exit code {last['exitCode']}, {last.get('reason')})" if "exitCode" in last else ""
            yield f"{where}: {held['reason']}: {held.get('message') or 'no details'}{ended}"
        elif last.get("exitCode"):
            times = container.get("restartCount")
            yield f"{where}: exited with {last['exitCode']} ({last.get('reason')}), {times} restarts"
        elif get(container, "state", "running") is not None and container.get("ready") is False:
            yield f"{where}: it runs, but is not ready; see its readiness probe"


def _pods(session: Session, key: Key, live: Object) -> list[Object]:
    if group_kind(live) == ("", "Pod"):
        return [live]
    selector = get(live, "spec", "selector")
    labels = selector.get("matchLabels", {} if "matchExpressions" in selector else selector) if selector else {}
    if not key.namespace:
        return []
    if not labels:
        return _owned(session, key.namespace, str(get(live, "metadata", "uid")))
    found = session.client.get(
        f"/api/v1/namespaces/{key.namespace}/pods",
        query={"labelSelector": ",".join(f"{name}={value}" for name, value in labels.items()), "limit": "50"},
    )
    return get(found, "items") or []


def _owned(session: Session, namespace: str, uid: str) -> list[Object]:
    """Return the Pods that belong to an object without a selector, by themselves or by a Job: operators' kinds."""
    owners = {uid}
    found: list[Object] = []
    for collection in (f"/apis/batch/v1/namespaces/{namespace}/jobs", f"/api/v1/namespaces/{namespace}/pods"):
        answer = session.client.get(collection, query={"limit": str(MOST_LISTED)})
        found = [each for each in get(answer, "items") or [] if _owners(each) & owners]
        owners |= {str(get(each, "metadata", "uid")) for each in found}
    return found


def _steps(session: Session, key: Key, live: Object) -> Iterator[str]:
    plural = STEPS.get(group_kind(live))
    if plural is None:
        return
    answer = session.client.get(
        f"/apis/{key.api_version}/namespaces/{key.namespace}/{plural}", query={"limit": str(MOST_LISTED)}
    )
    for step in get(answer, "items") or []:
        if str(get(live, "metadata", "uid")) in _owners(step):
            for condition in get(step, "status", "conditions") or []:
                if condition.get("status") == "False" and condition.get("message"):
                    name = get(step, "metadata", "name")
                    yield f"{plural.removesuffix('s')} {name}: {condition.get('reason')}: {condition['message']}"


def _owners(value: Object) -> set[str]:
    return {str(owner.get("uid")) for owner in get(value, "metadata", "ownerReferences") or []}


def _events(session: Session, key: Key, uid: str) -> list[str]:
    within = key.namespace or "default"
    found = session.client.get(
        f"/api/v1/namespaces/{within}/events",
        query={"fieldSelector": f"involvedObject.uid={uid},type=Warning", "limit": "20"},
    )
    items = sorted(
        get(found, "items") or [], key=lambda one: str(one.get("lastTimestamp") or one.get("eventTime") or "")
    )
    return [f"{one.get('reason')}: {one.get('message')}" for one in reversed(items)]
