"""`paas list`: all stacks, by their files and by the backend."""

import typer

from cli._engine import Engine, interruptible
from cli._output import Output, OutputOption, emit
from cli._reports import ListReport
from cli._states import stacks


def list_(context: typer.Context, output: OutputOption = Output.TABLE) -> None:
    """Show all stacks that have a file or a state: whose they are, since when they are up, how they last fared."""
    engine = Engine(context.obj)
    with interruptible(engine.command):
        report = ListReport(stacks=tuple(stacks(context.obj, engine)))
    emit(report, output)
