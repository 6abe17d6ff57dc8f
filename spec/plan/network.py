"""Which paths are open: everything else is closed, both ways."""

from collections.abc import Sequence
from dataclasses import dataclass

from spec import addresses, labels
from spec.plan.confinement import spaces
from spec.tenant import TenantSpec

NAMESPACE_NAME = "kubernetes.io/metadata.name"  # set by the API server itself: no tenant can bear another's

DNS_NAMESPACE = "kube-system"
DNS_PODS = {"k8s-app": "kube-dns"}
DNS_PORT = 53

GATEWAY_NAMESPACE = "paas-gateway"
"""Where requests from outside come from."""


@dataclass(frozen=True, kw_only=True)
class Peer:
    """The other end of a path: pods in namespaces, or a network.

    Attributes:
        namespaces: their names; empty for a network.
        pods: labels of the pods there; empty for all.
        cidr: a network outside the cluster; None for pods. `holes` says what is left out of it.
    """

    namespaces: tuple[str, ...] = ()
    pods: tuple[tuple[str, str], ...] = ()
    cidr: str | None = None


@dataclass(frozen=True, kw_only=True)
class Policy:
    """One NetworkPolicy.

    Attributes:
        name: in state and in the cluster.
        pods: labels of the pods that it is about; empty for all.
        directions: `Ingress`, `Egress` or both.
        peer: None opens nothing, and so closes the directions.
        ports: (protocol, port); empty for all.
    """

    name: str
    pods: tuple[tuple[str, str], ...] = ()
    directions: tuple[str, ...]
    peer: Peer | None = None
    ports: tuple[tuple[str, int], ...] = ()


def policies(spec: TenantSpec, key: str | None = None) -> list[Policy]:
    """Return the policies of one namespace; `key` is its name in the stack file, None the environment's own."""
    own = Peer(namespaces=tuple(space.name for space in spaces(spec)))
    return [
        Policy(name="default-deny", directions=("Ingress", "Egress")),
        Policy(
            name="allow-dns",
            directions=("Egress",),
            peer=Peer(namespaces=(DNS_NAMESPACE,), pods=tuple(DNS_PODS.items())),
            ports=(("UDP", DNS_PORT), ("TCP", DNS_PORT)),
        ),
        Policy(name="allow-own", directions=("Ingress", "Egress"), peer=own),
        *_from_gateway(spec, key),
        *_egress(spec),
    ]


def _from_gateway(spec: TenantSpec, key: str | None) -> list[Policy]:
    return [
        Policy(
            name=f"allow-gateway-{name}",
            pods=tuple(labels.selector(spec, name).items()),
            directions=("Ingress",),
            peer=Peer(namespaces=(GATEWAY_NAMESPACE,)),
            ports=(("TCP", app.port),),
        )
        for name, app in spec.apps.items()
        if app.hosts and app.namespace == key
    ]


def holes(cidr: str, cluster_networks: Sequence[str]) -> list[str]:
    """Return what egress to `cidr` leaves out: metadata addresses, and the cluster's own networks.

    Raises:
        ValueError: `cidr` lies in one of the cluster's own networks, where paths go by name, not by address.
    """
    network = addresses.parse(cidr)
    own = tuple(addresses.parse(text) for text in cluster_networks)
    if addresses.inside(network, own):
        raise ValueError(f"a network outside the cluster's own: {', '.join(cluster_networks)}")
    return addresses.holes(network, (*addresses.FORBIDDEN, *own))


def _egress(spec: TenantSpec) -> list[Policy]:
    return [
        Policy(
            name=f"egress-{name}",
            directions=("Egress",),
            peer=Peer(cidr=found.cidr),
            ports=tuple((found.protocol, port) for port in found.ports),
        )
        for name, found in spec.egress.items()
    ]
