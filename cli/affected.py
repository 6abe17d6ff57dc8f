"""`paas affected`: the stacks that a change can reach."""

from typing import Annotated

import typer

from cli import _git
from cli._imports import imports
from cli._output import Output, OutputOption, emit
from cli._project import Project
from cli._pulls import AffectedReport, AffectedStack
from review.affected import Affected
from review.affected import affected as reached

BaseOption = Annotated[
    str, typer.Option("--base", help="What it is to be merged into; it is compared with where the two parted.")
]


def affected(context: typer.Context, base: BaseOption, output: OutputOption = Output.TABLE) -> None:
    """Tell which stacks a change can reach, from the files that differ and from what imports them. Runs nothing."""
    project: Project = context.obj
    since = _git.merge_base(project.root, base)
    found = since_commit(project, since)
    stacks = tuple(AffectedStack(stack=stack, files=files) for stack, files in found.stacks.items())
    emit(AffectedReport(base=since, stacks=stacks, gone=found.gone), output)


def since_commit(project: Project, since: str) -> Affected:
    """Return what can be reached by all that differs from a commit."""
    return reached(_git.changed(project.root, since), list(project.files), imports(project.root))
