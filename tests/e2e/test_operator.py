"""X18: the API server takes the exported objects with the operator's kind, and refuses what is not of it."""

import copy
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cli.projects import paas
from tests.e2e.operator import NAME, definition
from tests.e2e.stacks import ROOT

pytestmark = pytest.mark.e2e

SPACE = "operator-export"
WORDS = ("fleet", "export", "--engine", "operator", "--repository", "https://git.example/paas.git", "--branch", "main")


def kubectl(*words: str, given: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["kubectl", *words], input=given, capture_output=True, text=True, check=False, timeout=120)


def asked(*objects: dict[str, Any]) -> subprocess.CompletedProcess[str]:
    """Ask the API server whether it would take objects, with all it knows of their fields."""
    text = yaml.safe_dump_all(objects)
    return kubectl("apply", "--dry-run=server", "--validate=strict", "-f", "-", given=text)


@pytest.fixture(scope="module")
def stacks() -> Iterator[list[dict[str, Any]]]:
    """The objects of this project's own fleet, while the API server knows their kind."""
    ended = paas(ROOT, *WORDS, "--backend", "s3://states", "--namespace", SPACE, "--image", "r.example/ci:1")
    assert ended.code == 0, ended.err
    try:
        made = kubectl("apply", "--server-side", "-f", "-", given=yaml.safe_dump(definition()))
        assert made.returncode == 0, made.stderr
        ready = kubectl("wait", "--for=condition=Established", f"crd/{NAME}", "--timeout=60s")
        assert ready.returncode == 0, ready.stderr
        assert kubectl("create", "namespace", SPACE).returncode == 0
        yield list(yaml.safe_load_all(ended.out))
    finally:
        kubectl("delete", "namespace", SPACE, "--ignore-not-found", "--wait=false")
        kubectl("delete", "crd", NAME, "--ignore-not-found")


def test_all_objects_are_taken(stacks: list[dict[str, Any]]) -> None:
    names = {path.name.split(".")[1] for path in (Path(ROOT) / "stacks").glob("Pulumi.*.yaml")}
    assert {each["metadata"]["name"] for each in stacks if each["kind"] == "Stack"} == names
    ran = asked(*stacks)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.count("created (server dry run)") == len(stacks)


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("stak", "organization/paas/acme-prod", 'unknown field "spec.stak"'),
        ("prerequisites", ["platform"], "prerequisites[0]"),
        ("destroyOnFinalize", "no", "destroyOnFinalize"),
        ("resyncFrequencySeconds", "5m", "resyncFrequencySeconds"),
        ("envRefs", {"A": {"literal": {"value": "b"}}}, "type"),
        ("stack", None, "spec.stack"),
    ],
)
def test_a_broken_field_is_refused(stacks: list[dict[str, Any]], field: str, value: object, why: str) -> None:
    broken = copy.deepcopy(next(each for each in stacks if each["metadata"]["name"] == "acme-prod"))
    if value is None:
        del broken["spec"][field]
    else:
        broken["spec"][field] = value
    ran = asked(broken)
    assert ran.returncode != 0
    assert why in ran.stderr
