"""The fleet audit: stored states judged by the pack, without program, provider or login (row I9)."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.stacks import ROOT, Stack, standing
from tests.locks import PLATFORM, held

pytestmark = [pytest.mark.e2e, pytest.mark.node]

PACK = str(ROOT / "policies")


@pytest.fixture(scope="module")
def acme() -> Stack:
    with held(PLATFORM, shared=True):
        standing("platform")
        return standing("acme-prod")


def analyze(stack: Stack, *what: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["pulumi", "policy", "analyze", "--policy-pack", PACK, *what],
        cwd=stack.root,
        env=stack.environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_a_stack_that_is_up_keeps_every_rule(acme: Stack) -> None:
    ran = analyze(acme, "--stack", acme.name)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "[mandatory]" not in ran.stdout


def test_the_platforms_own_stack_does_too(acme: Stack) -> None:
    ran = analyze(acme, "--stack", "platform")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "[mandatory]" not in ran.stdout


def test_a_state_that_breaks_one_is_told_by_rule_and_resource(acme: Stack, tmp_path: Path) -> None:
    state: dict[str, Any] = json.loads(acme.run("stack", "export"))
    [quota] = [each for each in state["deployment"]["resources"] if each["type"] == "kubernetes:core/v1:ResourceQuota"]
    for side in ("inputs", "outputs"):
        quota[side]["spec"]["hard"]["pods"] = "100000"
    file = tmp_path / "state.json"
    file.write_text(json.dumps(state))
    ran = analyze(acme, "--file", str(file))
    assert ran.returncode != 0
    assert "Q3  (kubernetes:core/v1:ResourceQuota: namespace-quota)" in ran.stdout
    assert "spec.hard.pods is above 100, which tier standard has" in ran.stdout
