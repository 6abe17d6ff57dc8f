"""All rules at once: what each must say about itself."""

import re
from pathlib import Path

import pytest

from policies import rules
from policies._rule import Rule, Scope

EACH = pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.id)
FOLDER = Path(rules.__file__).parent


def test_ids_are_unique() -> None:
    assert len(rules.BY_ID) == len(rules.RULES)


@EACH
def test_a_rule_says_what_it_is_for(rule: Rule) -> None:
    assert re.fullmatch(r"[A-Z][0-9]{1,2}", rule.id)
    assert rule.title[0].isupper()
    assert not rule.title.endswith(".")
    assert rule.why.endswith(".")
    assert rule.fix
    assert not rule.fix.endswith(".")
    assert rule.serves
    assert all(re.fullmatch(r"[A-Z][0-9]{1,2}", row) for row in rule.serves)
    assert rule.decided_by


@EACH
def test_a_rule_judges_something_by_one_check(rule: Rule) -> None:
    assert isinstance(rule.judges, Scope) or rule.judges
    assert (rule.check is None) != (rule.check_stack is None)


@EACH
def test_a_setting_has_a_default_of_its_type(rule: Rule) -> None:
    types = {"array": list, "boolean": bool, "number": int | float, "string": str, "integer": int}
    for schema in rule.settings.values():
        assert isinstance(schema["default"], types[schema["type"]])
        assert schema["description"]


def test_every_module_of_rules_takes_part() -> None:
    """A module that nobody names in `AREAS` would be silent."""
    makers = {path.stem for path in FOLDER.glob("*.py") if re.search(r"^@(stack_)?rule\(", path.read_text(), re.M)}
    assert makers - {"_rule"} == {area.__name__.rpartition(".")[2] for area in rules.AREAS}
