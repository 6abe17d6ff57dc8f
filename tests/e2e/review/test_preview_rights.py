"""X20: a preview with the rights that the guide gives it is whole, and can do nothing else."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from review.handover import read
from review.verdict import Verdict
from tests.cli.repositories import git
from tests.e2e.review.projects import Repository, a_repository
from tests.e2e.stacks import ROOT
from tests.sandbox.engine.workspace import engine_environment

pytestmark = pytest.mark.e2e

RIGHTS = ROOT / "docs" / "guide" / "preview-rights.yaml"
SPACE = "preview-rights"
ACCOUNT = f"system:serviceaccount:{SPACE}:reader"


def kubectl(*words: str) -> str:
    ran = subprocess.run(["kubectl", *words], capture_output=True, text=True, check=False, env=os.environ)
    assert ran.returncode == 0 or words[:2] == ("auth", "can-i"), ran.stderr
    return ran.stdout.strip()


@pytest.fixture(scope="module")
def kubeconfig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """That of an account with these rights alone."""
    try:
        kubectl("apply", "-f", str(RIGHTS))
        kubectl("create", "namespace", SPACE)
        kubectl("create", "serviceaccount", "reader", "-n", SPACE)
        kubectl("create", "clusterrolebinding", SPACE, "--clusterrole=paas-preview", f"--serviceaccount={SPACE}:reader")
        token = kubectl("create", "token", "reader", "-n", SPACE)
        said = yaml.safe_load(kubectl("config", "view", "--raw", "--flatten", "--minify"))
        said["users"] = [{"name": said["users"][0]["name"], "user": {"token": token}}]
        path = tmp_path_factory.mktemp("reader") / "kubeconfig"
        path.write_text(yaml.safe_dump(said))
        yield path
    finally:
        kubectl("delete", "clusterrolebinding", SPACE, "--ignore-not-found")
        kubectl("delete", "namespace", SPACE, "--ignore-not-found", "--wait=false")
        kubectl("delete", "clusterrole", "paas-preview", "--ignore-not-found")


@pytest.fixture
def repository(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Repository:
    return a_repository(tmp_path, engine_environment(tmp_path_factory.mktemp("engine")), "rights")


@pytest.mark.parametrize(
    ("verb", "kind", "may"),
    [
        ("get", "deployments.apps", "yes"),
        ("list", "networkpolicies.networking.k8s.io", "yes"),
        ("list", "namespaces", "yes"),
        ("get", "secrets", "no"),
        ("list", "secrets", "no"),
        ("create", "pods", "no"),
        ("patch", "deployments.apps", "no"),
        ("delete", "namespaces", "no"),
        ("impersonate", "users", "no"),
        ("create", "pods/exec", "no"),
        ("create", "serviceaccounts/token", "no"),
    ],
)
def test_the_rights_are_to_read_and_no_secret(kubeconfig: Path, verb: str, kind: str, may: str) -> None:
    assert kubectl("auth", "can-i", verb, kind, "-A", f"--as={ACCOUNT}").splitlines()[-1] == may


def test_a_preview_with_them_is_whole_and_an_update_refused(repository: Repository, kubeconfig: Path) -> None:
    name = "rights-dev"
    assert repository.run("pulumi", "stack", "init", name).code == 0
    up = repository.run("pulumi", "up", "--yes", "--skip-preview", "-s", name)
    assert up.code == 0, up.out
    try:
        git(repository.folder, "checkout", "--quiet", "-b", "topic")
        repository.values('{"level": "debug"}')
        ended = repository.paas("review", "--base", "main", "-o", "json", KUBECONFIG=str(kubeconfig))
        assert ended.code == 2, ended.err
        found = read(repository.folder / "review-out" / "review.json")
        assert found.verdict is not Verdict.BLOCKED
        [stack] = found.review.stacks
        assert [change.kind for change in stack.own] == ["ConfigMap"]
        refused = repository.paas("up", name, "--yes", KUBECONFIG=str(kubeconfig))
        assert refused.code == 1
        assert "forbidden" in refused.err.lower()
    finally:
        gone = repository.run("pulumi", "destroy", "--yes", "--skip-preview", "-s", name)
        assert gone.code == 0, gone.out
