"""The stacks of `stacks/`, read as the engine reads them and built on the recording mock, once for all tests."""

from pathlib import Path
from typing import Any

import yaml

import spec
from tests.recording import Deployed, deploy

STACKS = Path(__file__).parents[1] / "stacks"
PREFIX, SUFFIX = "Pulumi.", ".yaml"


def config(stack: str) -> dict[str, Any]:
    """Return the project's own configuration in the file of `stack`, by key without `paas:`."""
    document = yaml.safe_load((STACKS / f"{PREFIX}{stack}{SUFFIX}").read_text())
    return {key.removeprefix("paas:"): value for key, value in document["config"].items() if key.startswith("paas:")}


def names() -> list[str]:
    """Return the names of all stacks in the repository."""
    return sorted(path.name[len(PREFIX) : -len(SUFFIX)] for path in STACKS.glob(f"{PREFIX}*{SUFFIX}"))


SPECS: dict[str, spec.TenantSpec | spec.PlatformSpec] = {stack: spec.load(stack, config(stack)) for stack in names()}

EXAMPLES: dict[str, Deployed] = {stack: deploy(found) for stack, found in SPECS.items()}


def registered(made: Deployed) -> dict[str, Any]:
    """Return the token and the inputs of every object, by URN."""
    return {found.urn: {"type": found.type, "props": found.props} for found in made.objects()}
