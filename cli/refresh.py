"""`paas refresh`: the states of stacks become what the cluster has."""

import typer

from cli._command import Stacks, finish, perform, waves
from cli._engine import Engine
from cli._output import Output, OutputOption


def refresh(context: typer.Context, stacks: Stacks, output: OutputOption = Output.TABLE) -> None:
    """Read what is in the cluster into the states of stacks. Changes nothing in the cluster."""
    finish(perform(context.obj, Engine(context.obj), "refresh", waves(stacks)), output)
