"""`paas destroy`: stacks go, tenants before the platform, and what they leave in the cluster is told."""

from collections.abc import Sequence
from typing import Annotated

import typer

from apiserver import Unreachable
from cli._codes import Code
from cli._command import Stacks, Yes, attended, fine, finish, perform, waves
from cli._engine import Engine, explained, unknown
from cli._errors import CliError
from cli._leftovers import leftovers
from cli._output import Output, OutputOption
from cli._progress import Progress
from cli._project import Project
from cli._run import cluster_of
from cli._runs import RunReport, StackRun
from spec import PLATFORM_STACK

REMOVE = "Afterwards also remove the stack from the backend, and its file. Only where nothing is left."


def destroy(
    context: typer.Context,
    stacks: Stacks,
    yes: Yes = False,
    remove: Annotated[bool, typer.Option("--remove", help=REMOVE)] = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Delete everything of stacks, and tell what is left of them in the cluster."""
    engine = Engine(context.obj)
    known = engine.stacks()
    if missing := [stack for stack in stacks if stack not in known]:
        raise unknown(*missing)
    standing = [name for name, found in known.items() if found.resource_count and name not in stacks]
    if PLATFORM_STACK in stacks and standing:
        raise CliError(f"tenants stand on the platform: {', '.join(standing)}", "destroy them first, or with it")
    if not yes:
        ask(stacks)
    report = retire(context.obj, engine, waves(stacks, last=True))
    if remove:
        for run in report.stacks:
            if run.code == Code.DONE:
                with explained():
                    engine.workspace.remove_stack(run.stack)
    finish(report, output)


def retire(project: Project, engine: Engine, turns: Sequence[Sequence[str]]) -> RunReport:
    """Destroy stacks, turn after turn, and ask the API server what is left of them."""
    report = perform(project, engine, "destroy", turns)
    with Progress("search for leftovers") as progress:
        runs = [_checked(project, engine, run, progress) for run in report.stacks]
    return RunReport(verb="destroy", stacks=tuple(runs))


def _checked(project: Project, engine: Engine, run: StackRun, progress: Progress) -> StackRun:
    if not fine(run):
        return run
    with progress.track(run.stack) as track:
        try:
            left, unasked = leftovers(cluster_of(project, engine, run.stack), run.stack)
        except Unreachable as error:
            track.result = "unknown: the cluster does not answer"
            return run.model_copy(update={"code": Code.UNREACHABLE, "errors": (f"what is left is unknown: {error}",)})
        track.result = f"{len(left)} leftovers in the cluster" + (
            f"; unknown of {', '.join(unasked)}" if unasked else ""
        )
    code = Code.LEFTOVERS if left else Code.DONE
    return run.model_copy(update={"code": code, "leftovers": tuple(left), "unasked": tuple(unasked)})


def ask(stacks: Sequence[str]) -> None:
    """Have a person type the name of each stack.

    Raises:
        CliError: another name was typed, or nobody is there.
    """
    attended()
    for stack in dict.fromkeys(stacks):
        typed: str = typer.prompt(f"Everything of {stack} will be deleted. Its name", err=True)
        if typed.strip() != stack:
            raise CliError(f"nothing is destroyed: {typed!r} is not {stack!r}", "type the stack's name", Code.CANCELLED)
