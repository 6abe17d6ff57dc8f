"""The order of a fleet, and what is left out when it goes on."""

from pathlib import Path

import pytest

from cli._errors import CliError
from cli._project import Project
from cli._record import Record, fingerprint
from cli.fleet import plan
from tests.builders import a_platform_document
from tests.cli.projects import a_project, a_quiet, paas, write

NAMES = ("acme", "globex", "initech")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    a_project(tmp_path, *(a_quiet(name) for name in NAMES))
    platform = write(tmp_path, "platform", a_platform_document())
    platform.write_text(platform.read_text().replace("paas:tenant", "paas:platform"))
    return Project(tmp_path)


def test_the_platform_comes_first_then_the_canary_then_the_rest(project: Project) -> None:
    assert plan(project, None, stop=False) == [["platform"], ["acme-dev", "globex-dev", "initech-dev"]]
    assert plan(project, "globex-dev", stop=False) == [["platform"], ["globex-dev"], ["acme-dev", "initech-dev"]]
    assert plan(project, "globex-dev", stop=True) == [["platform"], ["globex-dev"]]
    assert plan(project, "platform", stop=True) == [["platform"]]


def test_a_canary_that_is_none_is_refused(project: Project) -> None:
    with pytest.raises(CliError, match="stack gone-dev has no file"):
        plan(project, "gone-dev", stop=False)
    with pytest.raises(CliError, match="no canary to stop after"):
        plan(project, None, stop=True)


def test_nothing_is_applied_where_nobody_can_be_asked(project: Project) -> None:
    ended = paas(project.root, "fleet", "up")
    assert (ended.code, "add --yes" in ended.err) == (1, True)


def test_a_record_is_kept_by_verb_and_project_and_can_be_forgotten(project: Project, tmp_path: Path) -> None:
    Record.of(project, "up").add("acme-dev", "1")
    Record.of(project, "up").add("globex-dev", "2")
    assert Record.of(project, "up").done == {"acme-dev": "1", "globex-dev": "2"}
    assert Record.of(project, "preview").done == {}
    assert Record.of(Project(tmp_path / "other"), "up").done == {}
    Record.of(project, "up").forget()
    assert Record.of(project, "up").done == {}


@pytest.mark.parametrize("text", ["", "{", "[]", '{"done": 1}'])
def test_a_record_that_cannot_be_read_is_an_empty_one(project: Project, text: str) -> None:
    record = Record.of(project, "up")
    record.add("acme-dev", "1")
    record.path.write_text(text)
    assert Record.of(project, "up").done == {}


def test_a_stack_is_to_be_done_again_when_its_file_or_the_program_changes(project: Project) -> None:
    before = fingerprint(project, "acme-dev")
    other = fingerprint(project, "globex-dev")
    assert before == fingerprint(project, "acme-dev") != other
    write(project.root, "acme-dev", a_quiet("acme", costCentre="cc-9"))
    assert fingerprint(project, "acme-dev") != before
    assert fingerprint(project, "globex-dev") == other
    (project.root / "__main__.py").write_text("print()\n")
    assert fingerprint(project, "globex-dev") != other
