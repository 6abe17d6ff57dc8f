"""Pack configuration: nothing misspelt passes, nothing becomes weaker."""

import pytest

from policies._config import problems
from policies.rules import RULES


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
        ({"q3": "mandatory"}, "there is no rule q3; near: Q3"),
        ({"something-else": "mandatory"}, "there is no rule something-else"),
        ({"Q3": "mandatroy"}, "Q3: there is no level mandatroy; near: mandatory"),
        ({"Q3": "disabled"}, "Q3: weaker than the rule's own level; what is needed is an exception"),
        ({"Q3": {"enforcementLevel": "advisory"}}, "Q3: weaker than the rule's own level"),
        ({"L2": "disabled"}, "L2: weaker than the rule's own level"),
        ({"all": "advisory"}, "weaker than the rule's own level"),
        ({"I1": {"registry": []}}, "I1: there is no setting registry; near: registries"),
        ({"all": {"registries": []}}, "all: there is no setting registries"),
    ],
)
def test_what_would_do_nothing_or_harm_is_told(config: dict[str, object], told: str) -> None:
    [problem] = problems(config, RULES)
    assert told in problem


def test_every_problem_is_told_at_once() -> None:
    config = {"Q33": "mandatory", "Q1": "disabled", "Q2": "advisory", "I1": {"x": 1}}
    assert len(list(problems(config, RULES))) == 3
    assert "Q1, Q2: weaker" in list(problems(config, RULES))[-1]
