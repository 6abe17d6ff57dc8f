"""`paas fleet`: one verb on all stacks. The platform first, then the canary, then the rest side by side."""

import os
from typing import Annotated

import typer

from cli._codes import Code
from cli._command import Yes, attended, complete, fine, finish
from cli._engine import Engine, interruptible
from cli._errors import CliError
from cli._output import Output, OutputOption, say
from cli._progress import Progress
from cli._project import Project, no_file
from cli._record import Record, fingerprint
from cli._run import Runner, Verb, in_waves, not_begun
from cli._runs import RunReport, StackRun
from cli.export import export
from spec import PLATFORM_STACK

app = typer.Typer(no_args_is_help=True, help="All stacks: the platform first, then the canary, then the rest.")

app.command()(export)

Parallel = Annotated[int | None, typer.Option(min=1, help="Stacks at a time. Absent: as many as there are cores.")]
Canary = Annotated[str | None, typer.Option(help="A stack that goes ahead of the rest.", autocompletion=complete)]
Stop = Annotated[bool, typer.Option("--stop-after-canary", help="End after the canary; --resume goes on.")]
Resume = Annotated[
    bool, typer.Option("--resume", help="Leave out what the last run has done, unless its file or the program changed.")
]


@app.command()
def up(
    context: typer.Context,
    *,
    parallel: Parallel = None,
    canary: Canary = None,
    stop: Stop = False,
    resume: Resume = False,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Make all stacks what their files say. One that fails leaves the others done; a platform or canary ends it all."""
    turns = plan(context.obj, canary, stop=stop)
    if not yes:
        attended()
        if not typer.confirm(f"Bring up {sum(map(len, turns))} stacks?", err=True):
            raise CliError("nothing is applied", "answer y, or add --yes", Code.CANCELLED)
    _run(context.obj, "up", turns, parallel=parallel, resume=resume, output=output)


@app.command()
def preview(
    context: typer.Context,
    *,
    parallel: Parallel = None,
    canary: Canary = None,
    stop: Stop = False,
    resume: Resume = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Show what `fleet up` would change."""
    _run(context.obj, "preview", plan(context.obj, canary, stop=stop), parallel=parallel, resume=resume, output=output)


def plan(project: Project, canary: str | None, *, stop: bool) -> list[list[str]]:
    """Return the stacks of a project in the order of their turns.

    Raises:
        CliError: the canary has no file, or there is none to stop after.
    """
    if canary is not None and canary not in project.files:
        raise no_file(canary, project.files)
    if stop and canary is None:
        raise CliError("there is no canary to stop after", "name one: --canary STACK", Code.USAGE)
    rest = [stack for stack in project.files if stack not in (PLATFORM_STACK, canary)]
    first = [PLATFORM_STACK] if PLATFORM_STACK in project.files else []
    ahead = [canary] if canary not in (None, PLATFORM_STACK) else []
    return [turn for turn in (first, [name for name in ahead if name], [] if stop else rest) if turn]


def _run(
    project: Project, verb: Verb, turns: list[list[str]], *, parallel: int | None, resume: bool, output: Output
) -> None:
    engine = Engine(project)
    record = Record.of(project, verb)
    if not resume:
        record.forget()
    with interruptible(engine.command), Progress(verb) as progress:
        runner = Runner(verb=verb, project=project, engine=engine, known=engine.stacks(), progress=progress)

        def once(stack: str) -> StackRun:
            now = fingerprint(project, stack)
            if record.done.get(stack) == now:
                say(f"{stack}: done before")
                return not_begun(stack).model_copy(update={"result": "done before"})
            run = runner.run(stack)
            if fine(run):
                record.add(stack, now)
            return run

        runs = in_waves(turns, once, parallel or os.cpu_count() or 1, fine=fine)
    left = [stack for stack in project.files if stack not in {run.stack for run in runs if fine(run)}]
    if left:
        say(f"not done: {', '.join(left)}; `paas fleet {verb} --resume` goes on")
    finish(RunReport(verb=verb, stacks=tuple(runs)), output)
