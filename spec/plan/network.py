"""Which paths are open: everything else is closed, both ways."""

from collections.abc import Sequence
from dataclasses import dataclass

from spec import addresses, labels, names
from spec.plan.confinement import spaces
from spec.plan.databases import (
    OPERATOR_NAMESPACE,
    POSTGRES_PORT,
    STATUS_PORT,
    bound,
    cluster_name,
    pooler_name,
)
from spec.tenant import TenantSpec

NAMESPACE_NAME = "kubernetes.io/metadata.name"  # set by the API server itself: no tenant can bear another's

DNS_NAMESPACE = "kube-system"
DNS_PODS = {"k8s-app": "kube-dns"}
DNS_PORT = 53

GATEWAY_NAMESPACE = "paas-gateway"
"""Where requests from outside come from."""

STORE_NAMESPACE = "paas-objects"
"""Where the platform's object store is, if it is in the cluster."""

MONITORING_NAMESPACE = "paas-monitoring"
"""Where the Prometheus is that reads what databases tell of themselves, if there is one."""

DATABASE = "cnpg.io/cluster"
"""Label of all pods of a database. Its operator alone makes pods that bear it: see `components.shared.conduct`."""

POOLER = "cnpg.io/poolerName"
INSTANCE = (("cnpg.io/podRole", "instance"),)
API_PORTS = (443, 6443)
"""Where the API server answers, by its Service and by itself."""

METRICS_PORTS = (9187, 9127)
"""Where instances and poolers tell of themselves; the operator sets them."""


@dataclass(frozen=True, kw_only=True)
class Peer:
    """The other end of a path: pods in namespaces, a network, or the cluster's own networks.

    Attributes:
        namespaces: their names; empty for networks.
        pods: labels of the pods there; empty for all.
        cidr: a network outside the cluster; None for pods. `holes` says what is left out of it.
        cluster: whether it is the cluster's own networks, which the platform knows.
    """

    namespaces: tuple[str, ...] = ()
    pods: tuple[tuple[str, str], ...] = ()
    cidr: str | None = None
    cluster: bool = False


@dataclass(frozen=True, kw_only=True)
class Policy:
    """One NetworkPolicy.

    Attributes:
        name: in state and in the cluster.
        pods: labels of the pods that it is about; empty for all.
        but: labels by which others are left out, whatever their value.
        directions: `Ingress`, `Egress` or both.
        peer: None opens nothing, and so closes the directions.
        ports: (protocol, port); empty for all.
    """

    name: str
    pods: tuple[tuple[str, str], ...] = ()
    but: tuple[str, ...] = ()
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
        # Databases take part in it where they are called, by policies of their own.
        Policy(name="allow-own", directions=("Ingress", "Egress"), peer=own, but=(DATABASE,) if spec.databases else ()),
        *_from_gateway(spec, key),
        *_egress(spec),
        *(
            policy
            for name, found in spec.databases.items()
            if found.namespace == key
            for policy in _database(spec, name)
        ),
    ]


def _database(spec: TenantSpec, name: str) -> list[Policy]:
    """What binds to it -> poolers -> instances; operator -> instances -> API server and object store; who measures."""
    space = names.namespace(spec.name, spec.environment, spec.databases[name].namespace)
    everything = ((DATABASE, cluster_name(name)),)
    instances, poolers = everything + INSTANCE, (*everything, (POOLER, pooler_name(name)))
    postgres, prefix = (("TCP", POSTGRES_PORT),), f"database-{name}"
    callers = dict.fromkeys(
        (path.partition(".")[2], binding.pooled is not False) for path, _, _, binding in bound(spec, name)
    )
    return [
        *(
            Policy(
                name=f"{prefix}-from-{caller}" + ("" if pooled else "-direct"),
                pods=poolers if pooled else instances,
                directions=("Ingress",),
                peer=Peer(namespaces=(space,), pods=tuple(labels.selector(spec, caller).items())),
                ports=postgres,
            )
            for caller, pooled in callers
        ),
        Policy(
            name=f"{prefix}-servers",
            pods=instances,
            directions=("Ingress",),
            peer=Peer(namespaces=(space,), pods=everything),
            ports=(*postgres, ("TCP", STATUS_PORT)),
        ),
        Policy(
            name=f"{prefix}-clients",
            pods=everything,
            directions=("Egress",),
            peer=Peer(namespaces=(space,), pods=instances),
            ports=(*postgres, ("TCP", STATUS_PORT)),
        ),
        Policy(
            name=f"{prefix}-operator",
            pods=instances,
            directions=("Ingress",),
            peer=Peer(namespaces=(OPERATOR_NAMESPACE,)),
            ports=(("TCP", STATUS_PORT),),
        ),
        Policy(
            name=f"{prefix}-metrics",
            pods=everything,
            directions=("Ingress",),
            peer=Peer(namespaces=(MONITORING_NAMESPACE,)),
            ports=tuple(("TCP", port) for port in METRICS_PORTS),
        ),
        Policy(
            name=f"{prefix}-api",
            pods=everything,
            directions=("Egress",),
            peer=Peer(cluster=True),
            ports=tuple(("TCP", port) for port in API_PORTS),
        ),
        # A store outside the cluster stands in `egress`, as everything outside does.
        Policy(
            name=f"{prefix}-backups", pods=everything, directions=("Egress",), peer=Peer(namespaces=(STORE_NAMESPACE,))
        ),
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
