"""What is mistyped is told before anything begins, with the way on, and by the code that it has."""

from pathlib import Path

import pytest

from tests.builders import an_app
from tests.cli.projects import a_project, a_quiet, paas
from tests.cli.repositories import committed
from tests.cli.test_engine import STAND_IN

THERE = "stack nope has no file; there are: acme-dev"
UNKNOWN = "the backend has no stack nope"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with an app and a database, an engine that knows its stack, and no cluster."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "pulumi").write_text(STAND_IN)
    (folder / "pulumi").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "none"))
    monkeypatch.setenv("PULUMI_OPTION_POLICY_PACK", "policies")
    shop = a_quiet("acme", apps={"web": an_app()}, databases={"orders": {"plan": "small"}})
    return a_project(tmp_path / "project", shop)


@pytest.mark.parametrize(
    ("words", "code", "said", "fix"),
    [
        (("preview", "nope"), 1, THERE, "`paas new`"),
        (("up", "nope"), 1, THERE, "`paas new`"),
        (("up", "nope", "--yes"), 1, THERE, "`paas new`"),
        (("refresh", "nope"), 1, UNKNOWN, "`paas list`"),
        (("destroy", "nope", "--yes"), 1, UNKNOWN, "`paas list`"),
        (("audit", "nope"), 1, UNKNOWN, "`paas list`"),
        (("fleet", "preview", "--canary", "nope"), 1, THERE, "`paas new`"),
        (("drill", "drain", "acme-dev", "nope"), 64, "acme-dev has no database nope", "name one of orders"),
        (("drill", "expiry", "acme-dev", "web"), 64, "acme-dev has no app web with hosts", "this one has none"),
        (("diff", "acme-dev", "acme-dev", "--since", "HEAD"), 64, "compared as they are now", "leave out --since"),
        (("diff", "acme-dev"), 1, "not a git repository", "-C FOLDER"),
        (("affected", "--base", "main"), 1, "not a git repository", "-C FOLDER"),
        (("affected", "--base", ""), 64, "no commit is named", "name a branch"),
        (("cost", "--prices", "none.yaml"), 1, "none.yaml cannot be read: No such file", "name a file that exists"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, tuple) else "",
)
def test_a_mistake_is_told_with_the_way_on(
    project: Path, words: tuple[str, ...], code: int, said: str, fix: str
) -> None:
    ended = paas(project, *words)
    assert (ended.code, ended.out) == (code, ""), ended.err
    assert said in ended.err
    assert fix in ended.err
    assert "begins" not in ended.err


@pytest.mark.parametrize("option", ["--out", "--plans"])
def test_a_folder_that_cannot_be_made_is_told(project: Path, option: str) -> None:
    committed(project)
    ended = paas(project, "review", "--base", "HEAD", option, str(project / "Pulumi.yaml"))
    assert (ended.code, ended.out) == (1, "")
    assert f"error: {project / 'Pulumi.yaml'}: File exists" in ended.err


@pytest.mark.parametrize("text", ["runtime: python\n", "name: [\n", ""])
def test_a_project_without_a_name_is_not_exported(project: Path, text: str) -> None:
    (project / "Pulumi.yaml").write_text(text)
    words = ("--engine", "operator", "--repository", "https://git.example/x", "--backend", "s3://x", "--branch", "main")
    ended = paas(project, "fleet", "export", *words)
    assert (ended.code, ended.out) == (7, "")
    assert "Pulumi.yaml does not say what the project is called" in ended.err


def test_a_plan_that_is_not_there_is_nothing_that_was_reviewed(project: Path, tmp_path: Path) -> None:
    ended = paas(project, "up", "acme-dev", "--yes", "--plans", str(tmp_path))
    assert ended.code == 10
    assert "there is no plan acme-dev.json" in ended.err
