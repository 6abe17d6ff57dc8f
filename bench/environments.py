"""What this product's own tenants cost: objects and seconds each, and how that grows with their number.

python -m bench.environments                 one tenant, then 20 tenants of one namespace
python -m bench.environments 200 3           200 tenants of three namespaces each

Every tenant is a stack of its own, as in real life, driven as a pipeline would: `WORKERS` at a time. Tenants have no
apps, so that the figures are those of the engine and of the API server, not of starting containers on one small node.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import yaml
from rich.console import Console
from rich.table import Table

from spec import names
from spec.labels import PART_OF

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = ("__main__.py", "components", "policies", "spec", ".venv")
PLATFORM = names.stack_file("platform")
WORKERS = 2  # stacks at a time: one for each core of the machine that the figures are quoted for
SIZES = ((1, 1), (20, 1))  # tenants, namespaces of each
SAMPLE = 20  # stacks, evenly spread, that are asked what a second up, a preview and a destroy take
GROWTH = 5  # parts in which a run's tenants are told apart, to see how the later ones fare


@dataclass(frozen=True)
class Fleet:
    """A folder with one stack file for each tenant, and a state of its own."""

    folder: Path
    stacks: tuple[str, ...]

    def pulumi(self, *words: str, **more: str) -> str:
        """Run a command of the engine to its end, with `more` in its environment."""
        done = subprocess.run(
            ["pulumi", *words, "--non-interactive"],
            cwd=self.folder,
            env={**os.environ, **more, "PULUMI_BACKEND_URL": f"file://{self.folder}/state?metadata=skip"},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"pulumi {' '.join(words)} failed:\n{done.stdout}\n{done.stderr}")
        return done.stdout

    @property
    def sample(self) -> tuple[str, ...]:
        """Some of the stacks: those of the whole run, old and new ones."""
        return self.stacks[:: max(1, len(self.stacks) // SAMPLE)]

    def each(self, stacks: tuple[str, ...], *words: str) -> list[float]:
        """Run a command on stacks, `WORKERS` at a time; return the seconds of each, in order."""

        def one(stack: str) -> float:
            began = time.monotonic()
            self.pulumi(*words, "--stack", stack)
            return time.monotonic() - began

        with ThreadPoolExecutor(WORKERS) as pool:
            return list(pool.map(one, stacks))

    def objects(self) -> int:
        """Return how many Kubernetes objects the first tenant has."""
        state = json.loads(self.pulumi("stack", "export", "--stack", self.stacks[0]))
        kept = [each for each in state["deployment"]["resources"] if each["custom"]]
        return sum(each["type"].startswith("kubernetes:") for each in kept)


def tenant(number: int, namespaces: int) -> dict[str, object]:
    """Return `paas:tenant` of one tenant: members, egress, and an app and a job that cost the cluster no container."""
    extra = {f"part{index}": {"percent": 20} for index in range(1, namespaces)}
    return {
        "name": f"fleet{number}",
        "environment": "dev",
        "tier": "small",
        "owner": {"team": "bench", "escalation": "bench@paas.example"},
        "costCentre": "cc-bench",
        "members": {role: [f"oidc:fleet{number}-{role}s"] for role in ("admin", "developer", "viewer", "deployer")},
        "namespaces": extra,
        "egress": {"out": {"cidr": "203.0.113.0/24", "ports": [443], "reason": "bench"}},
        "jobs": {
            "nightly": {
                "image": "registry.k8s.io/e2e-test-images/agnhost:2.59",
                "args": ["pause"],
                "schedule": "0 3 29 2 *",
            }
        },
    }


@contextmanager
def fleet(documents: list[dict[str, object]]) -> Iterator[Fleet]:
    """Give stacks that are not up yet, all in environment `dev`; afterwards none of them is left."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "state").mkdir()
        (folder / "stacks").mkdir()
        (folder / "Pulumi.yaml").write_text((ROOT / "Pulumi.yaml").read_text())
        for part in PROGRAM:
            (folder / part).symlink_to(ROOT / part)
        made = Fleet(folder, tuple(f"{document['name']}-dev" for document in documents))
        _facts(made)
        for stack, document in zip(made.stacks, documents, strict=True):
            made.pulumi("stack", "init", stack)
            path = folder / names.stack_file(stack)
            said = yaml.safe_load(path.read_text()) if path.exists() else {}
            path.write_text(yaml.safe_dump(said | {"config": {"paas:tenant": document}}))
        try:
            yield made
        finally:
            # The quick way out: the state goes with the folder.
            chosen = f"{PART_OF} in ({', '.join(made.stacks)})"
            subprocess.run(
                ["kubectl", "delete", "namespaces,flowschemas", "-l", chosen], capture_output=True, check=True
            )


def _facts(made: Fleet) -> None:
    """Give the fleet's state the platform's stack as it is, whose outputs tenants read."""
    export = subprocess.run(
        ["pulumi", "stack", "export", "--stack", "platform"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    made.pulumi("stack", "init", "platform")
    path = made.folder / "platform.json"
    path.write_text(export)
    made.pulumi("stack", "import", "--stack", "platform", "--force", "--file", str(path))


def measure(table: Table, count: int, namespaces: int) -> None:
    """Run one size and add its rows."""
    began = time.monotonic()
    with fleet([tenant(number, namespaces) for number in range(count)]) as made:
        first = made.each(made.stacks, "up", "--yes", "--skip-preview")
        whole = time.monotonic() - began
        part = max(1, len(first) // GROWTH)
        objects = made.objects()
        again = made.each(made.sample, "up", "--yes", "--skip-preview")
        preview = made.each(made.sample, "preview")
        gone = made.each(made.sample, "destroy", "--yes", "--skip-preview")
        table.add_row(
            f"{count} x {namespaces}",
            str(objects),
            f"{median(first):.1f}",
            f"{median(first[-part:]) / median(first[:part]):.2f} x",
            f"{whole:.0f}",
            f"{median(again):.1f}",
            f"{median(preview):.1f}",
            f"{median(gone):.1f}",
        )
    print(f"  {count} tenants x {namespaces} namespaces: {whole:.0f} s up", file=sys.stderr, flush=True)


def platform_up() -> None:
    """Bring the platform up."""
    for words in (("stack", "select", "--create"), ("up", "--yes", "--skip-preview", "--stack")):
        subprocess.run(["pulumi", *words, "platform", "--non-interactive"], cwd=ROOT, capture_output=True, check=True)


def main(sizes: tuple[tuple[int, int], ...] = SIZES) -> None:
    """Bring the platform up, run the sizes and print the table."""
    platform_up()
    title = f"Tenant environments, {WORKERS} stacks at a time; the platform is up (seconds)"
    columns = (
        "tenants x namespaces",
        "objects each",
        "up, each",
        "last fifth / first",
        "up, all",
        "again",
        "preview",
        "destroy",
    )
    table = Table(*columns, title=title, title_justify="left")
    for count, namespaces in sizes:
        measure(table, count, namespaces)
    Console(width=110).print(table)


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    main(tuple(zip(given[::2], given[1::2], strict=True)) or SIZES)
