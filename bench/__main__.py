"""`make bench`: time the sandbox, and Pulumi against kubectl on the same objects, in one run.

Prints one line per figure while it goes on (stderr) and the table at the end (stdout).
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml
from rich.console import Console
from rich.table import Table

from bench import environments, life, policies, reviews
from bench.objects import tenants
from sandbox.engine.environment import NO_SIDE_FILES, POLICY_PACK

PROGRAM = Path(__file__).with_name("program")
SIZES = (("one tenant, real node", 1, False), ("20 tenants, simulated nodes", 20, True))


class Run:
    """The figures of one run, in seconds."""

    def __init__(self) -> None:
        self.table = Table("what", "seconds", "against kubectl", title="Benchmarks", title_justify="left")

    def timed(self, what: str, do: Callable[[], None], against: float | None = None) -> float:
        """Run `do`, note how long it took and how that compares, and return it."""
        began = time.monotonic()
        do()
        took = time.monotonic() - began
        self.table.add_row(what, f"{took:.1f}", f"{took / against:.1f} x" if against else "")
        print(f"  {what}: {took:.1f} s", file=sys.stderr, flush=True)
        return took


def sh(*command: str, cwd: Path | None = None, stdin: str | None = None) -> None:
    """Run a command to its end; what it says is shown only if it fails."""
    done = subprocess.run(command, cwd=cwd, input=stdin, text=True, capture_output=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout}\n{done.stderr}")


def sandbox(*words: str) -> None:
    """Run a verb of the sandbox."""
    sh(sys.executable, "-m", "sandbox", *words)


def kubectl(count: int, *, simulated: bool) -> Callable[[], None]:
    """Return what applies the objects and waits for the workloads."""
    objects = tenants("kubectl", count, simulated=simulated)
    first = [item for item in objects if item["kind"] == "Namespace"]
    rest = [item for item in objects if item["kind"] != "Namespace"]

    def apply() -> None:
        for part in (first, rest):
            sh("kubectl", "apply", "--server-side", "-f", "-", stdin=yaml.safe_dump_all(part))
        label = "app.kubernetes.io/part-of=paas-bench"
        sh("kubectl", "wait", "--for=condition=Available", "--timeout=5m", "deployment", "-A", "-l", label)

    return apply


def clear() -> None:
    """Remove what kubectl made, and wait until it is gone."""
    label = ("-l", "app.kubernetes.io/part-of=paas-bench", "--wait", "--ignore-not-found")
    sh("kubectl", "delete", "namespace,clusterrole,priorityclass", *label)


@contextmanager
def stack(count: int, *, simulated: bool) -> Iterator[Callable[..., Callable[[], None]]]:
    """Make a stack of its own state; the block gets a function that returns a Pulumi command ready to run."""
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "program"
        shutil.copytree(PROGRAM, program)
        os.environ["PULUMI_BACKEND_URL"] = f"file://{folder}{NO_SIDE_FILES}"
        os.environ["PYTHONPATH"] = str(Path(__file__).resolve().parents[1])
        project = (program / "Pulumi.yaml").read_text().replace("../../.venv", str(Path(sys.prefix)))
        (program / "Pulumi.yaml").write_text(project)

        def pulumi(*words: str) -> Callable[[], None]:
            return lambda: sh("pulumi", *words, "--non-interactive", cwd=program)

        pulumi("stack", "init", "bench")()
        for key, value in {"prefix": "pulumi", "tenants": count, "simulated": simulated}.items():
            pulumi("config", "set", key, str(value).lower())()
        yield pulumi


def main() -> None:
    """Run all and print the table."""
    run = Run()
    sandbox("down")
    run.timed("sandbox up, warm", lambda: sandbox("up", "--simulated", "3"))
    environments.main()
    policies.main()
    life.main()
    reviews.main()
    os.environ.pop(POLICY_PACK, None)  # what follows is no tenant's
    for title, count, simulated in SIZES:
        objects = len(tenants("x", count, simulated=simulated))
        base = run.timed(f"{title}: kubectl apply + wait, {objects} objects", kubectl(count, simulated=simulated))
        gone = run.timed(f"{title}: kubectl delete", clear)
        with stack(count, simulated=simulated) as pulumi:
            up = ("up", "--yes", "--skip-preview")
            run.timed(f"{title}: pulumi preview (nothing there yet)", pulumi("preview"), base)
            run.timed(f"{title}: pulumi up", pulumi(*up), base)
            run.timed(f"{title}: pulumi up, nothing to do", pulumi(*up), base)
            run.timed(f"{title}: pulumi preview, nothing to do", pulumi("preview"), base)
            run.timed(f"{title}: pulumi destroy", pulumi("destroy", "--yes", "--skip-preview"), gone)
    Console(width=110).print(run.table)


main()
