"""What we register is what `pulumi_kubernetes` registers: kind by kind, field by field, for all example stacks."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pulumi import Output

import components._kubernetes as ours
from components._wire import spelled
from tests.examples import EXAMPLES, registered

ROOT = Path(__file__).parents[2]

WITH_THE_SDKS_CLASSES = """
import importlib, json, sys, types
module = types.ModuleType("components._kubernetes")
for package in (
    "admissionregistration.v1", "apps.v1", "autoscaling.v2", "batch.v1", "core.v1", "flowcontrol.v1", "meta.v1",
    "networking.v1", "policy.v1", "rbac.v1", "scheduling.v1", "storage.v1",
):
    vars(module).update(vars(importlib.import_module(f"pulumi_kubernetes.{package}")))
sys.modules["components._kubernetes"] = module
from tests.examples import EXAMPLES, registered
print(json.dumps({stack: registered(made) for stack, made in EXAMPLES.items()}))
"""


@pytest.fixture(scope="module")
def sdks() -> dict[str, dict[str, Any]]:
    """What the SDK's own classes register for the same stacks, in a process of their own."""
    done = subprocess.run(
        [sys.executable, "-c", WITH_THE_SDKS_CLASSES], cwd=ROOT, capture_output=True, text=True, check=True
    )
    found: dict[str, dict[str, Any]] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("stack", EXAMPLES)
def test_the_sdk_registers_the_very_same(stack: str, sdks: dict[str, dict[str, Any]]) -> None:
    assert json.loads(json.dumps(registered(EXAMPLES[stack]))) == sdks[stack]


def test_the_program_does_not_load_the_sdks_types() -> None:
    loaded = "import sys, components; print([name for name in sys.modules if name.startswith('pulumi_kubernetes')])"
    done = subprocess.run([sys.executable, "-c", loaded], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_users_own_words_are_not_respelled() -> None:
    given = {"match_labels": {"my_team": "a_b"}, "limits": {"my_kind": "1"}, "data": {"a_file.txt": "x_y"}}
    assert spelled(given) == {
        "matchLabels": {"my_team": "a_b"},
        "limits": {"my_kind": "1"},
        "data": {"a_file.txt": "x_y"},
    }


def test_a_list_in_a_field_of_words_has_fields_again() -> None:
    assert spelled({"limits": [{"default_request": {"a_b": "1"}}]}) == {"limits": [{"defaultRequest": {"a_b": "1"}}]}


def test_python_keywords_lose_their_underscore() -> None:
    assert spelled({"from_": [{"ip_block": {"except_": []}}]}) == {"from": [{"ipBlock": {"except": []}}]}


def test_outputs_pass_untouched() -> None:
    async def check() -> None:  # an Output lives in an event loop
        output = Output.from_input("x")
        assert spelled({"host_name": output})["hostName"] is output

    asyncio.run(check())


def test_a_kind_that_is_not_there_is_an_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Ingress'"):
        _ = ours.Ingress  # type: ignore[attr-defined]  # what is tested
