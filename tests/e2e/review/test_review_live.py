"""X14, X18: `paas review` on real pairs of commits, by the real engine, and the reviewed plan applied."""

import json
import os
import re
from pathlib import Path

import pytest

from review.handover import read
from review.model import Op
from review.verdict import Verdict
from tests.cli.projects import Ended
from tests.cli.repositories import committed, git
from tests.e2e.review.projects import Repository, a_repository
from tests.sandbox.engine.workspace import engine_environment

pytestmark = pytest.mark.e2e

CANARY = "canary-5f1e7c"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    if not os.environ.get("KUBECONFIG"):
        pytest.fail('KUBECONFIG is not set: start the sandbox and `eval "$(python -m sandbox env)"`')
    return engine_environment(tmp_path_factory.mktemp("engine"))


@pytest.fixture
def repository(tmp_path: Path, engine: dict[str, str]) -> Repository:
    return a_repository(tmp_path, engine, "forge-a", "forge-b")


def reviewed(repository: Repository, *words: str, **variables: str) -> Ended:
    return repository.paas("review", "--base", "main", "-o", "json", *words, **variables)


def test_a_topic_is_held_against_where_it_began(repository: Repository) -> None:
    git(repository.folder, "checkout", "--quiet", "-b", "topic")
    repository.values('{"level": "info", "colour": "blue"}')
    ended = reviewed(repository)
    assert ended.code == 2, ended.err
    assert ended.json()["stacks"] == ["forge-a-dev", "forge-b-dev"]
    found = read(repository.folder / "review-out" / "review.json")
    assert found.verdict is Verdict.ROUTINE
    assert found.counts == {Op.CREATE: 2}  # the Namespaces would come without the change as well
    [first, _] = found.review.stacks
    assert first.stack == "forge-a-dev"
    assert first.tenant == "forge-a"
    assert [change.kind for change in first.own] == ["ConfigMap"]
    assert [change.kind for change in first.changes if change.pending and change.kind] == ["Namespace"]
    comment = (repository.folder / "review-out" / "comment.md").read_text()
    assert "same in 2 stacks" in comment
    assert re.search(r"<sub>commit \w{12} · merge base \w{12} · engine \d+\.\d+\.\d+ · providers kubernetes ", comment)
    assert "+ data.colour: &quot;blue&quot;" in comment or '+ data.colour: "blue"' in comment
    assert (repository.folder / "review-out" / "report.html").read_text().startswith("<!doctype html>")
    known = repository.run("pulumi", "stack", "ls", "--json")
    assert json.loads(known.out) == []  # stacks that were made for their previews are gone
    assert git(repository.folder, "worktree", "list").count("\n") == 0


def test_a_stack_file_is_a_review_of_its_stack_alone(repository: Repository) -> None:
    git(repository.folder, "checkout", "--quiet", "-b", "topic")
    path = repository.folder / "stacks" / "Pulumi.forge-a-dev.yaml"
    path.write_text(path.read_text().replace("cc-1001", "cc-2002"))
    committed(repository.folder)
    ended = reviewed(repository)
    assert (ended.code, ended.json()["stacks"]) == (0, ["forge-a-dev"])
    assert ended.json()["verdict"] == "routine"


def test_a_program_that_fails_is_told_and_blocks(repository: Repository) -> None:
    git(repository.folder, "checkout", "--quiet", "-b", "topic")
    repository.values('{"level": missing}')
    ended = reviewed(repository)
    assert (ended.code, ended.json()["verdict"]) == (4, "blocked")
    comment = (repository.folder / "review-out" / "comment.md").read_text()
    assert "NameError" in comment


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"PULUMI_BACKEND_URL": "file:///nowhere/at/all"}, "no such file or directory"),
        ({"KUBECONFIG": "/nowhere"}, "no whole preview"),
    ],
)
def test_no_backend_and_no_cluster_are_told_as_well(
    repository: Repository, variables: dict[str, str], said: str
) -> None:
    git(repository.folder, "checkout", "--quiet", "-b", "topic")
    repository.values('{"level": "debug"}')
    ended = reviewed(repository, **variables)
    assert ended.code in (1, 4, 5), ended.err
    assert ended.json()["verdict"] == "blocked"
    assert said in (repository.folder / "review-out" / "comment.md").read_text()


def test_nothing_that_matters_is_routine_without_a_preview(repository: Repository) -> None:
    git(repository.folder, "checkout", "--quiet", "-b", "topic")
    (repository.folder / "README.md").write_text("Words.\n")
    committed(repository.folder)
    ended = reviewed(repository, PULUMI_BACKEND_URL="file:///nowhere/at/all")
    assert (ended.code, ended.json()["stacks"], ended.json()["verdict"]) == (0, [], "routine")


def test_a_reviewed_plan_is_applied_and_nothing_beside_it(repository: Repository, tmp_path: Path) -> None:
    git(repository.folder, "checkout", "--quiet", "-b", "topic")
    for stack in ("forge-a-dev", "forge-b-dev"):
        assert repository.run("pulumi", "stack", "init", stack).code == 0  # the key of its secrets is committed
    repository.values(f'{{"colour": "green", "token": pulumi.Output.secret("{CANARY}")}}')
    ended = reviewed(repository, "--plans", "plans")
    assert ended.code == 2, ended.err
    comment = (repository.folder / "review-out" / "comment.md").read_text()
    assert re.search(r" · plan \w{12} · ", comment), "the plans that may be applied are named"
    plans = repository.folder / "plans"
    assert not [path for path in plans.iterdir() if CANARY in path.read_text()]
    assert sorted(path.name for path in plans.iterdir()) == ["forge-a-dev.json", "forge-b-dev.json"]

    try:
        repository.values(f'{{"colour": "red", "token": pulumi.Output.secret("{CANARY}-2")}}')
        more = repository.paas("up", "forge-a-dev", "--yes", "--plans", "plans")
        assert more.code == 10
        assert "violates plan" in more.err
        assert CANARY not in more.out + more.err
        git(repository.folder, "reset", "--quiet", "--hard", "HEAD~1")
        done = repository.paas("up", "forge-a-dev", "--yes", "--plans", "plans", "-o", "json")
        assert done.code == 0, done.err
        assert done.json()["stacks"][0]["result"] == "changed"
        (plans / "forge-b-dev.json").unlink()
        none = repository.paas("up", "forge-b-dev", "--yes", "--plans", "plans")
        assert (none.code, "there is no plan forge-b-dev.json" in none.err) == (10, True)
    finally:
        gone = repository.run("pulumi", "destroy", "--yes", "--skip-preview", "-s", "forge-a-dev")
        assert gone.code == 0, gone.out
