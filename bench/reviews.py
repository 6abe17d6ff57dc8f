"""What a review of a change that touches 20 tenants takes: previews of what is merged and of the change, side by side.

python -m bench.reviews

Previews are judged by the policy pack, as in a pipeline. The bound is twice what the slowest of them takes alone, for
each tenant, divided by the cores: once for the previews of the change, and once more for those of what is merged.
"""

import os
import shutil
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from bench.environments import PROGRAM, Fleet, fleet, platform_up, tenant
from review.assess import Assessment, assess
from review.build import review
from review.events import Log, read
from review.markdown import comment
from review.report import report
from sandbox.engine.environment import POLICY_PACK
from spec import names

TENANTS = 20
ALONE = 3  # stacks, evenly spread, of which both previews are also timed alone
CORES = os.cpu_count() or 1
SHOWN = {"PULUMI_DEBUG_COMMANDS": "true"}  # or the engine has no --event-log


@dataclass(frozen=True)
class Side:
    """The project as it is merged, or as the change makes it, on the same state."""

    name: str
    made: Fleet

    def preview(self, stack: str, logs: Path) -> tuple[float, Log]:
        """Return the seconds of a preview, and what it said."""
        path = logs / f"{self.name}-{stack}.jsonl"
        path.unlink(missing_ok=True)
        began = time.monotonic()
        pack = {POLICY_PACK: str(self.made.folder / "policies")}
        self.made.pulumi("preview", "--stack", stack, "--event-log", str(path), **SHOWN, **pack)
        return time.monotonic() - began, read(path.read_text().splitlines())


@contextmanager
def sides(made: Fleet) -> Iterator[tuple[Side, Side]]:
    """Give both sides of a change of every tenant's stack file."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(made.folder / "stacks", folder / "stacks")
        shutil.copy(made.folder / "Pulumi.yaml", folder)
        for part in PROGRAM:
            (folder / part).symlink_to((made.folder / part).resolve())
        (folder / "state").symlink_to(made.folder / "state")
        for stack in made.stacks:
            path = folder / names.stack_file(stack)
            path.write_text(path.read_text().replace("bench@paas.example", "night@paas.example"))
        yield Side("base", made), Side("head", Fleet(folder, made.stacks))


def previewed(side: Side, logs: Path) -> dict[str, Log]:
    """Preview all stacks of a side, as many at a time as there are cores."""
    with ThreadPoolExecutor(CORES) as pool:
        said = list(pool.map(lambda stack: side.preview(stack, logs)[1], side.made.stacks))
    return dict(zip(side.made.stacks, said, strict=True))


def assessed(heads: dict[str, Log], bases: dict[str, Log]) -> Assessment:
    """Write what a change means, in all forms."""
    found = assess(review(heads, bases))
    comment(found)
    report(found)
    return found


@contextmanager
def timed(seconds: list[float]) -> Iterator[None]:
    """Add to `seconds` what the block takes."""
    began = time.monotonic()
    yield
    seconds.append(time.monotonic() - began)


def main() -> None:
    """Run and print the table."""
    platform_up()
    with fleet([tenant(number, 1) for number in range(TENANTS)]) as made, TemporaryDirectory() as name:
        made.each(made.stacks, "up", "--yes", "--skip-preview")
        with sides(made) as (base, head):
            sample = made.stacks[:: TENANTS // ALONE]
            alone = max(side.preview(stack, Path(name))[0] for stack in sample for side in (base, head))
            took: list[float] = []
            with timed(took):
                heads = previewed(head, Path(name))
            with timed(took):
                bases = previewed(base, Path(name))
            with timed(took):
                found = assessed(heads, bases)
    changed = sum(bool(stack.own) for stack in found.review.stacks)
    if changed != TENANTS:
        raise SystemExit(f"the change touches {changed} of {TENANTS} tenants: {found.reasons}")
    bound = 2 * alone * TENANTS / CORES
    table = Table(f"a review of a change of {TENANTS} tenants", "seconds", title_justify="left")
    table.add_row("slowest preview alone", f"{alone:.1f}")
    table.add_row(f"{TENANTS} previews of the change on {CORES} cores", f"{took[0]:.1f}")
    table.add_row(f"{TENANTS} of what is merged", f"{took[1]:.1f}")
    table.add_row("comment and report", f"{took[2]:.1f}")
    table.add_row(f"meant to be the most for {TENANTS}: 2 x {alone:.1f} x {TENANTS} / {CORES}", f"{bound:.1f}")
    Console(width=110).print(table)
    worst = max(took[:2]) / bound
    print(f"  {TENANTS} previews for a review: {worst:.2f} of the bound", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
