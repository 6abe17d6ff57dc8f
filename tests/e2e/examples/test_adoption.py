"""What is there already is adopted by import, as docs/guide/adoption.md says, and never by accident (U6).

A namespace with somebody's workload and labels in it, and an object that the platform would make itself.
"""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from spec.tiers import TIERS, Tier
from tests.e2e.pods import pod
from tests.e2e.scratch import Scratch, scratch
from tests.e2e.stacks import Stack, kubectl, standing
from tests.locks import PLATFORM, held

pytestmark = [pytest.mark.e2e, pytest.mark.node]

LEGACY = {
    "name": "legacy",
    "environment": "dev",
    "tier": "free",
    "apps": None,
    "members": {"viewer": ["oidc:legacy-everyone"]},
}
NETWORK_POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
LOST = [
    ("kubernetes:rbac.authorization.k8s.io/v1:RoleBinding", "namespace-role-paas-viewer", "paas-viewer"),
    (NETWORK_POLICY, "namespace-network-default-deny", "default-deny"),
    (NETWORK_POLICY, "namespace-network-allow-own", "allow-own"),
]
HOME = "paas:tenant:TenantEnvironment$paas:isolation:IsolatedNamespace::namespace"


@pytest.fixture
def legacy(tmp_path: Path) -> Iterator[Scratch]:
    """A tenant whose namespace somebody made by hand years ago, with a program that must not stop."""
    with scratch(tmp_path, **LEGACY) as found:
        home = found.namespace
        kubectl("create", "namespace", home)
        kubectl("label", "namespace", home, "team=old-hands")
        kubectl("apply", "-n", home, "-f", "-", stdin=json.dumps(pod("till", "pause")))
        kubectl("wait", "-n", home, "pod/till", "--for=condition=Ready", "--timeout=60s")
        try:
            yield found
        finally:
            kubectl("delete", "namespace", home)  # it is there, and gone before the next test makes it


def wanted(stack: Stack, logical: str) -> dict[str, Any]:
    """Return what a preview says of an object that is refused: its resource, with what the stack file makes of it."""
    refused = stack.attempt("preview", "--json")
    assert refused.returncode != 0
    steps = [step["newState"] for step in json.loads(refused.stdout)["steps"]]
    [found] = [
        each for each in steps if each["urn"].endswith(f"::{logical}") and each["type"].startswith("kubernetes:")
    ]
    return dict(found)


def differs(manifest: str) -> bool:
    """Ask whether an apply would change the object."""
    asked = ["kubectl", "diff", "--server-side", "--force-conflicts", "-f", "-"]
    return bool(subprocess.run(asked, input=manifest, text=True, capture_output=True, check=False).returncode)


def adopt_as_wanted(stack: Stack, resource: dict[str, Any], folder: Path) -> None:
    """Put onto the object what the stack states, and take both into the state, in the guide's own words."""
    inputs, metadata = resource["inputs"], resource["inputs"]["metadata"]
    manifest = json.dumps(inputs)
    assert differs(manifest)
    kubectl("apply", "--server-side", "--force-conflicts", "-f", "-", stdin=manifest)
    assert not differs(manifest)
    live = json.loads(kubectl("get", inputs["kind"], metadata["name"], "-o", "json"))
    found = {
        "type": resource["type"],
        "name": resource["urn"].rpartition("::")[2],
        "id": metadata["name"],
        "parent": "parent",
        "provider": "provider",
        "inputs": inputs,
        "outputs": live | {"__inputs": inputs},
    }
    table = {"parent": resource["parent"], "provider": resource["provider"].rpartition("::")[0]}
    file = folder / "adopt.json"
    file.write_text(json.dumps({"nameTable": table, "resources": [found]}))
    stack.run("import", "--file", str(file), "--protect=false", "--generate-code=false", "--yes", "--skip-preview")


def changes(stack: Stack, *arguments: str) -> dict[str, str]:
    """Return what a preview would do to objects, by logical name; what stays as it is left out."""
    steps = json.loads(stack.run("preview", "--json", *arguments))["steps"]
    found = {step["urn"].rpartition("::")[2]: step["op"] for step in steps if "$kubernetes:" in step["urn"]}
    return {name: operation for name, operation in found.items() if operation not in {"same", "refresh"}}


def adopt(stack: Stack, kind: str, logical: str, physical: str, parent: str) -> None:
    """Take an object into the state, in the guide's own words."""
    urn = f"urn:pulumi:{stack.name}::paas"
    stack.run(
        *("import", kind, logical, physical),
        *("--parent", f"parent={urn}::{parent}"),
        *("--provider", f"cluster={urn}::pulumi:providers:kubernetes::cluster"),
        *("--protect=false", "--generate-code=false", "--yes", "--skip-preview"),
    )


def look(namespace: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the namespace and its program."""
    found = (("namespace", namespace), ("pod", "till"))
    one, other = (json.loads(kubectl("get", *each, "-n", namespace, "-o", "json")) for each in found)
    return one, other


def test_a_namespace_in_use_is_refused_by_name_and_adopted_with_an_empty_diff(legacy: Scratch, tmp_path: Path) -> None:
    stack, home = legacy.stack, legacy.namespace
    before, till = look(home)
    refusal = stack.attempt("up", "--yes", "--skip-preview")
    assert refusal.returncode != 0
    assert f"Namespace {home} exists already and was not made by this resource" in refusal.stdout
    assert look(home)[0] == before, "a refusal changes nothing"

    adopt_as_wanted(stack, wanted(stack, "namespace"), tmp_path)
    adopted, _ = look(home)
    assert adopted["metadata"]["uid"] == before["metadata"]["uid"]
    assert adopted["metadata"]["labels"]["team"] == "old-hands", "what others wrote stays"
    assert adopted["metadata"]["labels"]["paas.internal/tenant"] == "legacy"

    for refresh in ([], ["--refresh"]):
        found = changes(stack, *refresh)
        assert "namespace" not in found, "the diff of what was adopted is empty"
        assert set(found.values()) == {"create"}, "and the rest is new"
    stack.up()
    after, still = look(home)
    assert after == adopted, "not even its version has changed"
    assert still["metadata"]["uid"] == till["metadata"]["uid"]
    assert still["status"]["containerStatuses"][0]["restartCount"] == 0, "the program never stopped"
    stack.run("preview", "--refresh", "--expect-no-changes")


def test_an_import_alone_leaves_labels_to_come_and_replaces_nothing(legacy: Scratch) -> None:
    stack, home = legacy.stack, legacy.namespace
    before, _ = look(home)
    stack.attempt("up", "--yes", "--skip-preview")
    adopt(stack, "kubernetes:core/v1:Namespace", "namespace", home, HOME)
    assert look(home)[0] == before, "an import changes nothing"
    found = changes(stack)
    assert found.pop("namespace") == "update"
    assert set(found.values()) == {"create"}
    stack.up()
    after, _ = look(home)
    assert after["metadata"]["labels"]["team"] == "old-hands"
    assert after["metadata"]["labels"]["paas.internal/tenant"] == "legacy"
    stack.run("preview", "--refresh", "--expect-no-changes")


def test_a_state_that_was_lost_is_regained_by_import_with_an_empty_diff(legacy: Scratch) -> None:
    stack, home = legacy.stack, legacy.namespace
    stack.attempt("up", "--yes", "--skip-preview")
    adopt(stack, "kubernetes:core/v1:Namespace", "namespace", home, HOME)
    stack.up()
    for kind, logical, physical in LOST:
        forget(stack, logical)
        adopt(stack, kind, logical, f"{home}/{physical}", HOME)
    stack.run("preview", "--expect-no-changes")


def forget(stack: Stack, logical: str) -> None:
    """Let the state no longer know of an object; the cluster has it as before."""
    [urn] = [each["urn"] for each in stack.resources() if each["urn"].endswith(f"::{logical}")]
    stack.run("state", "delete", urn, "--yes")


FREE = {
    "apiVersion": "scheduling.k8s.io/v1",
    "kind": "PriorityClass",
    "metadata": {"name": "paas-free", "labels": {"team": "old-hands"}},
    "value": TIERS[Tier.FREE].priority,
    "description": "made by hand",
}


@pytest.fixture
def platform() -> Iterator[Stack]:
    with held(PLATFORM):
        yield standing("platform")


def test_the_platform_adopts_what_it_would_make_itself(platform: Stack, tmp_path: Path) -> None:
    forget(platform, "priority-free")
    kubectl("delete", "priorityclass", "paas-free")
    kubectl("create", "-f", "-", stdin=json.dumps(FREE))
    refusal = platform.attempt("up", "--yes", "--skip-preview")
    assert refusal.returncode != 0
    assert "PriorityClass paas-free exists already and was not made by this resource" in refusal.stdout
    adopt_as_wanted(platform, wanted(platform, "priority-free"), tmp_path)
    assert changes(platform) == {}
    platform.up("--expect-no-changes")
    found = json.loads(kubectl("get", "priorityclass", "paas-free", "-o", "json"))
    assert found["metadata"]["labels"]["team"] == "old-hands"
    assert found["metadata"]["labels"]["app.kubernetes.io/part-of"] == "platform"
    platform.run("preview", "--refresh", "--expect-no-changes")
    kubectl("label", "priorityclass", "paas-free", "team-")
