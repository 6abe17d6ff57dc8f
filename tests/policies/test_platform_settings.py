"""How the platform's stack file sets rules: for the pack and for the twins alike (row E2)."""

from typing import Any

import pytest

from policies import _platform
from policies._rule import ADVISORY, MANDATORY
from policies.admission import BY_RULE, twins
from policies.rules import BY_ID, RULES
from spec import SpecError
from tests.builders import a_platform

REGISTRIES = {"I1": {"settings": {"registries": ["registry.example.com"]}}}


def as_set(rules: dict[str, Any]) -> dict[str, Any]:
    return {rule.id: rule for rule in _platform.as_set(RULES, a_platform(rules=rules))}


def test_settings_are_the_rules_new_defaults() -> None:
    assert BY_ID["I1"].defaults == {"registries": []}
    assert as_set(REGISTRIES)["I1"].defaults == {"registries": ["registry.example.com"]}


@pytest.mark.parametrize(
    ("id", "settings"),
    [
        ("I2", {"digest": True}),
        ("C9", {"days": 45}),
        ("C9", {"days": 45, "handmade": ["acme-prod/legacy"]}),
        ("L2", {"budget": 5, "cpuHour": 0.5}),
        ("C1", {"longest": "720h"}),
    ],
)
def test_settings_of_every_type_leave_the_others_and_the_level_as_they_are(id: str, settings: dict[str, Any]) -> None:
    found = as_set({id: {"settings": settings}})[id]
    assert found.defaults == BY_ID[id].defaults | settings
    assert found.level is BY_ID[id].level


def test_a_rule_that_is_tried_out_tells_and_refuses_nothing_at_both_points() -> None:
    found = as_set({"Q7": {"stage": "warn"}})
    assert (found["Q7"].level, found["Q5"].level) == (ADVISORY, MANDATORY)
    staged = {policy.name: policy.enforced for policy in twins(a_platform(rules={"Q7": {"stage": "warn"}}))}
    assert staged["q7"] is False
    assert all(enforced for name, enforced in staged.items() if name != "q7")


def test_nothing_said_changes_nothing() -> None:
    assert _platform.as_set(RULES, a_platform()) == RULES
    assert _platform.as_set(RULES, None) == RULES


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ({"Q55": {}}, "paas:platform.rules.Q55: given a rule of that name, wanted one of "),
        (
            {"I1": {"settings": {"registry": []}}},
            "paas:platform.rules.I1.settings.registry: given a setting of that name, wanted one of registries; "
            "near: registries",
        ),
        (
            {"Q7": {"settings": {"x": 1}}},
            "paas:platform.rules.Q7.settings.x: given a setting of that name, "
            "wanted one of nothing: this rule has none; remove it",
        ),
        (
            {"I1": {"settings": {"registries": "registry.example.com"}}},
            'paas:platform.rules.I1.settings.registries: given "registry.example.com", wanted array of string; ',
        ),
        (
            {"I1": {"settings": {"registries": [1]}}},
            "paas:platform.rules.I1.settings.registries: given [1], wanted array of string; ",
        ),
        (
            {"Q55": {}},
            f"paas:platform.rules.Q55: given a rule of that name, wanted one of {', '.join(BY_ID)}; near: Q5",
        ),
        (
            {"S2": {"settings": {"x": 1}}},
            "paas:platform.rules.S2.settings.x: given a setting of that name, "
            "wanted one of longest, prefix, clusterStores; remove it",
        ),
        (
            {"C9": {"settings": {"days": "30"}}},
            'paas:platform.rules.C9.settings.days: given "30", wanted integer; '
            "For how long those must be good at least.",
        ),
        ({"C9": {"settings": {"days": True}}}, "paas:platform.rules.C9.settings.days: given true, wanted integer; "),
        (
            {"I2": {"settings": {"digest": 1}}},
            "paas:platform.rules.I2.settings.digest: given 1, wanted boolean; ",
        ),
    ],
)
def test_what_no_rule_has_is_refused_with_the_place(rules: dict[str, Any], told: str) -> None:
    with pytest.raises(SpecError) as caught:
        twins(a_platform(rules=rules))
    assert f"stacks/Pulumi.platform.yaml: {told}" in str(caught.value)


def test_everything_that_is_wrong_is_told() -> None:
    with pytest.raises(SpecError) as caught:
        as_set({"Q55": {}, "Q7": {"settings": {"x": 1}}})
    assert "rules.Q55" in str(caught.value)
    assert "rules.Q7.settings.x" in str(caught.value)


def test_the_repositorys_own_platform_is_read() -> None:
    found = _platform.read()
    assert found is not None
    assert found.region == "eu"


def test_a_repository_without_a_platform_has_the_rules_as_they_are(tmp_path: Any) -> None:
    assert _platform.read(tmp_path) is None


def test_every_twin_is_of_a_rule_and_named_for_it() -> None:
    assert {policy.name for policy in twins(a_platform())} == {rule.lower() for rule in BY_RULE}


def test_an_issuer_that_is_adopted_is_the_one_that_certificates_may_name() -> None:
    """Nobody says it twice; what the file says of the rule itself goes first."""
    adopted = {"certManager": {"source": "adopt", "issuer": "letsencrypt"}}
    implied = {rule.id: rule for rule in _platform.as_set(RULES, a_platform(operators=adopted))}["C6"]
    assert implied.defaults == {"issuers": ["ClusterIssuer/letsencrypt"]}
    said = {"C6": {"settings": {"issuers": ["ClusterIssuer/other"]}}}
    own = {rule.id: rule for rule in _platform.as_set(RULES, a_platform(operators=adopted, rules=said))}["C6"]
    assert own.defaults == {"issuers": ["ClusterIssuer/other"]}
    assert {rule.id: rule for rule in _platform.as_set(RULES, a_platform())}["C6"].defaults == {
        "issuers": ["ClusterIssuer/paas"]
    }
