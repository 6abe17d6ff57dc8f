"""Network policies that a server of today does not take."""

from typing import Any

from policies._object import Resource
from policies._stack import Stack
from policies.rules import BY_ID
from tests.builders import a_tenant
from tests.policies.judging import judged, token

STACK = Stack(name="acme-prod", spec=a_tenant())
META = {"name": "own", "namespace": "acme-prod"}


def _sentences(rule: str, *objects: dict[str, Any]) -> list[str]:
    resources = tuple(Resource(type=token(found), urn="", name="", properties=found) for found in objects)
    return [refusal.sentence for refusal in judged(BY_ID[rule], resources, STACK).refusals]


def _policy(api: str = "networking.k8s.io/v1", **spec: Any) -> dict[str, Any]:
    return {"apiVersion": api, "kind": "NetworkPolicy", "metadata": META, "spec": {"podSelector": {}, **spec}}


def test_a_policy_of_the_old_api_is_one() -> None:
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "acme-prod"}}
    both = _policy("extensions/v1beta1", policyTypes=["Ingress", "Egress"])
    assert _sentences("N1", namespace, both) == []
    assert _sentences("N2", _policy("extensions/v1beta1", ingress=[{}])) == [
        "spec.ingress[0] opens ingress for everybody"
    ]


def test_a_block_without_a_network_opens_nothing() -> None:
    assert _sentences("N2", _policy(egress=[{"to": [{"ipBlock": {"except": [None]}}]}])) == []
    assert _sentences("N2", _policy(egress=[{"to": [{"ipBlock": {"cidr": "198.51.100.0/24", "except": [None]}}]}])) == [
        "spec.egress[0].to[0].ipBlock.cidr is 198.51.100.0/24, which is in no `egress` of the stack file"
    ]
