"""Rule P2 and the API server's own evaluator agree on every fixture of the version that the platform pins (row O6)."""

import re
from typing import Any

import pytest

from policies import _kinds
from policies._judge import judge
from policies._kinds import Kind
from policies._object import Resource
from policies._restricted import CHECKS
from policies._stack import Stack
from policies._wire import plain
from policies.admission import _restricted
from policies.rules import BY_ID
from spec.plan.confinement import POD_SECURITY_LEVEL, POD_SECURITY_VERSION
from tests.policies.evaluator import fixtures, folder, refusing, standing

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


def sentences(kind: Kind, path: str, pod: dict[str, Any]) -> list[str]:
    """What P2 says of a pod that stands in something else."""
    properties = standing(kind, path, pod)
    token = f"kubernetes:{properties['apiVersion'] if kind.group else 'core/v1'}:{kind.name}"
    resource = Resource(type=token, urn="urn:it", name="it", properties=plain(properties))
    verdict = judge(BY_ID["P2"], resource, Stack())
    assert not verdict.ledger
    return [refusal.sentence for refusal in verdict.refusals]


def test_the_level_and_the_newest_version_that_applies_are_those_of_the_platform() -> None:
    versions = [int(path.name.removeprefix("v1.")) for path in (folder() / POD_SECURITY_LEVEL).iterdir()]
    assert f"v1.{max(versions)}" == POD_SECURITY_VERSION


def test_every_check_has_a_twin() -> None:
    assert _restricted.CHECKS.keys() == CHECKS.keys()


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
