"""X18: a fleet as objects of the Pulumi Kubernetes Operator."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.builders import a_platform_document
from tests.cli.projects import a_project, a_quiet, paas, write

WORDS = ("fleet", "export", "--engine", "operator", "--repository", "https://git.example/paas.git")
FOLLOWED = (*WORDS, "--branch", "main", "--backend", "s3://states?region=x")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    sandbox = a_quiet("pr-7", environment="sandbox", tier="free", ttl="24h")
    a_project(tmp_path, a_quiet("acme"), {**a_quiet("globex"), "environment": "prod"})
    write(tmp_path, "sandbox-pr-7", sandbox)
    platform = write(tmp_path, "platform", a_platform_document())
    platform.write_text(platform.read_text().replace("paas:tenant", "paas:platform"))
    return tmp_path


def exported(project: Path, *words: str) -> list[dict[str, Any]]:
    ended = paas(project, *words)
    assert ended.code == 0, ended.err
    return list(yaml.safe_load_all(ended.out))


def stacks(project: Path, *words: str) -> dict[str, dict[str, Any]]:
    return {each["metadata"]["name"]: each["spec"] for each in exported(project, *words) if each["kind"] == "Stack"}


def test_each_stack_file_is_a_stack_the_platform_first(project: Path) -> None:
    found = exported(project, *FOLLOWED)
    assert [each["kind"] for each in found[:2]] == ["ServiceAccount", "ClusterRoleBinding"]
    assert [each["metadata"]["name"] for each in found[2:]] == ["platform", "acme-dev", "globex-prod", "sandbox-pr-7"]
    assert all(each["apiVersion"] == "pulumi.com/v1" for each in found[2:])
    assert all(each["metadata"].get("namespace") == "paas-system" for each in (found[0], *found[2:]))
    assert not any("app.kubernetes.io/part-of" in each["metadata"]["labels"] for each in found)


def test_tenants_wait_for_the_platform_and_sandboxes_go_with_their_objects(project: Path) -> None:
    found = stacks(project, *FOLLOWED)
    assert "prerequisites" not in found["platform"]
    assert all(found[name]["prerequisites"] == [{"name": "platform"}] for name in found if name != "platform")
    assert {name for name, spec in found.items() if spec["destroyOnFinalize"]} == {"sandbox-pr-7"}


def test_names_state_and_policies_are_those_of_the_command_line(project: Path) -> None:
    spec = stacks(project, *FOLLOWED)["acme-dev"]
    assert spec["stack"] == "organization/paas/acme-dev"
    assert (spec["projectRepo"], spec["branch"]) == ("https://git.example/paas.git", "main")
    assert (spec["backend"], spec["serviceAccountName"]) == ("s3://states?region=x", "paas")
    assert spec["envRefs"]["PULUMI_OPTION_POLICY_PACK"] == {"type": "Literal", "literal": {"value": "policies"}}
    for key in ("PULUMI_CONFIG_PASSPHRASE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        assert spec["envRefs"][key] == {"type": "Secret", "secret": {"name": "paas-states", "key": key}}
    assert "secretsProvider" not in spec
    assert "commit" not in spec


def test_a_key_service_needs_no_passphrase(project: Path) -> None:
    words = (*WORDS, "--commit", "a" * 40, "--backend", "gs://states", "--secrets-provider", "gcpkms://k")
    spec = stacks(project, *words, "--folder", "deploy", "--image", "r.example/ci:1")["acme-dev"]
    assert (spec["secretsProvider"], spec["commit"], spec["repoDir"]) == ("gcpkms://k", "a" * 40, "deploy")
    assert set(spec["envRefs"]) == {"PULUMI_OPTION_POLICY_PACK"}
    assert spec["workspaceTemplate"] == {"spec": {"image": "r.example/ci:1", "securityProfile": "restricted"}}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((*WORDS, "--backend", "s3://b"), "give either --branch or --commit"),
        ((*WORDS, "--backend", "s3://b", "--branch", "main", "--commit", "abc"), "give either --branch or --commit"),
        ((*WORDS, "--backend", "file:///states", "--branch", "main"), "a workspace cannot keep states in files"),
    ],
)
def test_what_cannot_run_is_refused(project: Path, words: tuple[str, ...], said: str) -> None:
    ended = paas(project, *words)
    assert (ended.code, ended.out, said in ended.err) == (64, "", True)


def test_a_file_that_cannot_be_used_exports_nothing(project: Path) -> None:
    write(project, "acme-dev", a_quiet("acme", tier="huge"))
    ended = paas(project, *FOLLOWED)
    assert (ended.code, ended.out) == (7, "")
