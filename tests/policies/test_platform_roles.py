"""The platform's own stack: its roles are as narrow as those of tenants must be, and what is for all keeps to it."""

import pytest

from policies._judge import applies
from policies._object import Resource
from policies._packages import OPERATOR
from policies._rule import Rule
from policies._stack import Stack
from policies.rules import BY_ID, RULES
from tests.examples import EXAMPLES, SPECS
from tests.policies.judging import asked, judged

PLATFORM = asked(EXAMPLES["platform"])
ROLES = tuple(
    resource
    for resource in PLATFORM
    if resource.type.endswith(":ClusterRole") and OPERATOR not in resource.urn  # those are for no tenant to bind
)


def _sentences(rule: Rule, found: tuple[Resource, ...], stack: str) -> list[str]:
    where = Stack(name=stack, spec=SPECS[stack], settings=rule.defaults)
    return [refusal.sentence for refusal in judged(rule, found, where).refusals]


@pytest.mark.parametrize(
    "rule", [rule for rule in RULES if applies(rule, Stack(spec=SPECS["platform"]))], ids=lambda rule: rule.id
)
def test_the_platform_keeps_the_rules_that_are_for_all(rule: Rule) -> None:
    assert _sentences(rule, PLATFORM, "platform") == []


@pytest.mark.parametrize("rule", ["R3", "R4", "R5", "R6", "R7", "R8"])
def test_the_platforms_roles_are_as_narrow_as_those_of_tenants_must_be(rule: str) -> None:
    """X15: all but the role for broken glass, which is for nothing but looking into containers."""
    assert len(ROLES) >= 5
    into = ["rules[1] allows create/get of pods/exec, pods/attach, pods/portforward"]
    assert _sentences(BY_ID[rule], ROLES, "acme-prod") == (into if rule == "R6" else [])


def test_a_wider_role_would_be_refused() -> None:
    """The negative twin: the same role with a `get` of Secrets."""
    [deployer] = [role for role in ROLES if role.properties["metadata"]["name"] == "paas-deployer"]
    more = {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]}
    rules = [*deployer.properties["rules"], more]
    wider = Resource(type=deployer.type, urn="", name="", properties=deployer.properties | {"rules": rules})
    assert _sentences(BY_ID["R5"], (wider,), "acme-prod") == [
        f"rules[{len(rules) - 1}] allows get of secrets of any name"
    ]
