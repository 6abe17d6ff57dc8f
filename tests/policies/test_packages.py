"""What upstream ships for an operator is not judged; what stands beside it is, and a tenant has no such thing (E2)."""

from policies._object import Resource
from policies._packages import judged
from policies._stack import Stack
from tests import examples

OPERATOR = "urn:pulumi:platform::paas::paas:platform:Platform$paas:platform:InstalledOperator"
PACKAGED = f"{OPERATOR}$kubernetes:yaml/v2:ConfigFile$kubernetes:apps/v1:Deployment::x"
CHARTED = f"{OPERATOR}$kubernetes:helm.sh/v4:Chart$kubernetes:apps/v1:Deployment::x"
BESIDE = f"{OPERATOR}$kubernetes:apps/v1:Deployment::x"
ELSEWHERE = "urn:pulumi:platform::paas::paas:platform:Platform$kubernetes:yaml/v2:ConfigFile$kubernetes:v1:Pod::x"


def judges(urn: str, stack: str) -> bool:
    resource = Resource(type="kubernetes:apps/v1:Deployment", urn=urn, name="x", properties={}, provider="cluster")
    return bool(judged([resource], Stack(name=stack, spec=examples.SPECS[stack])))


def test_packages_of_operators_are_upstreams() -> None:
    assert not judges(PACKAGED, "platform")
    assert not judges(CHARTED, "platform")


def test_all_else_is_judged() -> None:
    assert judges(BESIDE, "platform")
    assert judges(ELSEWHERE, "platform")
    assert judges(PACKAGED, "acme-prod")
