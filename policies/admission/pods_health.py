"""Twins of `policies.pods_health`."""

from collections.abc import Iterator
from typing import Final

from policies import pods_health
from policies.admission._twin import Check, Settings, twin

LEFT: Final = "request.kind.kind == 'Pod' && pod.?restartPolicy.orValue('') in ['Never', 'OnFailure']"
PORTS: Final = "container.?ports.orValue([])"


def _number(port: str) -> str:
    """Return CEL of a port as text: by its number where the container has one of that name."""
    return (
        f"string({PORTS}.filter(port, port.?name.orValue('') == {port}).map(port, port.containerPort)[?0]"
        f".orValue({port}))"
    )


def _question(name: str) -> str:
    """Return CEL of what a probe asks, as a list of text; empty without one."""
    probe = f"container.?{name}"
    http, tcp, grpc = (f"container.{name}.{handler}" for handler in ("httpGet", "tcpSocket", "grpc"))
    return (
        f"({probe}.?httpGet.hasValue() ? ['http', string({http}.?scheme.orValue('HTTP')),"
        f" string({http}.?host.orValue('')), {_number(f'{http}.port')}, {http}.?path.orValue('').find('[^/](?s:.)*')]"
        f" : {probe}.?tcpSocket.hasValue() ? ['tcp', string({tcp}.?host.orValue('')), {_number(f'{tcp}.port')}]"
        f" : {probe}.?grpc.hasValue() ? ['grpc', string({grpc}.port), string({grpc}.?service.orValue(''))]"
        f" : {probe}.?exec.hasValue() ? ['exec'] + {probe}.?exec.?command.orValue([]) : [])"
    )


def _known(name: str, handler: str) -> str:
    """Return CEL that holds where a handler's port is a number, or the name of one that the container has."""
    port = f"container.{name}.{handler}.port"
    return (
        f"(!container.?{name}.?{handler}.?port.hasValue() || string({port}).matches('^[0-9]+$')"
        f" || {PORTS}.exists(port, port.?name.orValue('') == {port}))"
    )


@twin(
    pods_health.probed,
    variables={
        "asked": f"variables.pods.filter(pod, !({LEFT})).map(pod, pod.?containers.orValue([])"
        " + pod.?initContainers.orValue([]).filter(each, each.?restartPolicy.orValue('') == 'Always')).flatten()",
    },
)
def probed(_settings: Settings) -> Iterator[Check]:
    """How often and how long one asks makes no other question."""
    for name in pods_health.PROBES:
        yield Check(unless=f"variables.asked.all(container, has(container.{name}))", says=f"a container has no {name}")
        known = " && ".join(_known(name, handler) for handler in ("httpGet", "tcpSocket"))
        yield Check(
            unless=f"variables.asked.all(container, {known})",
            says=f"{name} goes to a port that the container does not have",
        )
    ready, live = (_question(name) for name in pods_health.PROBES)
    yield Check(
        unless=f"variables.asked.all(container, size({ready}) == 0 || {ready} != {live})",
        says="livenessProbe asks what readinessProbe asks",
    )
