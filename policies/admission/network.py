"""Twins of `policies.network`. N1 has none: no single request shows it."""

from collections.abc import Iterator
from typing import Final

from policies import network
from policies.admission._common import cel
from policies.admission._selectors import by_names, names
from policies.admission._twin import Check, Settings, twin
from spec import addresses, plan
from spec.plan.network import API_PORTS, DATABASE, DNS_NAMESPACE, DNS_PODS, DNS_PORT

FORBIDDEN: Final = cel([str(found) for found in addresses.FORBIDDEN])
NAMES: Final = names("peer.namespaceSelector")
TO_PODS: Final = "(!has(peer.ipBlock) && has(peer.namespaceSelector))"
TO_DNS: Final = f"({TO_PODS} && '{DNS_NAMESPACE}' in {NAMES})"


def _peers(direction: str) -> str:
    field, side = network.DIRECTIONS[direction]
    return f"variables.spec.?{field}.orValue([]).map(opening, opening.?{side}.orValue([])).flatten()"


@twin(
    network.opened,
    variables={
        "sources": _peers("Ingress"),
        "targets": _peers("Egress"),
        "peers": "variables.sources + variables.targets",
        "blocks": "variables.targets.filter(peer, has(peer.ipBlock)).map(peer, peer.ipBlock)",
        "database": f"'{DATABASE}' in variables.spec.?podSelector.?matchLabels.orValue({{}})",
        "networks": "variables.blocks.filter(block, isCIDR(block.cidr))",
    },
)
def opened(_settings: Settings) -> Iterator[Check]:
    """Peers that are empty, the API server itself refuses; what CEL does not take for a network is refused as none."""
    for direction, (field, side) in network.DIRECTIONS.items():
        yield Check(
            unless=f"variables.spec.?{field}.orValue([]).all(opening, size(opening.?{side}.orValue([])) > 0)",
            says=f"{field} without `{side}` opens {direction.lower()} for everybody",
        )
    yield from _namespaces()
    yield from _dns()
    yield Check(
        unless="variables.sources.all(peer, !has(peer.ipBlock))",
        says="ingress from addresses: the gateway is the way in",
    )
    yield from _networks()


def _namespaces() -> Iterator[Check]:
    yield Check(
        unless=f"variables.peers.all(peer, !{TO_PODS} || {by_names('peer.namespaceSelector')})",
        says=f"namespaceSelector goes by labels that anyone can wear; only {plan.NAMESPACE_NAME}"
        " is the API server's own",
    )
    for peers, direction, always in (("sources", "Ingress", ()), ("targets", "Egress", (DNS_NAMESPACE,))):
        databases, others = ([*always, *network.PLATFORMS[direction, database]] for database in (True, False))
        yield Check(
            unless=f"variables.{peers}.all(peer, !{TO_PODS} || {NAMES}.all(name, name in variables.namespaces"
            f" || name in (variables.database ? {cel(databases)} : {cel(others)})))",
            says=f"{peers} in a namespace that is neither this environment's nor {' or '.join(others)}",
        )


def _dns() -> Iterator[Check]:
    yield Check(
        unless=f"variables.targets.all(peer, !{TO_DNS} || {cel(DNS_PODS)}.all(key, value,"
        " peer.?podSelector.?matchLabels[?key].orValue('') == value))",
        says=f"it opens all of {DNS_NAMESPACE}, not only the cluster's DNS",
    )
    yield Check(
        unless=f"variables.spec.?egress.orValue([]).all(opening, !opening.?to.orValue([]).exists(peer, {TO_DNS})"
        " || (size(opening.?ports.orValue([])) > 0 && opening.ports.all(port,"
        f" port.?port.orValue(0) == {DNS_PORT} && port.?endPort.orValue({DNS_PORT}) == {DNS_PORT})))",
        says=f"it opens more of the cluster's DNS than port {DNS_PORT}",
    )


def _networks() -> Iterator[Check]:
    yield Check(unless="variables.blocks.all(block, isCIDR(block.cidr))", says="a cidr is no network")
    api = (
        "(variables.database && size(opening.?ports.orValue([])) > 0 && opening.ports.all(port,"
        f" port.?port.orValue(0) in {list(API_PORTS)} && !has(port.endPort)))"
    )
    declared = "variables.egress.exists(line, cidr(line).containsCIDR(peer.ipBlock.cidr))"
    yield Check(
        unless=f"variables.spec.?egress.orValue([]).all(opening, {api} || opening.?to.orValue([]).all(peer,"
        f" !has(peer.ipBlock) || !isCIDR(peer.ipBlock.cidr) || {declared}))",
        says="a cidr is in no `egress` of the stack file",
    )
    yield Check(
        unless=f"variables.networks.all(block, !{FORBIDDEN}.exists(hole, cidr(hole).containsCIDR(block.cidr)))",
        says="a cidr is never open: metadata and link-local addresses",
    )
    yield Check(
        unless=f"variables.networks.all(block, {FORBIDDEN}.all(hole, !cidr(block.cidr).containsCIDR(hole)"
        " || block.?except.orValue([]).exists(each, isCIDR(each) && cidr(each).containsCIDR(hole))))",
        says="a cidr opens addresses that are never open (metadata, link-local): add them to `except`",
    )


@twin(network.inward)
def inward(_settings: Settings) -> Iterator[Check]:
    """No tier has node ports or load balancers, so nothing of the plan is asked."""
    for kind in ("NodePort", "LoadBalancer", "ExternalName"):
        yield Check(unless=f"variables.spec.?type.orValue('') != '{kind}'", says=f"spec.type is {kind}")
    for field in ("externalIPs", "loadBalancerSourceRanges"):
        yield Check(unless=f"size(variables.spec.?{field}.orValue([])) == 0", says=f"spec.{field} is set")
    for field in ("loadBalancerIP", "externalName"):
        yield Check(unless=f"variables.spec.?{field}.orValue('') == ''", says=f"spec.{field} is set")


# A slice without endpoints has a null there, not an empty list.
@twin(
    network.endpoints,
    variables={
        "parts": "[variables.whole.?endpoints.orValue(null), variables.whole.?subsets.orValue(null)]"
        ".filter(list, list != null).flatten()",
    },
)
def endpoints(_settings: Settings) -> Iterator[Check]:
    """Those that the cluster's controllers make are not judged, as nothing of theirs is."""
    for field in ("addresses", "notReadyAddresses"):
        yield Check(
            unless=f"variables.parts.all(part, size(part.?{field}.orValue([])) == 0)",
            says=f"{field} are written by hand",
        )
