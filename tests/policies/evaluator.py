"""The official fixtures of Pod Security: pods that its evaluator must take, and pods that it must refuse.

They come with the Go module `k8s.io/pod-security-admission`, as the sandbox's API server is built from it: its version
and its hash stand in the toolchain's `go.mod` and `go.sum`. Go fetches it once, then needs no network.
"""

import json
import os
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from policies._kinds import Kind
from policies._object import Object, Resource
from policies._restricted import CHECKS
from policies._view import Reading
from policies._wire import plain
from sandbox.toolchain.catalogue import MODULE_FILES
from spec.plan.confinement import POD_SECURITY_VERSION

MODULE = "k8s.io/pod-security-admission"


@cache
def folder() -> Path:
    """Where the fixtures are, fetched and checked against `go.sum`."""
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


def standing(kind: Kind, path: str, pod: dict[str, Any]) -> dict[str, Any]:
    """Return an object of a kind with the pod at a path of `_kinds.TEMPLATES`, and nothing else."""
    value: Any = {"metadata": pod["metadata"], "spec": pod["spec"]}
    for step in reversed(path.split(".") if path else []):
        value = {step.removesuffix("[]"): [value] if step.endswith("[]") else value}
    return {"apiVersion": f"{kind.group}/v1" if kind.group else "v1", "kind": kind.name, **value}


def refusing(pod: dict[str, Any]) -> set[str]:
    """The checks of rule P2 that refuse a pod, by the evaluator's names."""
    resource = Resource(type="kubernetes:core/v1:Pod", urn="urn:pod", name="pod", properties=plain(pod))
    found = Object(resource, resource.located[0], Reading())
    return {name for name, check in CHECKS.items() for each in found.pods if list(check(each, True))}
