"""`paas preview`: what `up` would do to stacks."""

import typer

from cli._command import Stacks, finish, perform, waves
from cli._engine import Engine
from cli._output import Output, OutputOption


def preview(context: typer.Context, stacks: Stacks, output: OutputOption = Output.TABLE) -> None:
    """Show what `up` would change, and which rules refuse it. A stack that the backend does not know is made, empty."""
    finish(perform(context.obj, Engine(context.obj), "preview", waves(stacks)), output)
