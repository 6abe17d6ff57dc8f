"""X20: the very scripts of the workflows, on a repository and a forge of a test's own."""

import json
from pathlib import Path

import pytest
import yaml

from review.output import as_data
from tests.cli.forges import HEAD, TOKEN, serving
from tests.cli.github_server import GitHubServer
from tests.cli.gitlab_server import GitLabServer
from tests.cli.projects import a_project, a_quiet, write
from tests.cli.repositories import committed, git
from tests.cli.steps import ROOT, run, step
from tests.review.comments import assessed

SECRET = "canary-passphrase-77"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project with the command in it, committed."""
    a_project(tmp_path / "project")
    (tmp_path / "project" / "paas").symlink_to(ROOT / "paas")
    (tmp_path / "temp").mkdir()
    committed(tmp_path / "project")
    return tmp_path


def test_what_the_engine_needs_is_laid_out_and_no_secret_is_said(folder: Path) -> None:
    found = step(".github/actions/paas/action.yml", "Lay out what the engine needs")
    temp = folder / "temp"
    ran = run(found, folder, temp, {}, BACKEND="file:///states", CLUSTER="kind: Config\n", PASSPHRASE=SECRET)
    assert (ran.code, ran.said) == (0, "")
    assert ran.variables["PULUMI_BACKEND_URL"] == "file:///states"
    assert Path(ran.variables["KUBECONFIG"]).read_text() == "kind: Config\n"
    passphrase = Path(ran.variables["PULUMI_CONFIG_PASSPHRASE_FILE"])
    assert passphrase.read_text() == SECRET
    assert passphrase.stat().st_mode & 0o077 == 0
    assert SECRET not in str(ran.variables)
    none = run(found, folder, temp, {}, BACKEND="", CLUSTER="", PASSPHRASE="")
    assert "PULUMI_BACKEND_URL" not in none.variables


def artefact(run: int, *, repository: int = 1, at: int = 1, expired: bool = False) -> dict[str, object]:
    about = {"id": run, "repository_id": 1, "head_repository_id": repository}
    return {"expired": expired, "created_at": f"2026-11-2{at}T00:00:00Z", "workflow_run": about}


@pytest.mark.parametrize(
    ("artefacts", "found"),
    [
        ([], ""),
        ([artefact(5)], "5"),
        ([artefact(5, at=1), artefact(6, at=3), artefact(4, at=2)], "6"),
        ([artefact(5), artefact(9, repository=2, at=4)], "5"),  # a fork's plans are nobody's
        ([artefact(9, repository=2)], ""),
        ([artefact(5, expired=True)], ""),
    ],
)
def test_plans_are_found_by_the_tree_that_was_reviewed(
    folder: Path, artefacts: list[dict[str, object]], found: str
) -> None:
    tree = git(folder / "project", "rev-parse", "HEAD^{tree}")
    forge = GitHubServer()
    forge.artefacts = {f"paas-plans-{tree}": artefacts}
    with serving(forge):
        env = {"GITHUB_API_URL": forge.url, "GITHUB_REPOSITORY": "acme/shop"}
        find = step(".github/workflows/apply.yml", "Find the plans of this very tree", "find")
        ran = run(find, folder / "project", folder / "temp", env, GITHUB_TOKEN=TOKEN)
    assert ran.code == 0, ran.said
    assert ran.outputs == {"tree": tree, "run": found}
    assert TOKEN not in ran.said


def test_a_forge_that_does_not_answer_is_no_missing_plan(folder: Path) -> None:
    forge = GitHubServer(troubles=[("GET", 403, {}, 100)])
    with serving(forge):
        env = {"GITHUB_API_URL": forge.url, "GITHUB_REPOSITORY": "acme/shop"}
        find = step(".github/workflows/apply.yml", "Find the plans of this very tree", "find")
        ran = run(find, folder / "project", folder / "temp", env, GITHUB_TOKEN=TOKEN)
    assert ran.code != 0
    assert "run" not in ran.outputs


@pytest.mark.parametrize("there", [True, False])
def test_the_comment_is_written_whether_or_not_there_is_a_review(folder: Path, there: bool) -> None:
    if there:
        (folder / "temp" / "review").mkdir()
        (folder / "temp" / "review" / "review.json").write_text(json.dumps(as_data(assessed("refused"))))
    with serving(GitHubServer()) as forge:
        env = {"GITHUB_API_URL": forge.url, "GITHUB_REPOSITORY": "acme/shop", "GITHUB_ACTIONS": "true"}
        tell = step(".github/workflows/comment.yml", "Comment", "comment")
        run_url = "https://github.example/acme/shop/actions/runs/5"
        said = {"GITHUB_TOKEN": TOKEN, "COMMIT": HEAD, "RUN": run_url, "CODE": "https://github.example/shop/blob/main"}
        ran = run(tell, folder / "project", folder / "temp", env, **said)
    assert ran.code == (0 if there else 1), ran.said
    [body] = forge.bodies()
    assert ("policies refuse" if there else "no whole preview") in body
    assert ("(https://github.example/shop/blob/main/docs/reference/policies.md#q1)" in body) is there
    assert f"[run]({run_url})" in body
    assert TOKEN not in ran.said


def test_a_branchs_name_is_never_a_command(folder: Path) -> None:
    review = step(".github/workflows/preview.yml", "Review", "preview")
    evil = 'origin/main"; touch owned; echo "'
    said = {"BASE": evil, "RUN": "$(touch owned)", "AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}
    ran = run(review, folder / "project", folder / "temp", {}, **said)
    assert ran.code == 1
    assert not (folder / "project" / "owned").exists()
    assert "git knows no commit origin/main" in ran.said


@pytest.mark.parametrize(
    ("reviewed", "ends"), [("true", "this was not reviewed as it is now"), ("false", "`pulumi` is not on PATH")]
)
def test_gitlab_applies_what_was_reviewed_and_else_waits_for_a_person(
    folder: Path, monkeypatch: pytest.MonkeyPatch, reviewed: str, ends: str
) -> None:
    """What has no plan never comes as far as the engine, which is not there, unless a person has started it."""
    _, template = yaml.safe_load_all((ROOT / "templates" / "paas.yml").read_text())
    [script] = template[".paas-apply"]["script"]
    before = git(folder / "project", "rev-parse", "HEAD")
    write(folder / "project", "acme-dev", a_quiet("acme"))
    committed(folder / "project")
    monkeypatch.setenv("PATH", f"{ROOT / '.venv' / 'bin'}:/usr/bin:/bin")
    with serving(GitLabServer()) as forge:
        env = {"CI_API_V4_URL": f"{forge.url}/api/v4", "CI_PROJECT_ID": "42", "CI_JOB_TOKEN": TOKEN}
        more = {"CI_COMMIT_BEFORE_SHA": before, "REVIEWED": reviewed}
        ran = run({"run": script}, folder / "project", folder / "temp", env | more)
    assert ran.code != 0
    assert ends in ran.said
    assert any("packages/generic/paas-plans/" in each for each in forge.asked) is (reviewed == "true")
    assert TOKEN not in ran.said
