"""Records what the real engine says of the scenarios: `python -m tests.review.record [NAME...]`, with a KUBECONFIG.

Lines that a review never reads (debugging, what each policy let pass) are left out, and so are the machine's paths.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

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
    theirs = {"PULUMI_BACKEND_URL": f"file://{folder / 'state'}", "PULUMI_DEBUG_COMMANDS": "true"}  # for --event-log
    cluster = folder / "kubeconfig"  # whose path stays the same when the cluster is lost
    cluster.write_text(Path(environment["KUBECONFIG"]).read_text())
    project = Workspace(folder / "project", {**environment, **theirs, "KUBECONFIG": str(cluster)})
    project.run("stack", "init", scenario.stack)
    if scenario.tenant:
        project.run("config", "set", "paas:tenant", json.dumps(scenario.tenant))
    try:
        if scenario.before is not None:
            project.program(program(scenario.before))
            project.up()
        return dict(_previews(scenario, project, folder))
    finally:
        project.run("destroy", "--yes", "--skip-preview")
        _gone(scenario.stack, environment)


def _previews(scenario: Scenario, project: Workspace, folder: Path) -> list[tuple[str, list[str]]]:
    texts = {"head": program(scenario.after, scenario.extra)}
    if scenario.pending is not None:
        texts["base"] = program(scenario.pending)
    found = []
    for side, text in texts.items():
        project.program(text)
        log = folder / f"{side}.jsonl"
        cluster = folder / "kubeconfig"
        there = cluster.read_text()
        if scenario.lost:
            cluster.write_text(LOST)
        project.attempt("preview", "--event-log", str(log), *(["--policy-pack", str(PACK)] if scenario.judged else []))
        cluster.write_text(there)
        found.append((side, [_told(line, folder) for line in log.read_text().splitlines() if not _noise(line)]))
    return found


def _noise(line: str) -> bool:
    event = json.loads(line)
    return any(kind in event for kind in NOISE) or event.get("diagnosticEvent", {}).get("severity") == "debug"


def _told(line: str, folder: Path) -> str:
    return line.replace(str(folder), "/work").replace(str(PACK.parent), "/paas").replace(sys.prefix, "/python")


def _gone(namespace: str, environment: Mapping[str, str]) -> None:
    """Wait until nothing of the scenario is left, so that the next one starts from nothing."""
    subprocess.run(
        ["kubectl", "wait", "--for=delete", f"namespace/{namespace}", "--timeout=60s"],
        env=dict(environment),
        check=True,
        capture_output=True,
    )


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
