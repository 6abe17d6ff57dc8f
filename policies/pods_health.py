"""Health: what runs for long is asked whether it is ready and whether it is alive, and these are two questions."""

from collections.abc import Iterator
from typing import Final

from policies._demand import lasts
from policies._kinds import core, of
from policies._object import Object, Template
from policies._rule import HIGH, MANDATORY, rule
from policies._stack import Stack
from policies._view import View, apart

LASTING: Final = (
    core("Pod", "ReplicationController")
    | of("apps", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet")
    | of("extensions", "Deployment", "DaemonSet", "ReplicaSet")
    | of("apps.kruise.io", "CloneSet", "StatefulSet", "DaemonSet")
    | of("argoproj.io", "Rollout")
)
"""What runs until someone stops it. Jobs end, and operators give their pods probes of their own."""

PROBES: Final = ("readinessProbe", "livenessProbe")


@rule(
    "P3",
    area="pods",
    level=MANDATORY,
    severity=HIGH,
    title="What runs for long has a readiness and a liveness probe, which ask different questions",
    why="Without readiness requests reach what cannot answer; with one question for both, an overload is a restart.",
    fix="give both probes: readiness may ask what the program depends on, liveness only the program itself",
    serves=("X2", "L3"),
    judges=LASTING,
)
def probed(found: Object, _stack: Stack) -> Iterator[str]:
    """Init containers have no probes, unless they are sidecars. How often and how long one asks makes no other one."""
    for pod in found.pods:
        with apart(pod.spec):
            if found.kind.name == "Pod" and pod.spec["restartPolicy"].text() in ("Never", "OnFailure"):
                continue
            for container in _asked(pod):
                for probe in PROBES:
                    with apart(container):
                        yield from _probe(container, probe, found.patch)
                with apart(container):
                    yield from _same(container)


def _asked(pod: Template) -> Iterator[View]:
    for container in pod.lasting:
        with apart(container):
            if ".initContainers[" not in container.path or lasts(container):
                yield container


def _probe(container: View, name: str, patch: bool) -> Iterator[str]:
    probe = container[name]
    if not probe.present:
        if not patch:
            yield f"{container.path} has no {name}"
        return
    for handler in ("httpGet", "tcpSocket"):
        port = probe[handler]["port"]
        number = port.number_or_text()
        if isinstance(number, str) and not number.isdecimal() and number not in _ports(container) and not patch:
            yield f"{port.path} is {number}, and no port of the container has that name"


def _same(container: View) -> Iterator[str]:
    ready, live = (_question(container, name) for name in PROBES)
    if ready is not None and ready == live:
        yield f"{container.path}: livenessProbe asks what readinessProbe asks"


def _question(container: View, name: str) -> tuple[object, ...] | None:
    """Return what a probe asks, with defaults as the API server writes them; None without one."""
    probe = container[name]
    http, tcp, grpc, command = (probe[handler] for handler in ("httpGet", "tcpSocket", "grpc", "exec"))
    if http.present:
        scheme = http["scheme"].text() or "HTTP"
        path = "/" + (http["path"].text() or "").lstrip("/")
        return ("http", scheme, http["host"].text() or "", _port(container, http["port"]), path)
    if tcp.present:
        return ("tcp", tcp["host"].text() or "", _port(container, tcp["port"]))
    if grpc.present:
        return ("grpc", grpc["port"].number(), grpc["service"].text() or "")
    return ("exec", *command["command"].texts()) if command.present else None


def _port(container: View, port: View) -> int | str | None:
    """Return a port by its number where the container has one of that name; the kubelet reads digits as one, too."""
    value = port.number_or_text()
    if not isinstance(value, str):
        return value
    return int(value) if value.isdecimal() else _ports(container).get(value, value)


def _ports(container: View) -> dict[str, int | None]:
    return {port["name"].text() or "": port["containerPort"].number() for port in container["ports"].items()}
