"""`paas up`: stacks become what their files say."""

from pathlib import Path
from typing import Annotated

import typer

from cli._codes import Code
from cli._command import Stacks, Yes, attended, fine, finish, perform, tell_errors, waves
from cli._engine import Engine
from cli._errors import CliError
from cli._output import Output, OutputOption, emit, say

PlansOption = Annotated[
    Path | None,
    typer.Option(help="Folder of plans that `paas review --plans` wrote: what is in none of them is not done."),
]


def up(
    context: typer.Context,
    stacks: Stacks,
    *,
    yes: Yes = False,
    plans: PlansOption = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Make stacks what their files say. On a terminal a preview comes first, unless --yes says otherwise."""
    engine = Engine(context.obj)
    if not yes:
        planned = perform(context.obj, engine, "preview", waves(stacks))
        if not all(fine(run) for run in planned.stacks):
            finish(planned, output)
        if not any(run.changes for run in planned.stacks):
            say("nothing to change")
            finish(planned, output)
        emit(planned, Output.TABLE)
        tell_errors(planned)
        attended()
        if not typer.confirm("Apply this?", err=True):
            raise CliError("nothing is applied", "answer y, or add --yes", Code.CANCELLED)
    finish(perform(context.obj, engine, "up", waves(stacks), plans=plans), output)
