"""X20, P1: the workflows' own scripts, by the real engine: a change is reviewed, merged and applied by its plan."""

import os
from pathlib import Path

import pytest

from tests.cli.repositories import git
from tests.cli.steps import ROOT, run, step
from tests.e2e.review.projects import Repository, a_repository
from tests.sandbox.engine.workspace import engine_environment

pytestmark = pytest.mark.e2e

KEYS = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}
REVIEW = step(".github/workflows/preview.yml", "Review", "preview")
APPLY = step(".github/workflows/apply.yml", "Apply", "apply")


@pytest.fixture
def repository(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Repository:
    if not os.environ.get("KUBECONFIG"):
        pytest.fail('KUBECONFIG is not set: start the sandbox and `eval "$(python -m sandbox env)"`')
    engine = engine_environment(tmp_path_factory.mktemp("engine"))
    made = a_repository(tmp_path, engine, "merge")
    (made.folder / "paas").symlink_to(ROOT / "paas")
    assert made.run("pulumi", "stack", "init", "merge-dev").code == 0
    made.values('{"level": "info"}')
    return made


def test_what_was_reviewed_is_applied_by_its_plan_and_nothing_else(repository: Repository, tmp_path: Path) -> None:
    env, temp = dict(repository.environment), tmp_path / "temp"
    temp.mkdir()
    before = git(repository.folder, "rev-parse", "HEAD")
    git(repository.folder, "checkout", "--quiet", "-b", "topic")
    repository.values('{"level": "debug"}')
    git(repository.folder, "checkout", "--quiet", "-b", "merged", "main")  # as refs/pull/7/merge is
    git(repository.folder, "merge", "--quiet", "--no-ff", "topic", "--message", "merge")

    reviewed = run(REVIEW, repository.folder, temp, env, BASE="main", RUN="https://ci.example/7", **KEYS)
    assert reviewed.code == 0, reviewed.said
    assert "routine" in reviewed.summary
    assert reviewed.outputs["tree"] == git(repository.folder, "rev-parse", "merged^{tree}")
    assert (temp / "review" / "review.json").is_file()
    assert (temp / "plans" / "merge-dev.json").is_file()

    git(repository.folder, "checkout", "--quiet", "main")
    git(repository.folder, "merge", "--quiet", "--squash", "topic")
    git(repository.folder, "commit", "--quiet", "--message", "squashed")
    assert git(repository.folder, "rev-parse", "HEAD^{tree}") == reviewed.outputs["tree"]
    try:
        other = repository.values('{"level": "trace"}')  # came with no review
        refused = run(APPLY, repository.folder, temp, env, BEFORE=before, REVIEWED="7", **KEYS)
        assert refused.code == 10, refused.said
        assert "violates plan" in refused.said
        git(repository.folder, "reset", "--quiet", "--hard", f"{other}~1")
        applied = run(APPLY, repository.folder, temp, env, BEFORE=before, REVIEWED="7", **KEYS)
        assert applied.code == 0, applied.said
        assert "merge-dev | changed" in applied.summary
        nothing = run(APPLY, repository.folder, temp, env, BEFORE="HEAD", REVIEWED="7", **KEYS)
        assert (nothing.code, "no stack is affected" in nothing.said) == (0, True)
    finally:
        gone = repository.run("pulumi", "destroy", "--yes", "--skip-preview", "-s", "merge-dev")
        assert gone.code == 0, gone.out


def test_a_program_that_fails_fails_the_step_and_leaves_its_review(repository: Repository, tmp_path: Path) -> None:
    temp = tmp_path / "temp"
    temp.mkdir()
    git(repository.folder, "checkout", "--quiet", "-b", "topic")
    repository.values("missing")
    ran = run(REVIEW, repository.folder, temp, dict(repository.environment), BASE="main", RUN="", **KEYS)
    assert ran.code == 4
    assert (temp / "review" / "review.json").is_file()
    assert "blocked" in ran.summary
