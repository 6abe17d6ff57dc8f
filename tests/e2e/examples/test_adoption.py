"""What is there already is adopted by import, as docs/guide/adoption.md says, and never by accident (U6).

A namespace with somebody's workload and labels in it, and an object that the platform would make itself.
"""

import json
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
ROLE_BINDING = "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding"
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


def test_a_namespace_in_use_is_refused_by_name_and_adopted_by_import(legacy: Scratch) -> None:
    stack, home = legacy.stack, legacy.namespace
    before, till = look(home)
    refusal = stack.attempt("up", "--yes", "--skip-preview")
    assert refusal.returncode != 0
    assert f"Namespace {home} exists already and was not made by this resource" in refusal.stdout
    assert look(home)[0] == before, "a refusal changes nothing"

    adopt(stack, "kubernetes:core/v1:Namespace", "namespace", home, HOME)
    assert look(home)[0] == before, "an import changes nothing"

    steps = json.loads(stack.run("preview", "--json"))["steps"]
    done = {step["urn"].rpartition("::")[2]: step["op"] for step in steps}
    assert done["namespace"] in {"update", "same"}
    assert not {"delete", "replace", "create-replacement", "delete-replaced"} & {step["op"] for step in steps}
    stack.up()
    after, still = look(home)
    assert after["metadata"]["uid"] == before["metadata"]["uid"]
    assert after["metadata"]["labels"]["team"] == "old-hands", "what others wrote stays"
    assert after["metadata"]["labels"]["paas.internal/tenant"] == "legacy"
    assert still["metadata"]["uid"] == till["metadata"]["uid"]
    assert still["status"]["containerStatuses"][0]["restartCount"] == 0, "the program never stopped"
    stack.run("preview", "--refresh", "--expect-no-changes")


def test_a_state_that_was_lost_is_regained_by_import_with_an_empty_diff(legacy: Scratch) -> None:
    stack, home = legacy.stack, legacy.namespace
    stack.attempt("up", "--yes", "--skip-preview")
    adopt(stack, "kubernetes:core/v1:Namespace", "namespace", home, HOME)
    stack.up()
    forget(stack, "namespace-role-paas-viewer")
    adopt(stack, ROLE_BINDING, "namespace-role-paas-viewer", f"{home}/paas-viewer", HOME)
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


def test_the_platform_adopts_what_it_would_make_itself(platform: Stack) -> None:
    forget(platform, "priority-free")
    kubectl("delete", "priorityclass", "paas-free")
    kubectl("create", "-f", "-", stdin=json.dumps(FREE))
    refusal = platform.attempt("up", "--yes", "--skip-preview")
    assert refusal.returncode != 0
    assert "PriorityClass paas-free exists already and was not made by this resource" in refusal.stdout
    kind = "kubernetes:scheduling.k8s.io/v1:PriorityClass"
    adopt(platform, kind, "priority-free", "paas-free", "paas:platform:Platform::platform")
    platform.up()
    found = json.loads(kubectl("get", "priorityclass", "paas-free", "-o", "json"))
    assert found["metadata"]["labels"]["team"] == "old-hands"
    assert found["metadata"]["labels"]["app.kubernetes.io/part-of"] == "platform"
    platform.run("preview", "--refresh", "--expect-no-changes")
