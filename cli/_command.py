"""What the verbs that run the engine have in common: their arguments, their report and their end."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from cli import _files, _project
from cli._codes import worst
from cli._engine import Engine, interruptible, unknown
from cli._errors import CliError
from cli._output import Output, emit, say
from cli._progress import Progress
from cli._project import Project, no_file
from cli._run import FROM_FILE, Runner, Verb, in_waves
from cli._runs import RunReport, StackRun
from spec import PLATFORM_STACK


def complete(context: typer.Context, incomplete: str) -> list[str]:
    """Return the stacks that have a file and begin with what is typed, for the shell."""
    try:
        root = _project.find(context.find_root().params.get("folder")).root
    except CliError:
        return []
    names = (_files.stack_of(path) or "" for path in _files.stack_files(root))
    return [name for name in names if name.startswith(incomplete)]


Stacks = Annotated[list[str], typer.Argument(help="Stacks, such as acme-prod.", autocompletion=complete)]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


def waves(stacks: Sequence[str], *, last: bool = False) -> list[list[str]]:
    """Return `stacks` without repetition in the order of their turns: the platform first, or `last`."""
    tenants = [stack for stack in dict.fromkeys(stacks) if stack != PLATFORM_STACK]
    platform = [PLATFORM_STACK] if PLATFORM_STACK in stacks else []
    turns = [tenants, platform] if last else [platform, tenants]
    return [turn for turn in turns if turn]


def perform(
    project: Project,
    engine: Engine,
    verb: Verb,
    turns: Sequence[Sequence[str]],
    *,
    parallel: int = 1,
    plans: Path | None = None,
) -> RunReport:
    """Run a verb on stacks, turn after turn, with progress; Ctrl-C ends the engine in good order.

    Raises:
        CliError: one of them is not there, and nothing has begun.
    """
    with interruptible(engine.command), Progress(verb) as progress:
        known = engine.stacks()
        for stack in (stack for turn in turns for stack in turn):
            if verb in FROM_FILE and stack not in project.files:
                raise no_file(stack, project.files)
            if verb not in FROM_FILE and stack not in known:
                raise unknown(stack)
        runner = Runner(verb=verb, project=project, engine=engine, known=known, progress=progress, plans=plans)
        return RunReport(verb=verb, stacks=tuple(in_waves(turns, runner.run, parallel, fine=fine)))


def fine(run: StackRun) -> bool:
    """Say whether what comes after a run may begin."""
    return run.result in ("changed", "unchanged", "done before")


def finish(report: RunReport, output: Output) -> None:
    """Write the report, tell why what failed did, and exit with the code of the worst."""
    emit(report, output)
    tell_errors(report)
    raise typer.Exit(worst(run.code for run in report.stacks))


def tell_errors(report: RunReport) -> None:
    """Tell on stderr why stacks failed."""
    for run in report.stacks:
        for error in run.errors:
            say(f"{run.stack}: {error}")


def attended() -> None:
    """Make sure that a person is there to answer.

    Raises:
        CliError: stdin is no terminal.
    """
    if not sys.stdin.isatty():
        raise CliError("nobody is there to confirm it", "add --yes")
