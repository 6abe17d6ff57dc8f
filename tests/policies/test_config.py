"""Pack configuration: nothing misspelt passes, nothing becomes weaker."""

import pytest

from policies._config import problems
from policies.rules import RULES

WEAKER = "weaker than the rule's own level; what is needed is an exception"


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"Q3": "mandatory"},
        {"Q3": "remediate"},
        {"L2": "mandatory"},
        {"L2": {"enforcementLevel": "mandatory", "budget": 100}},
        {"I1": {"registries": ["registry.example.com"]}},
        {"all": "mandatory"},
    ],
)
def test_stricter_and_set_is_right(config: dict[str, object]) -> None:
    assert list(problems(config, RULES)) == []


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ({"q3": "mandatory"}, "there is no rule q3; near: Q3, R3, Q8"),
        ({"something-else": "mandatory"}, "there is no rule something-else"),
        ({"q": "mandatory"}, "there is no rule q; near: Q8, Q7, Q6"),
        ({"Q3": "mandatroy"}, "Q3: there is no level mandatroy; near: mandatory"),
        ({"Q3": "disabled"}, f"Q3: {WEAKER}"),
        ({"Q3": {"enforcementLevel": "advisory"}}, f"Q3: {WEAKER}"),
        ({"L2": "disabled"}, f"L2: {WEAKER}"),
        ({"all": "advisory"}, f"{', '.join(sorted(rule.id for rule in RULES if rule.id != 'L2'))}: {WEAKER}"),
        ({"Q3": {"enforcementLevel": "huge"}}, "Q3: there is no level huge"),
        ({"all": "of"}, "all: there is no level of"),
        ({"I1": {"registry": []}}, "I1: there is no setting registry; near: registries"),
        ({"all": {"registries": []}}, "all: there is no setting registries"),
    ],
)
def test_what_would_do_nothing_or_harm_is_told(config: dict[str, object], told: str) -> None:
    [problem] = problems(config, RULES)
    assert problem == told


def test_every_problem_is_told_at_once() -> None:
    config = {"Q33": "mandatory", "Q1": "disabled", "Q2": "advisory", "I1": {"x": 1}}
    assert list(problems(config, RULES)) == [
        "there is no rule Q33; near: Q3",
        "I1: there is no setting x",
        f"Q1, Q2: {WEAKER}",
    ]
