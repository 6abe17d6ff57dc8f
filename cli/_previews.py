"""Previews whose events are kept: of a project as it is, and as it was where a branch began."""

import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from pulumi import automation

from cli._engine import Command, Engine, explained, interruptible, last_words
from cli._errors import CliError
from cli._output import say
from cli._progress import Progress
from cli._project import Project
from cli._run import no_new_file
from review.events import Log, never, read

SHOWN = {"PULUMI_DEBUG_COMMANDS": "true", "PULUMI_EXPERIMENTAL": "true"}
"""Without them the engine takes neither `--event-log` nor `--save-plan`."""

VENV = ".venv"


@dataclass(frozen=True)
class Side:
    """A project at one commit.

    Attributes:
        name: `head` or `base`.
        plans: where the plan of each stack is written; None: nowhere.
    """

    name: str
    project: Project
    engine: Engine
    plans: Path | None = None


def lent(project: Project, of: Project) -> None:
    """Let a project that git has just laid out use the packages of another, whose folder they are in."""
    there = of.root / VENV
    if there.exists() and not (project.root / VENV).exists():
        (project.root / VENV).symlink_to(there.resolve())


def previews(sides: Sequence[Side], stacks: Sequence[str], parallel: int) -> dict[str, dict[str, Log]]:
    """Return logs by side and stack; a stack that a side has no file for is not in it.

    A stack that the backend does not know is made for the time of its previews.
    """
    command = sides[0].engine.command  # one for all, so that Ctrl-C reaches all
    jobs = [(side, stack) for stack in stacks for side in sides if stack in side.project.files]
    with ExitStack() as until, interruptible(command), Progress("preview") as progress:
        missing = until.enter_context(_made(sides[0].engine, stacks))
        place = Path(until.enter_context(tempfile.TemporaryDirectory(prefix="paas-events-")))

        def run(job: tuple[Side, str]) -> Log:
            side, stack = job
            with progress.track(f"{stack} ({side.name})") as track:
                log = missing.get(stack) or _preview(command, side, stack, place / f"{side.name}-{stack}.jsonl")
                track.result = "done" if log.result == "succeeded" else "failed"
                return log

        with ThreadPoolExecutor(max(1, parallel)) as pool:
            logs = list(pool.map(run, jobs))
    found: dict[str, dict[str, Log]] = {side.name: {} for side in sides}
    for (side, stack), log in zip(jobs, logs, strict=True):
        found[side.name][stack] = log
    return found


@contextmanager
def _made(engine: Engine, stacks: Sequence[str]) -> Iterator[dict[str, Log]]:
    """Make what the backend does not know, for the time of the block; yield the logs of those that cannot be had."""
    try:
        known = engine.stacks()
    except CliError as error:  # without a backend there is no preview, and the comment is to say so
        yield dict.fromkeys(stacks, never(error.what))
        return
    lost, made = {}, []
    for stack in stacks:
        if stack not in known:
            try:
                with explained(), no_new_file(engine_project(engine), stack):
                    engine.workspace.create_stack(stack)
                made.append(stack)
            except CliError as error:
                lost[stack] = never(error.what)
    try:
        yield lost
    finally:
        for stack in made:
            try:
                with explained():
                    engine.workspace.command(["stack", "rm", stack, "--yes", "--preserve-config"])
            except CliError as error:
                say(f"{stack} was made for its preview, and is still there: {error.what}")


def engine_project(engine: Engine) -> Project:
    """Return the project that an engine works on."""
    return Project(Path(engine.workspace.work_dir))


def _preview(command: Command, side: Side, stack: str, events: Path) -> Log:
    try:
        side.project.usable(stack)
        words = ["preview", "--stack", stack, "--event-log", str(events), "--suppress-outputs", "--color", "never"]
        words += [word for pack in side.engine.packs or () for word in ("--policy-pack", pack)]
        if side.plans:
            words += ["--save-plan", str(side.plans / f"{stack}.json")]
        command.run(words, str(side.project.root), SHOWN)
    except CliError as error:
        return never(error.what)
    except automation.CommandError as error:
        if not events.exists() or not events.stat().st_size:
            return never(last_words(error))
    with events.open() as lines:
        return read(lines)
