"""Records what the real engine says of the scenarios: `python -m tests.review.record [NAME...]`, with a KUBECONFIG.

Lines that a review never reads (debugging, what each policy let pass) are left out, and so are the machine's paths.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import yaml

from tests.review.manifests import crd
from tests.review.scenarios import SCENARIOS, Scenario, program
from tests.sandbox.engine.workspace import Workspace, engine_environment

RECORDED = Path(__file__).parent / "recorded"
PACK = Path(__file__).parents[2] / "policies"
NOISE = (
    "policyAnalyzeSummaryEvent",
    "policyRemediateSummaryEvent",
    "policyAnalyzeStackSummaryEvent",
    "policyLoadEvent",
)
PATIENCE = 60  # seconds
LOST = """\
apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}]
users: [{name: u, user: {token: t}}]
contexts: [{name: x, context: {cluster: c, user: u}}]
current-context: x
"""


def record(scenario: Scenario, folder: Path, environment: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the event logs of a scenario: `head`, and `base` where the merge base has changes pending.

    Args:
        folder: empty, of this scenario's own.
        environment: see `engine_environment`, with a KUBECONFIG.
    """
    (folder / "state").mkdir(parents=True)
    cluster = folder / "kubeconfig"  # whose path stays the same when the cluster is lost
    cluster.write_text(Path(environment["KUBECONFIG"]).read_text())
    theirs = {
        "PULUMI_BACKEND_URL": f"file://{folder / 'state'}",
        "PULUMI_DEBUG_COMMANDS": "true",  # for --event-log
        "KUBECONFIG": str(cluster),
    }
    project = Workspace(folder / "project", {**environment, **theirs})
    if scenario.ours:
        _ours(project)
    project.run("stack", "init", scenario.stack)
    if scenario.ours:
        file = project.folder / "stacks" / f"Pulumi.{scenario.stack}.yaml"
        salt = yaml.safe_load(file.read_text()) if file.exists() else {}
        file.write_text(yaml.safe_dump(salt | {"config": {"paas:tenant": dict(scenario.tenant)}}))
    elif scenario.tenant:
        project.run("config", "set", "paas:tenant", json.dumps(scenario.tenant))
    _defined(scenario, environment)
    try:
        if scenario.before is not None:
            project.program(program(scenario.before))
            project.up()
        return {side: _preview(scenario, project, folder, side) for side in _sides(scenario)}
    finally:
        cluster.write_text(Path(environment["KUBECONFIG"]).read_text())
        project.run("destroy", "--yes", "--skip-preview")
        if scenario.ours:
            project.run("destroy", "--yes", "--skip-preview", "--stack", "platform")
        _gone(scenario.stack, environment)
        _undefined(scenario, environment)


def _defined(scenario: Scenario, environment: Mapping[str, str]) -> None:
    """Let the API server know the scenario's kinds."""
    for kind in scenario.kinds:
        made = json.dumps(crd(*kind))
        _kubectl(environment, "create", "-f", "-", stdin=made)
        name = f"crd/{kind[2]}.{kind[0]}"
        _kubectl(environment, "wait", "--for=condition=Established", name, "--timeout=60s")


def _undefined(scenario: Scenario, environment: Mapping[str, str]) -> None:
    for group, _, plural in scenario.kinds:
        _kubectl(environment, "delete", "crd", f"{plural}.{group}")


def _sides(scenario: Scenario) -> list[str]:
    return ["head"] if scenario.pending is None else ["head", "base"]


def _ours(project: Workspace) -> None:
    """Let the project be this repository's, with stack files of its own, on a platform that stands."""
    for part in ("Pulumi.yaml", "__main__.py", "components", "spec", "policies", ".venv"):
        (project.folder / part).unlink(missing_ok=True)
        (project.folder / part).symlink_to(PACK.parent / part)
    (project.folder / "stacks").mkdir()
    platform = Path("stacks") / "Pulumi.platform.yaml"
    (project.folder / platform).write_text((PACK.parent / platform).read_text())
    project.run("stack", "init", "platform")
    project.up("--stack", "platform")


def _preview(scenario: Scenario, project: Workspace, folder: Path, side: str) -> list[str]:
    if not scenario.ours:
        after = scenario.pending if side == "base" and scenario.pending else scenario.after
        project.program(program(after, scenario.extra if side == "head" else ""))
    if scenario.lost:
        (folder / "kubeconfig").write_text(LOST)
    log = folder / f"{side}.jsonl"
    arguments = ["preview", "--event-log", str(log), *(["--policy-pack", str(PACK)] if scenario.judged else [])]
    if scenario.cancelled:
        _interrupted(project, arguments, log)
    else:
        ran = project.attempt(*arguments)
        assert log.exists(), ran.output
    return [_told(line, folder) for line in log.read_text().splitlines() if not _noise(line)]


def _interrupted(project: Workspace, arguments: list[str], log: Path) -> None:
    """Interrupt a preview, as a person does, once its program runs."""
    with project.start(*arguments) as process:
        until = time.monotonic() + PATIENCE
        while not (log.exists() and "pulumi:pulumi:Stack" in log.read_text()):
            assert time.monotonic() < until, "the program does not begin"
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE)


def _noise(line: str) -> bool:
    event = json.loads(line)
    return any(kind in event for kind in NOISE) or event.get("diagnosticEvent", {}).get("severity") == "debug"


def _told(line: str, folder: Path) -> str:
    return line.replace(str(folder), "/there").replace(str(PACK.parent), "/paas").replace(sys.prefix, "/python")


def _gone(namespace: str, environment: Mapping[str, str]) -> None:
    """Wait until nothing of the scenario is left, so that the next one starts from nothing."""
    _kubectl(environment, "wait", "--for=delete", f"namespace/{namespace}", "--timeout=60s")


def _kubectl(environment: Mapping[str, str], *words: str, stdin: str | None = None) -> None:
    subprocess.run(["kubectl", *words], env=dict(environment), input=stdin, text=True, check=True, capture_output=True)


def main(names: list[str]) -> None:
    """Record scenarios anew, all where none is named."""

    with tempfile.TemporaryDirectory(prefix="paas-record-") as made:
        environment = engine_environment(Path(made) / "engine") | {"KUBECONFIG": os.environ["KUBECONFIG"]}
        for name in names or SCENARIOS:
            print(name, flush=True)
            for side, lines in record(SCENARIOS[name], Path(made) / name, environment).items():
                (RECORDED / f"{name}.{side}.jsonl").write_text("".join(f"{line}\n" for line in lines))


if __name__ == "__main__":
    main(sys.argv[1:])
