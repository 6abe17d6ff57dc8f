"""All rules at once: what each must say about itself."""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from policies import rules
from policies._kinds import Kind
from policies._object import Object
from policies._rule import ADVISORY, Need, Rule, Scope, Whole
from tests.policies.cases import CORPUS, corpus
from tests.policies.judging import verdict

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
def test_the_corpus_has_a_rule_where_its_area_is(rule: Rule) -> None:
    assert (CORPUS / rule.area / f"{rule.id}.yaml").is_file()


def test_what_all_stacks_must_keep_needs_no_plan() -> None:
    """The others compare with a tenant's plan, or forbid a tenant what the platform's own stack must do."""
    for_all = {"I3", "S1", "P2", "P3", "P4", "C1", "C2", "C3", "C4", "C5", "C8", "C9", "C10", "B3"}
    assert {rule.id for rule in rules.RULES if rule.needs is Need.NOTHING} == for_all


def test_what_kubernetes_refuses_as_well_knows_no_exceptions() -> None:
    assert {rule.id for rule in rules.RULES if not rule.excusable} == {"O1", "P1", "P2", "Q6", "Q8"}


def test_only_costs_are_advice() -> None:
    assert [rule.id for rule in rules.RULES if rule.level is ADVISORY] == ["L2"]


@EACH
def test_a_rule_judges_something_by_one_check(rule: Rule) -> None:
    assert isinstance(rule.judges, Scope) or rule.judges
    assert (rule.check is None) != (rule.check_stack is None)


@pytest.mark.parametrize("rule", [rule for rule in rules.RULES if rule.check_stack], ids=lambda rule: rule.id)
def test_a_rule_about_stacks_looks_for_what_it_judges(rule: Rule, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: set[Kind] = set()
    real = Whole.objects

    def objects(whole: Whole, kinds: Iterable[Kind], *, patches: bool = True) -> list[Object]:
        wanted = frozenset(kinds)
        asked.update(wanted)
        return real(whole, wanted, patches=patches)

    monkeypatch.setattr(Whole, "objects", objects)
    for case in corpus():
        if case.rule == rule.id:
            verdict(case)
    assert not isinstance(rule.judges, Scope)
    assert asked
    assert asked <= rule.judges


@EACH
def test_a_setting_has_a_default_of_its_type(rule: Rule) -> None:
    types = {"array": list, "boolean": bool, "number": int | float, "string": str, "integer": int}
    for schema in rule.settings.values():
        assert isinstance(schema["default"], types[schema["type"]])
        assert schema["description"]
        assert schema["type"] != "array" or schema["items"] == {"type": "string"}


def test_settings_where_nobody_says_them() -> None:
    assert {rule.id: rule.defaults for rule in rules.RULES if rule.settings} == {
        "I1": {"registries": []},
        "I2": {"digest": False},
        "L2": {"budget": 0, "cpuHour": 0, "gibHour": 0, "gibMonth": 0},
        "R1": {"roles": []},
        "S2": {"longest": "24h", "prefix": "<tenant>/<environment>/", "clusterStores": []},
        "G3": {"classes": ["paas"]},
        "C1": {"longest": "2160h"},
        "C6": {"issuers": ["ClusterIssuer/paas"]},
        "C9": {"handmade": [], "days": 30},
    }


def test_every_module_of_rules_takes_part() -> None:
    """A module that nobody names in `AREAS` would be silent."""
    makers = {path.stem for path in FOLDER.glob("*.py") if re.search(r"^@(stack_)?rule\(", path.read_text(), re.M)}
    assert makers - {"_rule"} == {area.__name__.rpartition(".")[2] for area in rules.AREAS}
