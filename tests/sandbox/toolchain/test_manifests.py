"""Manifests are taken from a module as they lie there, or rendered as its release would."""

from pathlib import Path

import pytest
import yaml

from sandbox.machine import SandboxError
from sandbox.machine.paths import programs
from sandbox.toolchain import manifests


def test_a_pattern_takes_all_files_by_name_as_documents_of_one(tmp_path: Path) -> None:
    for name in ("b", "a"):
        (tmp_path / f"crd_{name}.yaml").write_text(f"---\nname: {name}\n")
    (tmp_path / "other.yaml").write_text("name: other\n")
    target = tmp_path / "target"
    manifests.take(tmp_path, "crd_*.yaml", target)
    assert [document["name"] for document in yaml.safe_load_all(target.read_text())] == ["a", "b"]


def test_a_pattern_that_finds_nothing_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(SandboxError, match=r"no `crd_\*\.yaml`"):
        manifests.take(tmp_path, "crd_*.yaml", tmp_path / "target")


@pytest.mark.e2e
def test_the_charts_manifest_is_the_pinned_release_with_its_definitions() -> None:
    text = (programs() / "cert-manager.yaml").read_text()
    found = [one for one in yaml.load_all(text, yaml.CSafeLoader) if one]
    images = {
        container["image"]
        for one in found
        if one["kind"] == "Deployment"
        for container in one["spec"]["template"]["spec"]["containers"]
    }
    assert images == {
        f"quay.io/jetstack/cert-manager-{part}:v1.11.5" for part in ("controller", "webhook", "cainjector")
    }
    defined = {one["metadata"]["name"] for one in found if one["kind"] == "CustomResourceDefinition"}
    assert {"certificates.cert-manager.io", "clusterissuers.cert-manager.io"} <= defined
