"""The real engine with our language host: updates behave as with the official one."""

import re
from pathlib import Path

import pytest

from sandbox.engine.install import NO_LOGS
from tests.sandbox.engine.workspace import Workspace

pytestmark = pytest.mark.e2e

COMPONENT = """\
import pulumi

class Shop(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("test:shop:Shop", name)
        self.register_outputs({})

"""
TRACEBACK = re.compile(r"Traceback \(most recent call last\)")


def test_an_update_runs_the_program_and_stores_what_it_made(project: Workspace) -> None:
    project.program(COMPONENT + "Shop('shop')\nprint('a line of the program')\npulumi.export('answer', 42)\n")
    said = project.up()
    assert said.count("    a line of the program\n") == 1
    assert "warning" not in said, "the engine finds its plugins without one"
    assert project.types() == ["test:shop:Shop"]
    assert project.outputs() == {"answer": 42}


def test_an_update_keeps_no_log_and_says_nothing_of_it(project: Workspace) -> None:
    project.program(COMPONENT + "Shop('shop')\n")
    assert not re.search(r"\blogs?\b|logging", project.up())
    assert (Path(project.environment["PULUMI_HOME"]) / "logs").read_text() == NO_LOGS


def test_a_second_update_changes_nothing(project: Workspace) -> None:
    project.program(COMPONENT + "Shop('shop')\n")
    project.up()
    assert "2 unchanged" in project.up("--expect-no-changes")


def test_a_preview_stores_nothing_and_says_so_to_the_program(project: Workspace) -> None:
    project.program(COMPONENT + "Shop('shop')\nprint('dry run:', pulumi.runtime.is_dry_run())\n")
    assert "dry run: True" in project.run("preview")
    assert project.types() == []
    assert "dry run: False" in project.up()


def test_configuration_and_secrets_reach_the_program(project: Workspace) -> None:
    project.program(
        "import pulumi\n"
        "config = pulumi.Config()\n"
        "pulumi.export('size', config.require_int('size'))\n"
        "pulumi.export('nested', config.require_object('tree')['leaf'])\n"
        "pulumi.export('password', config.require_secret('password'))\n"
        "pulumi.export('marked', pulumi.Output.from_input(config.require_secret('password')).is_secret())\n"
    )
    project.run("config", "set", "size", "5")
    project.run("config", "set", "--path", "tree.leaf", "green")
    project.run("config", "set", "--secret", "password", "hunter2")
    said = project.up()
    assert "hunter2" not in said
    assert "hunter2" not in str(project.state())
    assert project.outputs() == {"size": 5, "nested": "green", "password": "hunter2", "marked": True}


def test_missing_configuration_fails_with_the_programs_own_words(project: Workspace) -> None:
    project.program("import pulumi\npulumi.Config().require('size')\n")
    ran = project.attempt("up", "--yes", "--skip-preview")
    assert ran.code != 0
    assert "Missing required configuration variable 'shop:size'" in ran.output


def test_a_failing_program_shows_its_traceback_once(project: Workspace) -> None:
    project.program(COMPONENT + "Shop('shop')\nraise ValueError('the shop is closed')\n")
    ran = project.attempt("up", "--yes", "--skip-preview")
    assert ran.code != 0
    assert len(TRACEBACK.findall(ran.output)) == 1
    assert "ValueError: the shop is closed" in ran.output
    assert "non-zero exit code" not in ran.output


def test_an_exit_code_is_said(project: Workspace) -> None:
    project.program("raise SystemExit(7)\n")
    ran = project.attempt("up", "--yes", "--skip-preview")
    assert ran.code != 0
    assert "Program exited with non-zero exit code: 7" in ran.output
    assert not TRACEBACK.search(ran.output)


def test_a_missing_program_is_said(project: Workspace) -> None:
    ran = project.attempt("preview")
    assert ran.code != 0
    assert "unable to find main python program `__main__.py`" in ran.output


def test_a_missing_virtual_environment_names_the_option_and_the_fix(tmp_path: Path, engine: dict[str, str]) -> None:
    (tmp_path / "state").mkdir()
    backend = {"PULUMI_BACKEND_URL": f"file://{tmp_path}/state"}
    project = Workspace(tmp_path / "project", engine | backend, virtualenv="gone")
    project.program("")
    project.run("stack", "init", "dev")
    ran = project.attempt("preview")
    assert ran.code != 0
    assert f'runtime option `virtualenv` is "{project.folder}/gone", which does not exist' in ran.output
    assert "pulumi install" in ran.output


def test_install_makes_that_environment(tmp_path: Path, engine: dict[str, str]) -> None:
    project = Workspace(tmp_path / "project", engine, virtualenv="venv")
    (project.folder / "requirements.txt").write_text("pip\n")
    assert "Requirement already satisfied: pip" in project.run("install")
    assert (project.folder / "venv" / "bin" / "python").exists()


def test_about_describes_the_program(project: Workspace) -> None:
    project.program("")
    said = project.run("about")
    assert "This project is written in python: executable=" in said
    assert re.search(r"resource +kubernetes +\d+\.\d+\.\d+", said)
    assert re.search(r"pulumi[_-]kubernetes +\d+\.\d+\.\d+", said)


def test_a_stack_graph_is_drawn(project: Workspace) -> None:
    project.program(COMPONENT + "Shop('shop')\n")
    project.up()
    project.run("stack", "graph", "graph.dot")
    assert "Shop" in (project.folder / "graph.dot").read_text()


DYNAMIC = """\
import pathlib
import pulumi
from pulumi.dynamic import CreateResult, DiffResult, Resource, ResourceProvider, UpdateResult

class File(ResourceProvider):
    def create(self, props):
        pathlib.Path(props["path"]).write_text(props["text"])
        return CreateResult(props["path"], props)
    def diff(self, id, old, new):
        return DiffResult(changes=old["text"] != new["text"])
    def update(self, id, old, new):
        pathlib.Path(id).write_text(new["text"])
        return UpdateResult(new)
    def delete(self, id, props):
        pathlib.Path(id).unlink()

class TextFile(Resource):
    def __init__(self, name, text):
        super().__init__(File(), name, {"path": str(pathlib.Path("made.txt").resolve()), "text": text})

TextFile("file", pulumi.Config().require("text"))
"""


def test_a_dynamic_provider_creates_updates_and_deletes(project: Workspace) -> None:
    project.program(DYNAMIC)
    made = project.folder / "made.txt"
    project.run("config", "set", "text", "first")
    assert "warning" not in project.up()
    assert made.read_text() == "first"
    project.run("config", "set", "text", "second")
    project.up()
    assert made.read_text() == "second"
    project.up("--expect-no-changes")
    project.run("destroy", "--yes", "--skip-preview")
    assert not made.exists()
    assert project.types() == []
