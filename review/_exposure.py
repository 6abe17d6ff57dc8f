"""What a change opens to others: Services, network policies, hosts of routes."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from review.kubernetes import Kind, kind
from review.model import Change
from review.values import Value, get, listed, mapped

OPENNESS: Final = {"ClusterIP": 0, "ExternalName": 0, "NodePort": 1, "LoadBalancer": 2}
GATEWAY: Final = "gateway.networking.k8s.io"
DIRECTIONS: Final = {"ingress": "from", "egress": "to"}

Opened = Callable[[Mapping[str, Value], Mapping[str, Value]], Iterator[str]]
"""What is open after and was not before; an object that is new was empty before."""


def exposed(change: Change) -> Iterator[str]:
    """Yield what a change opens."""
    ask = KINDS.get(kind(change))
    if ask and change.new:
        yield from ask(change.old, change.new)


def _service(old: Mapping[str, Value], new: Mapping[str, Value]) -> Iterator[str]:
    before, after = (str(get(side, "spec", "type") or "ClusterIP") for side in (old, new))
    if OPENNESS.get(after, 0) > OPENNESS.get(before, 0):
        yield f"is a {after}, reachable from outside the cluster"
    added = set(map(str, listed(get(new, "spec", "externalIPs")))) - set(
        map(str, listed(get(old, "spec", "externalIPs")))
    )
    if added:
        yield f"takes over the addresses {', '.join(sorted(added))}"
    narrowed, widened = (set(map(str, listed(get(side, "spec", "loadBalancerSourceRanges")))) for side in (old, new))
    if narrowed and narrowed != widened and not widened <= narrowed:
        yield "is open to more addresses"
    elif narrowed and not widened:
        yield "is open to all addresses"


def _policy(old: Mapping[str, Value], new: Mapping[str, Value]) -> Iterator[str]:
    before, after = (mapped(get(side, "spec", "podSelector")) for side in (old, new))
    if old and before != after and after:
        yield "is about other pods than before: those that it leaves, it no longer closes"
    for direction, side in DIRECTIONS.items():
        if _governs(old, direction) and not _governs(new, direction):
            yield f"no longer closes {direction}"
        elif _governs(new, direction):
            there = set(_holes(old, direction, side)) if _governs(old, direction) else set()
            for hole in _holes(new, direction, side):
                if hole not in there:
                    yield f"now opens {direction} {hole}"


def _governs(policy: Mapping[str, Value], direction: str) -> bool:
    types = listed(get(policy, "spec", "policyTypes"))
    if types:
        return direction.capitalize() in types
    return bool(policy) and (direction == "ingress" or get(policy, "spec", "egress") is not None)


def _holes(policy: Mapping[str, Value], direction: str, side: str) -> list[str]:
    """Return each pair of peer and port that a policy opens, in words."""
    found = []
    for rule in listed(get(policy, "spec", direction)):
        peers = [_told(peer) for peer in listed(get(rule, side))] or ["everything"]
        ports = [_port(port) for port in listed(get(rule, "ports"))] or ["all ports"]
        found += [f"{side} {peer} on {port}" for peer in peers for port in ports]
    return list(dict.fromkeys(found))


def _told(peer: Value) -> str:
    if block := get(peer, "ipBlock"):
        but = listed(get(block, "except"))
        return f"{get(block, 'cidr')}" + (f" but {', '.join(map(str, but))}" if but else "")
    parts = []
    for field, what in (("namespaceSelector", "namespaces"), ("podSelector", "pods")):
        selector = get(peer, field)
        if selector is not None:
            parts.append(f"{what} {json.dumps(selector, sort_keys=True)}" if mapped(selector) else f"all {what}")
    return ", ".join(parts)


def _port(port: Value) -> str:
    protocol = get(port, "protocol") or "TCP"
    end = get(port, "endPort")
    return f"{protocol} {get(port, 'port') or 'all'}" + (f"-{end}" if end else "")


def _ingress(old: Mapping[str, Value], new: Mapping[str, Value]) -> Iterator[str]:
    before, after = (
        {str(get(rule, "host") or "every host") for rule in listed(get(side, "spec", "rules"))} for side in (old, new)
    )
    yield from _hosts(before, after)


def _route(old: Mapping[str, Value], new: Mapping[str, Value]) -> Iterator[str]:
    before, after = (
        set(map(str, listed(get(side, "spec", "hostnames")))) or ({"every host of its gateway"} if side else set())
        for side in (old, new)
    )
    yield from _hosts(before, after)


def _gateway(old: Mapping[str, Value], new: Mapping[str, Value]) -> Iterator[str]:
    before, after = (
        {
            f"{get(each, 'hostname') or 'every host'} on {get(each, 'protocol')} {get(each, 'port')}"
            for each in listed(get(side, "spec", "listeners"))
        }
        for side in (old, new)
    )
    yield from _hosts(before, after)


def _hosts(before: set[str], after: set[str]) -> Iterator[str]:
    if added := after - before:
        yield f"now serves {', '.join(sorted(added))}"


KINDS: Final[dict[Kind, Opened]] = {
    ("", "Service"): _service,
    ("networking.k8s.io", "NetworkPolicy"): _policy,
    ("networking.k8s.io", "Ingress"): _ingress,
    (GATEWAY, "HTTPRoute"): _route,
    (GATEWAY, "GRPCRoute"): _route,
    (GATEWAY, "TLSRoute"): _route,
    (GATEWAY, "Gateway"): _gateway,
}
