"""The recorded comments, from the engine as it is now: previews of real pairs of programs on the live API server."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from review.assess import assess
from review.events import read
from review.markdown import comment
from tests.e2e.server import KUBECONFIG, an_api
from tests.review.comments import ABOUT, GOLDEN, fleet, reviewed
from tests.review.manifests import Z
from tests.review.record import record
from tests.review.scenarios import SCENARIOS, Scenario
from tests.sandbox.engine.workspace import engine_environment

pytestmark = pytest.mark.e2e

ASKED = ("routine", "replaces", "rbac", "pending", "refused", "unreachable", "cancelled", "leaks", "database")
"""Scenarios of each way in which a preview can go; the others differ in what stands in their objects."""


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    if not os.environ.get("KUBECONFIG"):
        pytest.fail('KUBECONFIG is not set: start the sandbox and `eval "$(python -m sandbox env)"`')
    return engine_environment(tmp_path_factory.mktemp("engine")) | {"KUBECONFIG": os.environ["KUBECONFIG"]}


@pytest.fixture(scope="module")
def bare(engine: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """An API server that has no operator's kinds: scenarios with such kinds bring them."""
    folder = tmp_path_factory.mktemp("server")
    with an_api(folder):
        yield engine | {"KUBECONFIG": str(folder / KUBECONFIG)}


@pytest.mark.parametrize("name", ASKED)
def test_the_engine_still_says_what_was_recorded(
    name: str, engine: dict[str, str], bare: dict[str, str], tmp_path: Path
) -> None:
    scenario = SCENARIOS[name]
    logs = {
        side: read(lines)
        for side, lines in record(scenario, tmp_path / "made", bare if scenario.kinds else engine).items()
    }
    bases = {scenario.stack: logs["base"]} if "base" in logs else None
    found = comment(assess(reviewed({scenario.stack: logs["head"]}, bases)), ABOUT)
    found = re.sub(r"does not answer: .*? refused\.", "does not answer.", found)  # why, it says the first time only
    assert f"{found}\n" == (GOLDEN / f"{name}.md").read_text()


def test_many_stacks_of_the_engine_are_what_one_of_them_multiplied_is(engine: dict[str, str], tmp_path: Path) -> None:
    """Comments of large fleets are made of one stack under many names: the engine says the same of real ones."""
    stacks = [f"tenant{number:03}-dev" for number in range(3)]
    heads = {}
    for stack in stacks:
        renamed = json.loads(json.dumps([SCENARIOS["routine"].before, SCENARIOS["routine"].after]).replace(Z, stack))
        scenario = Scenario(stack=stack, before=renamed[0], after=renamed[1])
        heads[stack] = read(record(scenario, tmp_path / stack, engine)["head"])
    assert comment(assess(reviewed(heads)), ABOUT) == comment(fleet("routine", 3), ABOUT)
