"""NetworkPolicies: closed both ways, then one policy for each path that is open."""

from collections.abc import Sequence
from typing import Any

from pulumi import Input, Output, ResourceOptions

from components._facts import PlatformFacts, refused
from components._kubernetes import (
    LabelSelectorArgsDict,
    NetworkPolicy,
    NetworkPolicyPeerArgsDict,
    NetworkPolicyPortArgsDict,
    NetworkPolicySpecArgsDict,
)
from components._meta import meta
from spec import TenantSpec, plan


def policies(
    name: str,
    spec: TenantSpec,
    key: str | None,
    *,
    namespace: Input[str],
    facts: PlatformFacts,
    opts: ResourceOptions,
) -> list[NetworkPolicy]:
    """Make the policies of the namespace that the stack file calls `key`."""
    return [
        NetworkPolicy(
            f"{name}-network-{policy.name}",
            metadata=meta(spec, policy.name, namespace=namespace),
            spec=_spec(policy, facts),
            opts=opts,
        )
        for policy in plan.policies(spec, key)
    ]


def _spec(policy: plan.Policy, facts: PlatformFacts) -> NetworkPolicySpecArgsDict:
    # What is empty is left out, as the API server leaves it out: an import then has nothing to add.
    found: NetworkPolicySpecArgsDict = {
        "pod_selector": _selector(policy),
        "policy_types": list(policy.directions),
    }
    if policy.peer is None:
        return found
    peers = _networks(facts) if policy.peer.cluster else [_peer(policy.peer, facts)]
    ports: list[NetworkPolicyPortArgsDict] = [{"protocol": protocol, "port": port} for protocol, port in policy.ports]
    if "Ingress" in policy.directions:
        found["ingress"] = [{"from_": peers, "ports": ports} if ports else {"from_": peers}]
    if "Egress" in policy.directions:
        found["egress"] = [{"to": peers, "ports": ports} if ports else {"to": peers}]
    return found


def _selector(policy: plan.Policy) -> LabelSelectorArgsDict:
    found: LabelSelectorArgsDict = {}
    if policy.pods:
        found["match_labels"] = dict(policy.pods)
    if policy.but:
        found["match_expressions"] = [{"key": key, "operator": "DoesNotExist"} for key in policy.but]
    return found


def _networks(facts: PlatformFacts) -> Output[Any]:
    def blocks(networks: Sequence[str]) -> list[object]:
        return [{"ipBlock": {"cidr": cidr}} for cidr in networks]

    return Output.from_input(facts.networks).apply(blocks)


def _peer(peer: plan.Peer, facts: PlatformFacts) -> NetworkPolicyPeerArgsDict:
    if peer.cidr is not None:
        return {"ip_block": _block(peer.cidr, facts)}
    found: NetworkPolicyPeerArgsDict = {
        "namespace_selector": {
            "match_expressions": [{"key": plan.NAMESPACE_NAME, "operator": "In", "values": list(peer.namespaces)}]
        }
    }
    if peer.pods:
        found["pod_selector"] = {"match_labels": dict(peer.pods)}
    return found


def _block(cidr: str, facts: PlatformFacts) -> Output[Any]:
    """What the range leaves out depends on the platform's networks; which policies exist does not."""

    def block(networks: Sequence[str]) -> dict[str, object]:
        try:
            holes = plan.holes(cidr, networks)
        except ValueError as error:
            fix = "call what runs in the cluster by its name"
            raise refused(path="egress", given=cidr, wanted=str(error), fix=fix) from None
        return {"cidr": cidr, "except": holes} if holes else {"cidr": cidr}

    return Output.from_input(facts.networks).apply(block)
