"""The sandbox's own objects in the cluster, and the waits for what they bring."""

import socket
import time
from collections.abc import Callable, Mapping
from datetime import datetime

import psutil

from sandbox.cluster import node, simulated, templates
from sandbox.cluster.api import Kubectl
from sandbox.cluster.layout import Layout
from sandbox.cluster.settings import DNS_IP, NODE
from sandbox.cluster.supervision import Supervisor
from sandbox.images import BUSYBOX, COREDNS, Image
from sandbox.machine import SandboxError
from sandbox.machine.errors import CommandError

PATIENCE = 120.0
"""Seconds that the node, and then the cluster's DNS, may take."""

_POLL = 0.2


def manifests(digests: Mapping[str, str], layout: Layout, real: bool) -> str:
    """Return the objects as YAML. DNS runs in pods, so it is there only with a real node.

    Args:
        digests: of the published images, by reference.
    """

    def pinned(image: Image) -> str:
        return f"{image.reference}@{digests[image.reference]}"

    documents = [
        templates.manifest("access.yaml", layout),
        templates.manifest("storage.yaml", layout, busybox=pinned(BUSYBOX)),
    ]
    if real:
        forward = "forward . /etc/resolv.conf" if node.nameservers() else "# this machine names no resolver"
        documents.append(templates.manifest("coredns.yaml", layout, coredns=pinned(COREDNS), forward=forward))
    return "\n---\n".join(documents)


def apply(kubectl: Kubectl, text: str, count: int, real: bool) -> None:
    """Apply the sandbox's objects and let there be `count` simulated nodes."""
    kubectl.apply(text)
    simulated.ensure(kubectl, count, tainted=real)


def wait_for_node(kubectl: Kubectl, supervisor: Supervisor) -> None:
    """Return when the real node is Ready, by a report younger than its kubelet.

    Raises:
        SandboxError: it is not in time; the node's own reason is quoted.
    """
    condition: dict[str, str] = {}

    def ready() -> bool:
        condition.clear()
        condition.update(_ready_condition(kubectl))
        kubelet = supervisor.states().get("kubelet")
        if condition.get("status") != "True" or kubelet is None or not kubelet.pid:
            return False
        reported = datetime.fromisoformat(condition["lastHeartbeatTime"]).timestamp()
        try:
            return reported >= int(psutil.Process(kubelet.pid).create_time())
        except psutil.NoSuchProcess:  # it has ended since; another one follows
            return False

    def told() -> str:
        return f"node {NODE} is not Ready: {condition.get('message', 'it has not registered')}"

    _wait(ready, told, "read .sandbox/logs/kubelet.log and containerd.log")


def wait_for_dns() -> None:
    """Return when the cluster's DNS accepts connections on its service address.

    Raises:
        SandboxError: it does not in time.
    """

    def answers() -> bool:
        try:
            socket.create_connection((DNS_IP, 53), timeout=1).close()
        except OSError:
            return False
        return True

    _wait(
        answers,
        lambda: f"the cluster's DNS does not answer at {DNS_IP}",
        "`kubectl -n kube-system describe pods -l k8s-app=kube-dns` tells why",
    )


def _ready_condition(kubectl: Kubectl) -> dict[str, str]:
    try:
        conditions = kubectl.get("node", NODE)["status"]["conditions"]
    except (CommandError, KeyError):
        return {}
    return next((one for one in conditions if one["type"] == "Ready"), {})


def _wait(test: Callable[[], bool], told: Callable[[], str], fix: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not test():
        if time.monotonic() > deadline:
            raise SandboxError(told(), fix)
        time.sleep(_POLL)
