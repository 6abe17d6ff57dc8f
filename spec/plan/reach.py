"""Who may reach whom: the matrix that all network policies together must amount to.

It is said from the specs, pair by pair; `spec.plan.network` says it policy by policy. So each can be held against the
other, in the cluster as it is. What is not open here is closed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from spec import addresses, names
from spec.plan.network import DNS_PORT
from spec.plan.workload import job_name
from spec.tenant import TenantSpec

Ports = frozenset[tuple[str, int]]
"""(protocol, port) of what a path is open for."""

CLOSED: Ports = frozenset()
EVERY: Ports = frozenset({("any", 0)})
"""All ports of all protocols."""

DNS, GATEWAY, STRANGER = "cluster DNS", "gateway", "another namespace"
"""Places that belong to no tenant; the last stands for all other pods of the cluster."""

INTERNET = ("192.0.2.1", "2001:db8::1")
"""Addresses that nobody means in particular (RFC 5737, RFC 3849)."""

Matrix = dict[tuple[str, str], Ports]
"""Ports by (from, to). A place is `namespace/name` of an app or job, an address, or one of the three above."""


@dataclass(frozen=True, kw_only=True)
class _Home:
    """An app or job as others see it; `entry` is the port that the gateway calls it at."""

    name: str
    spec: TenantSpec
    entry: int | None = None


def matrix(tenants: Sequence[TenantSpec], cluster_networks: Sequence[str]) -> Matrix:
    """Return every pair of places with an app or job of `tenants` at one end at least.

    Args:
        tenants: environments on one platform.
        cluster_networks: the platform's own.
    """
    homes = [home for spec in tenants for home in _homes(spec)]
    outside = probes(tenants, cluster_networks)
    found: Matrix = {}
    for home in homes:
        for other in homes:
            if other is not home:
                found[home.name, other.name] = EVERY if other.spec is home.spec else CLOSED
        found[home.name, DNS] = frozenset({("UDP", DNS_PORT), ("TCP", DNS_PORT)})
        found[GATEWAY, home.name] = CLOSED if home.entry is None else frozenset({("TCP", home.entry)})
        found |= {(home.name, place): CLOSED for place in (GATEWAY, STRANGER)}
        found |= {(place, home.name): CLOSED for place in (DNS, STRANGER, *outside)}
        found |= {(home.name, address): _egress(home.spec, address, cluster_networks) for address in outside}
    return found


def told(ports: Ports) -> str:
    """Return ports as people read them: `TCP 53, UDP 53`."""
    if ports == EVERY:
        return "everything"
    return ", ".join(f"{protocol} {port}" for protocol, port in sorted(ports)) or "nothing"


def probes(tenants: Sequence[TenantSpec], cluster_networks: Sequence[str]) -> list[str]:
    """Return the addresses that tell a right matrix from a wrong one: both edges of every network that is named."""
    declared = [addresses.parse(found.cidr) for spec in tenants for found in spec.egress.values()]
    own = [addresses.parse(text) for text in cluster_networks]
    edges = [edge for network in (*addresses.FORBIDDEN, *own, *declared) for edge in _edges(network)]
    found = {ip_address(text) for text in (*addresses.METADATA, *INTERNET)} | {ip_address(edge) for edge in edges}
    return [str(address) for address in sorted(found, key=lambda each: (each.version, int(each)))]


def _edges(network: addresses.Network) -> Iterator[str]:
    """Yield the first and the last address of a network, and their neighbours outside it."""
    first, last = network.network_address, network.broadcast_address
    yield from (str(first), str(last))
    if int(first) > 0:
        yield str(first - 1)
    if int(last) < 2**network.max_prefixlen - 1:
        yield str(last + 1)


def _homes(spec: TenantSpec) -> Iterator[_Home]:
    for name, app in spec.apps.items():
        namespace = names.namespace(spec.name, spec.environment, app.namespace)
        yield _Home(name=f"{namespace}/{name}", spec=spec, entry=app.port if app.hosts else None)
    for name, job in spec.jobs.items():
        namespace = names.namespace(spec.name, spec.environment, job.namespace)
        yield _Home(name=f"{namespace}/{job_name(name, job)}", spec=spec)


def _egress(spec: TenantSpec, text: str, cluster_networks: Sequence[str]) -> Ports:
    address = ip_address(text)
    never = (*addresses.FORBIDDEN, *(addresses.parse(found) for found in cluster_networks))
    if any(address in network for network in never):
        return CLOSED
    return frozenset(
        (found.protocol, port)
        for found in spec.egress.values()
        if address in addresses.parse(found.cidr)
        for port in found.ports
    )
