"""The pack's verdict on every labelled manifest."""

from collections import Counter

import pytest

from policies._rule import Rule
from policies.rules import RULES
from tests.policies.cases import Case, corpus
from tests.policies.judging import verdict

CASES = corpus()
EACH = 5  # cases that pass, and cases that fail, of every rule


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_manifest_is_judged_as_it_is_labelled(case: Case) -> None:
    found = verdict(case)
    sentences = [refusal.sentence for refusal in found.refusals]
    assert not found.ledger
    if case.verdict == "pass":
        assert sentences == []
    else:
        assert [sentence for sentence in sentences if case.says in sentence], sentences
        assert [sentence for sentence in sentences if "broke" in sentence] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_has_enough_cases_of_both_kinds(rule: Rule) -> None:
    count = Counter(case.verdict for case in CASES if case.rule == rule.id)
    assert min(count["pass"], count["fail"]) >= EACH, dict(count)
