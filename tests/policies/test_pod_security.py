"""Rule P2 and the API server's own evaluator agree on every fixture of the version that the platform pins (row O6).

The fixtures come with the Go module `k8s.io/pod-security-admission`, as the sandbox's API server is built from it: its
version and its hash stand in the toolchain's `go.mod` and `go.sum`. Go fetches it once, then needs no network.
"""

import json
import os
import re
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from policies import _kinds
from policies._judge import judge
from policies._kinds import Kind
from policies._object import Object, Resource
from policies._restricted import CHECKS
from policies._stack import Stack
from policies._view import Reading
from policies._wire import plain
from policies.rules import BY_ID
from sandbox.toolchain.catalogue import MODULE_FILES
from spec.plan.confinement import POD_SECURITY_LEVEL, POD_SECURITY_VERSION

MODULE = "k8s.io/pod-security-admission"

OVERRIDDEN = {
    "hostpathvolumes": "restrictedvolumes",
    "procmount": "procmount_restricted",
    "seccompprofile_baseline": "seccompprofile_restricted",
}
"""Checks of level baseline that a stricter one stands for."""

BASELINE = CHECKS.keys() - {
    "allowPrivilegeEscalation",
    "capabilities_restricted",
    "procMount_restricted",
    "restrictedVolumes",
    "runAsNonRoot",
    "runAsUser",
    "seccompProfile_restricted",
}
"""Those that level baseline has as well, word for word."""


@cache
def folder() -> Path:
    """Where the module is, fetched and checked against `go.sum`."""
    said = subprocess.run(
        ["go", "mod", "download", "-json", MODULE],
        cwd=MODULE_FILES / "kubernetes",
        env={**os.environ, "GOFLAGS": "-modcacherw", "GOTOOLCHAIN": "local", "GOWORK": "off"},
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return Path(json.loads(said.stdout)["Dir"]) / "test/testdata"


@cache
def fixtures(level: str, verdict: str) -> dict[str, dict[str, Any]]:
    """Pods by the name of their file."""
    files = sorted((folder() / level / POD_SECURITY_VERSION / verdict).glob("*.yaml"))
    assert files, f"{level}/{POD_SECURITY_VERSION}/{verdict}"
    return {path.stem: yaml.safe_load(path.read_text()) for path in files}


def refusing(pod: dict[str, Any]) -> set[str]:
    """The checks that refuse a pod, by name."""
    resource = Resource(type="kubernetes:core/v1:Pod", urn="urn:pod", name="pod", properties=plain(pod))
    found = Object(resource, resource.located[0], Reading())
    return {name for name, check in CHECKS.items() for each in found.pods if list(check(each, True))}


def sentences(kind: Kind, path: str, pod: dict[str, Any]) -> list[str]:
    """What P2 says of a pod that stands in something else."""
    value: Any = {"metadata": pod["metadata"], "spec": pod["spec"]}
    for step in reversed(path.split(".") if path else []):
        value = {step.removesuffix("[]"): [value] if step.endswith("[]") else value}
    api = f"{kind.group}/v1" if kind.group else "v1"
    token = f"kubernetes:{api if kind.group else 'core/v1'}:{kind.name}"
    properties = {"apiVersion": api, "kind": kind.name, **value}
    resource = Resource(type=token, urn="urn:it", name="it", properties=plain(properties))
    verdict = judge(BY_ID["P2"], resource, Stack())
    assert not verdict.ledger
    return [refusal.sentence for refusal in verdict.refusals]


def test_the_level_and_the_newest_version_that_applies_are_those_of_the_platform() -> None:
    versions = [int(path.name.removeprefix("v1.")) for path in (folder() / POD_SECURITY_LEVEL).iterdir()]
    assert f"v1.{max(versions)}" == POD_SECURITY_VERSION


@pytest.mark.parametrize("level", ["restricted", "baseline"])
def test_what_the_evaluator_refuses_is_refused_by_the_same_check(level: str) -> None:
    """At level `restricted`, whatever level refuses it first."""
    disagreements = {}
    for name, pod in fixtures(level, "fail").items():
        check = re.sub(r"[0-9]+$", "", name)
        found = {each.lower() for each in refusing(pod)}
        if OVERRIDDEN.get(check, check) not in found:
            disagreements[name] = found
    assert disagreements == {}


def test_what_the_evaluator_takes_is_taken() -> None:
    disagreements = {name: found for name, pod in fixtures("restricted", "pass").items() if (found := refusing(pod))}
    assert disagreements == {}


def test_what_baseline_takes_no_check_of_that_level_refuses() -> None:
    pods = fixtures("baseline", "pass")
    disagreements = {name: found for name, pod in pods.items() if (found := refusing(pod) & BASELINE)}
    assert disagreements == {}


@pytest.mark.parametrize(
    ("kind", "path"), [(kind, path) for kind, paths in _kinds.TEMPLATES.items() for path in paths], ids=str
)
def test_wherever_a_pod_stands_its_verdict_is_the_same(kind: Kind, path: str) -> None:
    for verdict in ("pass", "fail"):
        pods = fixtures("restricted", verdict)
        disagreements = [name for name, pod in pods.items() if bool(sentences(kind, path, pod)) != (verdict == "fail")]
        assert disagreements == []
