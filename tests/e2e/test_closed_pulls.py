"""X18: environments of pull requests end with them, whether or not the event of it came."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.forges import TOKEN, Forge, serving
from tests.cli.github_server import GitHubServer
from tests.cli.projects import Ended, a_quiet, write
from tests.e2e.review.projects import Repository, a_repository
from tests.sandbox.engine.workspace import engine_environment

pytestmark = pytest.mark.e2e

PROGRAM = """\
import pulumi
from pulumi_kubernetes.core.v1 import Namespace

name = pulumi.get_stack()
provider = pulumi.ProviderResource("kubernetes", "cluster", {"clusterIdentifier": "default"})
labels = {"app.kubernetes.io/part-of": name, "paas.internal/environment": "sandbox"}
metadata = {"name": name, "labels": labels, "annotations": {"paas.internal/ttl": "24h"}}
Namespace("space", metadata=metadata, opts=pulumi.ResourceOptions(provider=provider))
"""

OPEN, CLOSED, NONE = "sandbox-pr-970008", "sandbox-pr-970007", "sandbox-closed-pulls"


@pytest.fixture
def repository(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repository]:
    if not os.environ.get("KUBECONFIG"):
        pytest.fail('KUBECONFIG is not set: start the sandbox and `eval "$(python -m sandbox env)"`')
    made = a_repository(tmp_path, engine_environment(tmp_path_factory.mktemp("engine")))
    (made.folder / "__main__.py").write_text(PROGRAM)
    stacks = (OPEN, CLOSED, NONE)
    try:
        for stack in stacks:
            name = stack.removeprefix("sandbox-")
            write(made.folder, stack, a_quiet(name, environment="sandbox", tier="free", ttl="24h"))
            init = made.run("pulumi", "stack", "init", stack)
            assert init.code == 0, init.err
            up = made.run("pulumi", "up", "--yes", "--skip-preview", "--stack", stack)
            assert up.code == 0, up.out
        yield made
    finally:
        for stack in stacks:
            made.run("pulumi", "destroy", "--yes", "--skip-preview", "--stack", stack)


def reap(repository: Repository, forge: Forge, *words: str) -> Ended:
    where = {"GITHUB_ACTIONS": "true", "GITHUB_API_URL": forge.url, "GITHUB_REPOSITORY": "acme/shop"}
    # Named, for other tests may have sandboxes of their own on the same cluster.
    return repository.paas("reap", OPEN, CLOSED, NONE, *words, "-o", "json", GITHUB_TOKEN=TOKEN, **where)


def actions(ended: Ended) -> dict[str, str]:
    return {each["stack"]: each["action"] for each in ended.json()["sandboxes"]}


def test_only_the_environment_of_the_closed_pull_request_goes(repository: Repository) -> None:
    kept = {OPEN: "kept", CLOSED: "kept", NONE: "kept"}
    with serving(GitHubServer(pulls={970008: "a" * 40})) as forge:
        forge.troubles = [("GET", 403, {}, 1)]
        unknown = reap(repository, forge, "--closed-pulls")
        assert (unknown.code, unknown.out) == (1, "")
        assert "nothing is destroyed" in unknown.err
        assert actions(reap(repository, forge)) == kept
        dry = reap(repository, forge, "--closed-pulls", "--dry-run")
        assert actions(dry) == kept | {CLOSED: "to be destroyed"}
        done = reap(repository, forge, "--closed-pulls")
        assert done.code == 0, done.err
        assert actions(done) == kept | {CLOSED: "destroyed"}
        again = reap(repository, forge, "--closed-pulls")
        assert actions(again) == {OPEN: "kept", NONE: "kept"}
    assert TOKEN not in done.out + done.err + unknown.err
