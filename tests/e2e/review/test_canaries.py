"""Values that nobody may see, left in all places by a program of the real engine: none of them reaches a reader.

The harness that looks for them is shown to find them: in the engine's own log, and where one is planted.
"""

import json
import os
import pty
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from review.assess import Assessment, assess
from review.build import review
from review.events import read
from review.limits import FORGES, Forge
from review.markdown import comment
from review.output import as_data
from review.report import report
from review.scrub import scrubbed
from tests.builders import a_tenant_document, an_app
from tests.cli.repositories import committed
from tests.e2e.stacks import ROOT
from tests.review.canaries import PLACES, found, marker, source
from tests.review.comments import ABOUT
from tests.review.manifests import Z
from tests.review.verbs import commands
from tests.sandbox.engine.workspace import Workspace, engine_environment

pytestmark = pytest.mark.e2e

PACK = {"PULUMI_OPTION_POLICY_PACK": str(ROOT / "policies")}
JUDGED = ("audit", "preview", "review")
"""Verbs that are to hear from the pack; `up` would be refused by it."""

SIZES = (1_000_000, 20_000, 8_000, 5_000, 3_500, 2_500, 1_500)
"""Of comments: each level of detail is written for one of them."""


@dataclass(frozen=True)
class Told:
    """All that was written for a reader: by what it is, its text."""

    texts: dict[str, str]
    logs: dict[str, list[str]]

    def leaks(self) -> dict[str, set[str]]:
        return {what: places for what, text in self.texts.items() if (places := found(text))}


class Canaries(Workspace):
    """The stack with the canaries, by `pulumi` and by `paas`."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        theirs = {
            "PULUMI_BACKEND_URL": f"file://{folder / 'state'}",
            "PULUMI_CONFIG_PASSPHRASE": marker("passphrase"),
            "AWS_SECRET_ACCESS_KEY": marker("process"),
            "PULUMI_DEBUG_COMMANDS": "true",
            "CI": "true",
        }
        kept = {key: value for key, value in environment.items() if key != "PULUMI_CONFIG_PASSPHRASE_FILE"}
        (folder / "state").mkdir(parents=True)
        super().__init__(folder / "project", kept | theirs)
        project = yaml.safe_load((self.folder / "Pulumi.yaml").read_text())
        (self.folder / "Pulumi.yaml").write_text(yaml.safe_dump(project | {"name": "paas", "stackConfigDir": "stacks"}))
        (self.folder / "stacks").mkdir()
        self.run("stack", "init", Z)
        self.run("config", "set", "--secret", "canary:hidden", marker("confighidden"))
        self.run("config", "set", "--plaintext", "canary:apiToken", marker("configplain"))
        path = self.folder / "stacks" / f"Pulumi.{Z}.yaml"
        said = yaml.safe_load(path.read_text())
        said["config"]["paas:tenant"] = a_tenant_document(name="zeta", environment="dev", tier="small")
        path.write_text(yaml.safe_dump(said))

    def paas(self, *words: str, code: int | None = None, judged: bool = False) -> str:
        """Return all that a command of `paas` writes; with a `code`, it must end with that."""
        ran = subprocess.run(
            [ROOT / "paas", *words],
            cwd=self.folder,
            env=self.environment | (PACK if judged else {}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert code in (None, ran.returncode), f"paas {' '.join(words)}: {ran.returncode}, not {code}: {ran.stdout}"
        return ran.stdout

    def terminal(self, *words: str) -> str:
        """Return all that a command of `paas` draws on a terminal."""
        variables = {key: value for key, value in self.environment.items() if key != "CI"} | {"TERM": "xterm-256color"}
        master, terminal = pty.openpty()
        with subprocess.Popen(
            [ROOT / "paas", *words], cwd=self.folder, env=variables, stdout=terminal, stderr=terminal
        ) as process:
            os.close(terminal)
            drawn = b""
            with suppress(OSError):  # how a terminal says that nobody writes to it any more
                while read_ := os.read(master, 65536):
                    drawn += read_
            process.wait()
        os.close(master)
        return drawn.decode(errors="replace")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    if not os.environ.get("KUBECONFIG"):
        pytest.fail('KUBECONFIG is not set: start the sandbox and `eval "$(python -m sandbox env)"`')
    engine = engine_environment(tmp_path_factory.mktemp("engine")) | {"KUBECONFIG": os.environ["KUBECONFIG"]}
    project = Canaries(tmp_path_factory.mktemp("canaries"), engine)
    texts: dict[str, str] = {}
    logs: dict[str, list[str]] = {}
    try:
        project.program(source("a"))
        texts["up"] = project.paas("up", Z, "--yes")
        assert "create kubernetes:core/v1:Secret" in texts["up"], texts["up"]
        for name, program in {"change": source("b"), "error": source("b", fails=True)}.items():
            project.program(program)
            path = project.folder / f"{name}.jsonl"
            project.attempt("preview", "--event-log", str(path), "--policy-pack", PACK["PULUMI_OPTION_POLICY_PACK"])
            logs[name] = path.read_text().splitlines()
            for output in ("table", "json", "yaml", "md"):
                texts[f"preview of {name}, {output}"] = project.paas("preview", Z, "-o", output, judged=True)
            texts[f"preview of {name}, terminal"] = project.terminal("preview", Z)
        project.program(source("a"))
        committed(project.folder)
        project.program(source("b"))
        for name, words, code in commands(live=True):
            texts[name] = project.paas(*words, code=code, judged=words[0] in JUDGED)
        for path in (project.folder / "review-out").iterdir():
            texts[f"review, {path.name}"] = path.read_text()
        yield Told(texts, logs)
    finally:
        project.paas("destroy", Z, "--yes")
        subprocess.run(
            ["kubectl", "wait", "--for=delete", f"namespace/{Z}", "--timeout=60s"],
            env=engine,
            capture_output=True,
            check=True,
        )


def assessed(lines: list[str]) -> Assessment:
    return assess(review({Z: read(lines)}))


def reviewed(lines: list[str]) -> dict[str, str]:
    """Return all that a review writes, at every level of detail."""
    seen = assessed(lines)
    sizes = [Forge(name=str(size), comment=size) for size in SIZES]
    return {
        **{f"comment, {forge.name}": comment(seen, ABOUT, forge) for forge in (*FORGES.values(), *sizes)},
        "report": report(seen, ABOUT),
        "json": json.dumps(as_data(seen)),
        "log": repr(read(lines)),
    }


def test_the_engine_s_own_log_has_many_of_them(told: Told) -> None:
    """Else there would be nothing to be silent about. Of Secrets the provider blinds all by itself."""
    raw = found("\n".join(told.logs["change"]))
    assert {"configplain", "env", "argument", "argumentnext", "url", "json", "yaml", "component"} <= raw
    assert {"error", "process"} <= found("\n".join(told.logs["error"]))
    assert len(PLACES) >= 20


def test_no_command_tells_one(told: Told) -> None:
    assert told.leaks() == {}
    assert "RuntimeError" in told.texts["preview of error, json"]
    assert "stringData" in told.texts["preview of change, json"]
    assert '"severity": "critical"' in told.texts["preview of change, json"]
    assert '"severity": "critical"' in told.texts[f"audit {Z}, json"]
    assert "[secret]" in told.texts["review, report.html"]


@pytest.mark.parametrize("name", ["change", "error"])
def test_no_comment_report_or_json_tells_one(told: Told, name: str) -> None:
    written = reviewed(told.logs[name])
    assert Told(written, {}).leaks() == {}
    assert len({text for what, text in written.items() if what.startswith("comment, ")}) >= 4


def test_the_change_of_each_is_told_all_the_same(told: Told) -> None:
    text = reviewed(told.logs["change"])["report"]
    for path in ("data.json", "data.yaml", "containers[0].env[0].value", "containers[0].args[2]", "data.v"):
        assert f"{path}" in text


@pytest.mark.parametrize("name", ["change", "error"])
def test_a_scrubbed_log_tells_none_and_means_the_same(told: Told, name: str) -> None:
    lines = [scrubbed(line) for line in told.logs[name]]
    assert found("\n".join(lines)) == set()
    assert as_data(assessed(lines)) == as_data(assessed(told.logs[name]))


def test_one_that_is_planted_in_a_label_is_found(told: Told) -> None:
    """A label that anyone may read is shown: what looks for canaries sees it in every text."""
    planted = [line.replace('"app":"web"', f'"app":"{marker("spec")}"') for line in told.logs["change"]]
    assert planted != told.logs["change"]
    changed = [line.replace('"replicas":2', '"replicas":3', 1) for line in planted]
    leaks = Told(reviewed([line.replace('"side":"b"', f'"side":"{marker("spec")}"') for line in changed]), {}).leaks()
    for what in ("comment, github", "report", "json", "log"):
        assert leaks[what] == {"spec"}


def test_a_stack_file_s_own_is_refused_without_being_told(tmp_path: Path) -> None:
    document = a_tenant_document(apps={"web": an_app(config={"API_TOKEN": marker("spec")})})
    (tmp_path / "stacks").mkdir()
    (tmp_path / "Pulumi.yaml").write_text("name: paas\nruntime: python\nstackConfigDir: stacks\n")
    (tmp_path / "stacks" / "Pulumi.acme-prod.yaml").write_text(yaml.safe_dump({"config": {"paas:tenant": document}}))
    for words in (("validate",), ("graph", "acme-prod"), ("cost",), ("diff", "acme-prod", "acme-prod")):
        ran = subprocess.run([ROOT / "paas", *words], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert ran.returncode == 7
        assert "API_TOKEN" in ran.stdout + ran.stderr
        assert found(ran.stdout + ran.stderr) == set()
