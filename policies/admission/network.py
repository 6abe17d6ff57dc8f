"""Twins of `policies.network`."""

from collections.abc import Iterator

from policies import network
from policies.admission._twin import Check, Settings, twin


@twin(network.inward)
def inward(_settings: Settings) -> Iterator[Check]:
    """No tier has node ports or load balancers, so nothing of the plan is asked."""
    for kind in ("NodePort", "LoadBalancer", "ExternalName"):
        yield Check(unless=f"variables.spec.?type.orValue('') != '{kind}'", says=f"spec.type is {kind}")
    for field in ("externalIPs", "loadBalancerSourceRanges"):
        yield Check(unless=f"size(variables.spec.?{field}.orValue([])) == 0", says=f"spec.{field} is set")
    for field in ("loadBalancerIP", "externalName"):
        yield Check(unless=f"variables.spec.?{field}.orValue('') == ''", says=f"spec.{field} is set")
