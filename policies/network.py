"""Network: closed both ways by default, open only where the stack file says so, and no way around the gateway."""

from collections.abc import Callable, Iterable, Iterator
from ipaddress import ip_network
from typing import Final

from policies._kinds import core, of
from policies._object import Object
from policies._rule import CRITICAL, HIGH, MANDATORY, PLAN, Whole, rule, stack_rule
from policies._stack import Stack
from policies._view import Malformed, View, apart, some
from spec import addresses, plan
from spec.plan import network
from spec.tenant import TenantSpec

NAMESPACES: Final = core("Namespace")
POLICIES: Final = of("networking.k8s.io", "NetworkPolicy") | of("extensions", "NetworkPolicy")
PLATFORMS: Final = {
    ("Ingress", False): (network.GATEWAY_NAMESPACE,),
    ("Ingress", True): (plan.OPERATOR_NAMESPACE, network.MONITORING_NAMESPACE),
    ("Egress", False): (),
    ("Egress", True): (network.STORE_NAMESPACE,),
}
"""The platform's namespaces, beside the cluster's DNS, that pods may be open to; of databases they are others."""

DIRECTIONS: Final = {"Ingress": ("ingress", "from"), "Egress": ("egress", "to")}


def directions(policy: Object) -> list[str]:
    """Return what a policy closes. Where it does not say so: ingress, for with rules for egress it opens that."""
    return policy.at("spec.policyTypes").texts() or ["Ingress"]


def _closing(namespace: str | None, direction: str) -> Callable[[Object], bool]:
    """Return the test whether a policy closes one direction for every pod of the namespace."""
    field, _ = DIRECTIONS[direction]

    def test(policy: Object) -> bool:
        if policy.namespace != namespace:
            return False
        selector = policy.at("spec.podSelector")
        every = not selector["matchLabels"].fields() and not selector["matchExpressions"].items()
        return every and direction in directions(policy) and not policy["spec"][field].items()

    return test


@stack_rule(
    "N1",
    area="network",
    level=MANDATORY,
    severity=CRITICAL,
    title="Every namespace of a tenant is closed both ways by default",
    why="A pod that no policy selects may be reached by everybody and may reach everything.",
    fix="make namespaces with the IsolatedNamespace component, which brings the policy `default-deny`",
    serves=("O6", "F6"),
    judges=NAMESPACES | POLICIES,
    needs=PLAN,
    decided_by="the guard, which keeps the platform's policies as they are: no single request shows it",
)
def closed(whole: Whole, _stack: Stack) -> Iterator[tuple[Object | None, str]]:
    """One policy for each direction is as good as one for both."""
    policies = whole.objects(POLICIES, patches=False)
    for namespace in whole.objects(NAMESPACES):
        for direction in DIRECTIONS:
            with apart(namespace):
                name = namespace.name
                if not some(policies, _closing(name, direction)):
                    yield namespace, f"namespace {name} has no NetworkPolicy that denies {direction} to all its pods"


@rule(
    "N2",
    area="network",
    level=MANDATORY,
    severity=CRITICAL,
    title="What a network policy opens, the stack file opens",
    why="Empty rules open everything, labels of namespaces are anyone's, and wide ranges reach metadata.",
    fix="open paths by `egress`, `hosts` and `namespaces` in the stack file",
    serves=("O6", "F8"),
    judges=POLICIES,
    needs=PLAN,
)
def opened(found: Object, stack: Stack) -> Iterator[str]:
    """Peers in the same namespace are nobody's business; others go by name, networks as the stack file has them.

    Databases are looked after by their operator and measured, ask the API server, and write to the object store.
    """
    database = network.DATABASE in found.at("spec.podSelector.matchLabels").mapping()
    for direction, (field, side) in DIRECTIONS.items():
        with apart(found):
            for opening in found["spec"][field].items():
                with apart(opening):
                    yield from _opening(opening, side, direction, stack.tenant, database=database)


def _opening(opening: View, side: str, direction: str, tenant: TenantSpec, *, database: bool) -> Iterator[str]:
    peers = opening[side].items()
    if not peers:
        yield f"{opening.path} opens {direction.lower()} for everybody"
    for peer in peers:
        with apart(peer):
            yield from _peer(peer, opening["ports"], direction, tenant, database=database)


def _peer(peer: View, ports: View, direction: str, tenant: TenantSpec, *, database: bool) -> Iterator[str]:
    if peer["ipBlock"].present:
        yield from _block(peer["ipBlock"], direction, tenant, api=database and _api(ports))
    elif peer["namespaceSelector"].present:
        yield from _namespaces(peer, ports, direction, tenant, database=database)
    elif not peer["podSelector"].present:
        yield f"{peer.path} is empty, so it is everybody"


def _api(ports: View) -> bool:
    """Return whether it is the API server's ports alone that are opened."""
    opened = ports.items()
    return bool(opened) and all(
        port["port"].number_or_text() in network.API_PORTS and not port["endPort"].present for port in opened
    )


def _namespaces(peer: View, ports: View, direction: str, tenant: TenantSpec, *, database: bool) -> Iterator[str]:
    selector = peer["namespaceSelector"]
    names = selected(selector)
    if names is None:
        yield f"{selector.path} goes by labels that anyone can wear; only {plan.NAMESPACE_NAME} is the API server's own"
        return
    own = {space.name for space in plan.spaces(tenant)}
    for name in sorted(names - own):
        if name in PLATFORMS[direction, database]:
            continue
        if direction == "Egress" and name == network.DNS_NAMESPACE:
            yield from _dns(peer, ports)
        else:
            yield f"{selector.path} opens namespace {name}, which is not this environment's"


def selected(selector: View) -> set[str] | None:
    """Return the namespaces that a selector names, or None where it goes by anything but their names."""
    names: set[str] | None = None
    for key, value in selector["matchLabels"].mapping().items():
        if key == plan.NAMESPACE_NAME:
            names = {value}
    for expression in selector["matchExpressions"].items():
        if expression["key"].text() == plan.NAMESPACE_NAME and expression["operator"].text() == "In":
            values = set(expression["values"].texts())
            names = values if names is None else names & values
    return names


def _dns(peer: View, ports: View) -> Iterator[str]:
    labels = peer["podSelector"]["matchLabels"].mapping()
    if not network.DNS_PODS.items() <= labels.items():
        yield f"{peer.path} opens all of {network.DNS_NAMESPACE}, not only the cluster's DNS"
    opened = ports.items()
    if not opened or any(port["port"].number_or_text() != network.DNS_PORT or _range(port) for port in opened):
        yield f"{ports.path} opens more of the cluster's DNS than port {network.DNS_PORT}"


def _range(port: View) -> bool:
    end = port["endPort"].number()
    return end is not None and end != port["port"].number_or_text()


def _block(block: View, direction: str, tenant: TenantSpec, *, api: bool) -> Iterator[str]:
    if direction == "Ingress":
        yield f"{block.path} opens ingress from addresses: the gateway is the way in"
        return
    cidr = _network(block["cidr"])
    if cidr is None:
        return
    declared = [addresses.parse(egress.cidr) for egress in tenant.egress.values()]
    if not api and not addresses.inside(cidr, tuple(declared)):
        yield f"{block['cidr'].path} is {cidr}, which is in no `egress` of the stack file"
    if addresses.inside(cidr, (*addresses.FORBIDDEN, addresses.MAPPED)):
        yield f"{block['cidr'].path} is {cidr}, which is never open: metadata, link-local and mapped addresses"
    excepted = tuple(found for each in block["except"].items() if (found := _network(each)) is not None)
    for hole in addresses.FORBIDDEN:
        if addresses.within(hole, cidr) and not addresses.inside(hole, excepted):
            yield f"{block.path} opens {hole}, which is never open: add it to `except`"


def _network(view: View) -> addresses.Network | None:
    text = view.text()
    if text is None:
        return None
    try:
        return ip_network(text, strict=False)  # the API server takes host bits, and means the network
    except ValueError:
        raise Malformed(view.path, "a network such as 203.0.113.0/24", "text that is none") from None


@rule(
    "N3",
    area="network",
    level=MANDATORY,
    severity=HIGH,
    title="Services lead nowhere but to pods of the tenant, and nobody comes in by them",
    why="Node ports and load balancers go around the gateway; external addresses and names take over other people's.",
    fix="leave `type` ClusterIP; name `hosts` for the way in and `egress` for the way out in the stack file",
    serves=("O6", "F6"),
    judges=core("Service"),
    needs=PLAN,
)
def inward(found: Object, stack: Stack) -> Iterator[str]:
    """What the quota counts as 0 is refused here with a reason."""
    most = plan.quota(stack.tenant)
    spec = found["spec"]
    forbidden = {
        kind: f"the tier has {most[name]} {name}"
        for kind, name in (("NodePort", "services.nodeports"), ("LoadBalancer", "services.loadbalancers"))
        if most[name] == "0"
    } | {"ExternalName": "it is any name that anyone chooses"}
    with apart(spec["type"]):
        kind = spec["type"].text()
        if kind in forbidden:
            yield f"{spec['type'].path} is {kind}: {forbidden[kind]}"
    for field in ("externalIPs", "loadBalancerSourceRanges"):
        with apart(spec[field]):
            if spec[field].items():
                yield f"{spec[field].path} is for addresses outside the cluster, which tenants have none of"
    for field in ("loadBalancerIP", "externalName"):
        with apart(spec[field]):
            if spec[field].text():
                yield f"{spec[field].path} is for addresses outside the cluster, which tenants have none of"


@rule(
    "N4",
    area="network",
    level=MANDATORY,
    severity=HIGH,
    title="Endpoints are made by the cluster, from the pods that a Service selects",
    why="Endpoints by hand send a Service's callers to any address, past every network policy.",
    fix="give the Service a selector; call what is outside the cluster by its address, with `egress`",
    serves=("O6", "F8"),
    judges=core("Endpoints") | of("discovery.k8s.io", "EndpointSlice"),
    needs=PLAN,
)
def endpoints(found: Object, _stack: Stack) -> Iterator[str]:
    """Those with no address lead nowhere; a Service without selector is harmless until somebody gives it endpoints."""
    for field in _addresses(found):
        with apart(field):
            if field.items():
                yield f"{field.path} is written by hand"


def _addresses(found: Object) -> Iterable[View]:
    if found.kind.name == "EndpointSlice":
        return [each["addresses"] for each in found["endpoints"].items()]
    return [each[field] for each in found["subsets"].items() for field in ("addresses", "notReadyAddresses")]
