"""Ports that the sandbox needs: who holds them, if it is not we ourselves."""

import contextlib
import ipaddress
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass

import psutil

from sandbox.cluster.layout import Layout
from sandbox.cluster.processes import owner
from sandbox.cluster.settings import BRIDGE, CLUSTER_CIDR, PORTS, SERVICE_CIDR
from sandbox.machine import SandboxError

PATIENCE = 3.0
"""Seconds to wait for a holder that is just ending: its port outlives the rest of it for a moment."""


@dataclass(frozen=True)
class Taken:
    """A port that someone else listens on.

    Attributes:
        needed_by: the key in `settings.PORTS`.
        holder: the process in words; empty where only root may know.
        sandbox: the other sandbox's state folder, if it is one.
    """

    port: int
    needed_by: str
    holder: str = ""
    sandbox: str | None = None

    def __str__(self) -> str:
        who = self.holder or "a process that only root can name"
        whose = f", of the sandbox in {self.sandbox}" if self.sandbox else ""
        return f"port {self.port} (needed by {self.needed_by}) is held by {who}{whose}"


def taken(services: Collection[str], layout: Layout) -> list[Taken]:
    """Return the ports of `services` that are in use by others, on whatever address they listen."""
    needed = {port: name for name, port in PORTS.items() if _service(name) in services}
    return sorted(set(_listening(needed, layout)), key=lambda found: found.port)


def check(services: Collection[str], layout: Layout) -> None:
    """Refuse to start beside something that holds our ports.

    Raises:
        SandboxError: at least one is in use; all of them are named, with the processes that hold them.
    """
    deadline = time.monotonic() + PATIENCE
    while found := taken(services, layout):
        if time.monotonic() > deadline:
            break
        time.sleep(0.2)
    else:
        return
    others = sorted({one.sandbox for one in found if one.sandbox})
    fix = (
        f"one sandbox at a time: run `python -m sandbox down` in the checkout of {others[0]}"
        if others
        else "stop that process (`kill PID`, or its service), then run this again"
    )
    raise SandboxError("\n".join(str(one) for one in found), fix)


def check_networks() -> None:
    """Refuse to shadow a network that the machine already uses.

    Raises:
        SandboxError: an interface has an address inside the ranges of pods or services.
    """
    ranges = [ipaddress.ip_network(cidr) for cidr in (CLUSTER_CIDR, SERVICE_CIDR)]
    clash = [
        f"{interface} has {address.address}"
        for interface, addresses in psutil.net_if_addrs().items()
        for address in addresses
        if interface != BRIDGE
        and address.family.name == "AF_INET"
        and any(ipaddress.ip_address(address.address) in cidr for cidr in ranges)
    ]
    if clash:
        raise SandboxError(
            f"{', '.join(clash)}: inside the sandbox's networks {CLUSTER_CIDR} (pods) and {SERVICE_CIDR} (services)",
            "take that interface down, or use that machine's own cluster by setting KUBECONFIG",
        )


def _listening(needed: dict[int, str], layout: Layout) -> Iterator[Taken]:
    for connection in psutil.net_connections(kind="tcp"):
        if connection.status != psutil.CONN_LISTEN or not connection.laddr or connection.laddr.port not in needed:
            continue
        port = connection.laddr.port
        if connection.pid is None:
            yield Taken(port, needed[port])
            continue
        with contextlib.suppress(psutil.NoSuchProcess):  # it has ended since, and holds nothing any more
            process = psutil.Process(connection.pid)
            whose = owner(process)
            if whose != str(layout.root):
                yield Taken(port, needed[port], f"{process.name()} (PID {process.pid})", whose)


def _service(name: str) -> str:
    for suffix in ("-peer", "-health", "-metrics"):
        name = name.removesuffix(suffix)
    return name
