"""How `pulumi` is run, shown on a stand-in for it: what is passed on, what is interrupted, what is said."""

import os
import signal
import threading
from pathlib import Path

import pytest
from pulumi import automation

from cli._codes import Code
from cli._engine import Command, Engine, interruptible
from cli._errors import CliError
from cli._project import Project
from tests.cli.projects import a_project

STAND_IN = """\
#!/bin/sh
case "$2" in
  wait) trap 'echo interrupted; exit 3' INT; echo waiting; while :; do sleep 0.05; done ;;
  stack) [ -n "$RACE" ] && [ "$(wc -l <"$RACE")" -lt "$RACES" ] && { echo >>"$RACE"
    echo 'error: list bucket: blob (code=NotFound): lstat a.tmp: no such file or directory' >&2; exit 255; }
    echo '[{"name": "acme-dev", "current": false, "resourceCount": 3}]' ;;
  locked) echo 'error: the stack is currently locked by 1 lock(s)' >&2; exit 255 ;;
  *) [ "$1" = version ] && { echo v3.259.0; exit; }; echo "$@" ;;
esac
"""


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "pulumi").write_text(STAND_IN)
    (folder / "pulumi").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    monkeypatch.delenv("PULUMI_OPTION_POLICY_PACK", raising=False)
    return Engine(Project(a_project(tmp_path / "project")))


def test_words_are_passed_on_without_a_terminal(engine: Engine) -> None:
    assert engine.workspace.command(["about"]).stdout == "--non-interactive about"


def test_stacks_are_known_by_name(engine: Engine) -> None:
    assert engine.stacks()["acme-dev"].resource_count == 3


@pytest.mark.parametrize(("races", "listed"), [(2, True), (99, False)])
def test_a_file_that_goes_while_stacks_are_listed_is_looked_over(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, races: int, *, listed: bool
) -> None:
    """Somebody else writes to the same backend: the list is asked for again, and not for ever."""
    (tmp_path / "race").touch()
    monkeypatch.setenv("RACE", str(tmp_path / "race"))
    monkeypatch.setenv("RACES", str(races))
    monkeypatch.setattr("cli._engine.BETWEEN", 0)
    if listed:
        assert "acme-dev" in engine.stacks()
    else:
        with pytest.raises(CliError, match="list bucket"):
            engine.stacks()
        assert (tmp_path / "race").read_text().count("\n") == 5


def test_the_projects_own_pack_judges_unless_the_shell_names_one(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = Path(engine.workspace.work_dir)
    assert engine.packs is None
    (root / "policies").mkdir()
    assert Engine(Project(root)).packs == [str(root / "policies")]
    monkeypatch.setenv("PULUMI_OPTION_POLICY_PACK", "")
    assert Engine(Project(root)).packs is None


def test_an_interruption_is_passed_on_once_and_nothing_begins_after_it(engine: Engine) -> None:
    command = engine.command
    lines: list[str] = []

    def take(line: str) -> None:
        lines.append(line)
        if line == "waiting":
            threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)).start()

    before = signal.getsignal(signal.SIGINT)
    with interruptible(command):
        with pytest.raises(automation.CommandError):
            engine.workspace.command(["wait"], take)
        with pytest.raises(CliError) as error:
            engine.workspace.command(["about"])
    assert lines == ["waiting", "interrupted"]
    assert error.value.code is Code.CANCELLED
    assert command.cancelled
    assert signal.getsignal(signal.SIGINT) is before


def test_a_lock_is_told_as_what_it_is(engine: Engine) -> None:
    with pytest.raises(automation.errors.ConcurrentUpdateError):
        engine.workspace.command(["locked"])


def test_a_command_ends_with_what_it_ran(engine: Engine) -> None:
    command = Command()
    threads = [threading.Thread(target=command.run, args=(["about"], ".", {})) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    command.interrupt()  # nothing is left to be interrupted
    assert command.cancelled
