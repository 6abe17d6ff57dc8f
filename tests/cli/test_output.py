"""How reports look: the four ways of writing them, the schema, the reference, completion."""

import contextlib
import io
import json
import os
import pty
import subprocess
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML
from typer.testing import CliRunner

from cli import reference
from cli._codes import Code
from cli._output import Output, emit, markdown
from cli._reports import Rows
from cli._runs import Change, RunReport, StackRun, Violation
from cli.app import app
from tests.cli.projects import a_project, a_quiet, paas
from tests.e2e.stacks import ROOT

RUN = StackRun(
    stack="acme-prod",
    result="refused",
    code=Code.POLICY,
    seconds=1.5,
    counts={"create": 2, "same": 3},
    changes=(Change(op="create", type="kubernetes:core/v1:Namespace", name="namespace"),),
    violations=(
        Violation(rule="Q3", level="mandatory", severity="high", resource="quota", message="[b]too[/b] | <much>"),
    ),
    errors=("no",),
)
REPORT = RunReport(verb="up", stacks=(RUN,))


def written(output: Output, capsys: pytest.CaptureFixture[str]) -> str:
    emit(REPORT, output)
    return capsys.readouterr().out


def test_json_and_yaml_say_the_same_and_keep_to_the_schema(capsys: pytest.CaptureFixture[str]) -> None:
    said = json.loads(written(Output.JSON, capsys))
    assert YAML(typ="safe").load(io.StringIO(written(Output.YAML, capsys))) == said
    schema = reference.schema()
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema["$defs"]["RunReport"] | {"$defs": schema["$defs"]})
    assert list(validator.iter_errors(said)) == []
    assert list(validator.iter_errors(said | {"verb": 1})) != []


def test_a_table_is_plain_and_uncut_where_nobody_watches(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    out = written(Output.TABLE, capsys)
    assert "\x1b" not in out
    assert "acme-prod   create   kubernetes:core/v1:Namespace   namespace" in out
    assert "acme-prod   mandatory   high       Q3     quota      [b]too[/b] | <much>" in out


@pytest.mark.parametrize(("variables", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_a_terminal_sees_colours_unless_it_wants_none(
    tmp_path: Path, variables: dict[str, str], coloured: bool
) -> None:
    a_project(tmp_path)
    environment = {"PATH": "/usr/bin:/bin", "TERM": "xterm-256color", "KUBECONFIG": "/dev/null", **variables}
    master, terminal = pty.openpty()
    with subprocess.Popen([ROOT / "paas", "doctor"], cwd=tmp_path, env=environment, stdout=terminal) as process:
        os.close(terminal)
        shown = b""
        with contextlib.suppress(OSError):  # how a terminal says that nobody writes to it any more
            while read := os.read(master, 65536):
                shown += read
    os.close(master)
    assert process.returncode == 1
    assert b"cluster" in shown
    assert (b"\x1b[31m" in shown) is coloured


def test_markdown_escapes_what_would_be_markup() -> None:
    assert (
        markdown(Rows(("a", "b"), [["x|y", "<img>\n*z*"]])) == "| a | b |\n| --- | --- |\n| x\\|y | &lt;img> \\*z\\* |"
    )
    assert markdown(Rows((), [["one"], ["two"]], "title")) == "**title**\n\n- one\n- two"


def test_every_report_is_in_the_published_schema_and_every_verb_in_the_reference() -> None:
    assert reference.main(["--check"]) == 0
    page = reference.page()
    for verb in (
        "validate",
        "list",
        "show",
        "new",
        "preview",
        "up",
        "refresh",
        "destroy",
        "audit",
        "reap",
        "diff",
        "cost",
        "graph",
        "doctor",
    ):
        assert f"\n## `paas {verb}`\n" in page
    assert "\n## `paas fleet up`\n" in page


def test_a_stale_reference_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference, "ROOT", tmp_path)
    monkeypatch.setattr(reference, "PAGE", tmp_path / "cli.md")
    monkeypatch.setattr(reference, "SCHEMA", tmp_path / "cli.schema.json")
    assert reference.main(["--check"]) == 1
    assert reference.main([]) == 0
    assert reference.main(["--check"]) == 0


@pytest.mark.parametrize("typed", ["show ", "up ", "destroy ", "audit ", "fleet up --canary "])
def test_the_shell_completes_stacks(tmp_path: Path, typed: str) -> None:
    a_project(tmp_path, a_quiet("acme"), a_quiet("globex"))
    words = f"paas -C {tmp_path} {typed}ac"
    variables = {"_PAAS_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(len(words.split()) - 1)}
    ran = CliRunner().invoke(app, [], prog_name="paas", env=variables)
    assert ran.stdout.split() == ["acme-dev"]


@pytest.mark.parametrize("words", [("nonsense",), ("validate", "--nonsense"), ("show",), ("list", "-o", "xml")])
def test_a_wrong_command_line_has_a_code_of_its_own(tmp_path: Path, words: tuple[str, ...]) -> None:
    assert paas(a_project(tmp_path), *words).code == 64


@pytest.mark.parametrize("verb", [("list",), ("show", "acme-dev"), ("preview", "acme-dev"), ("audit",), ("reap",)])
def test_a_missing_engine_is_told_with_the_way_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, verb: tuple[str, ...]
) -> None:
    monkeypatch.setenv("PATH", "")
    ended = paas(a_project(tmp_path, a_quiet("acme")), *verb)
    assert ended.code == 1
    assert "`pulumi` is not on PATH" in ended.err
    assert "sandbox env" in ended.err


def test_a_doctor_tells_everything_that_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "none"))
    monkeypatch.delenv("PULUMI_OPTION_POLICY_PACK", raising=False)
    ended = paas(a_project(tmp_path, a_quiet("acme", tier="huge")), "doctor", "-o", "json")
    checks: dict[str, Any] = {each["name"]: each for each in ended.json()["checks"]}
    assert ended.code == 1
    wrong = {"pulumi", "cluster", "policy pack", "stack files", "editor schema"}
    assert {name for name, each in checks.items() if not each["ok"]} == wrong
    assert all(checks[name]["fix"] for name in wrong)
    assert checks["passphrase"]["ok"]
