"""The stacks of the repository keep every rule: no false alarm (row E2), and rules do run on them."""

import pytest

from policies._rule import Rule
from policies._stack import Stack
from policies.rules import BY_ID, RULES
from spec import TenantSpec
from tests import examples
from tests.policies.judging import asked, judged

TENANTS = [name for name, spec in examples.SPECS.items() if isinstance(spec, TenantSpec)]


@pytest.mark.parametrize("stack", TENANTS)
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_tenant_of_the_repository_keeps_the_rule(rule: Rule, stack: str) -> None:
    where = Stack(name=stack, spec=examples.SPECS[stack], settings=rule.defaults)
    found = judged(rule, asked(examples.EXAMPLES[stack]), where)
    assert [refusal.sentence for refusal in found.refusals] == []
    assert [str(entry) for entry in found.ledger] == []


@pytest.mark.parametrize("rule", ["Q1", "Q2", "Q3", "Q4", "Q5", "Q6", "Q7", "I1", "I2", "I3", "N1", "N2", "N3", "L1"])
def test_the_rule_does_look_at_it(rule: str) -> None:
    stack = "acme-prod"
    where = Stack(name=stack, spec=examples.SPECS[stack], settings=BY_ID[rule].defaults)
    assert judged(BY_ID[rule], asked(examples.EXAMPLES[stack]), where).paths


def test_a_tenants_objects_are_not_anothers() -> None:
    """The negative twin: what keeps every rule at home breaks many of them next door."""
    where = Stack(name="globex-dev", spec=examples.SPECS["globex-dev"])
    broken = {
        rule.id
        for rule in RULES
        if judged(rule, asked(examples.EXAMPLES["acme-prod"]), where.set(rule.defaults)).refusals
    }
    assert {"L1", "O1", "N2"} <= broken
