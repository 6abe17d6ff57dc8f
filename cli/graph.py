"""`paas graph`: a picture of a tenant's environment, or of all of them."""

from typing import Annotated

import typer

from cli import _picture
from cli._command import complete
from cli._project import Project
from spec import PLATFORM_STACK, TenantSpec


def graph(
    context: typer.Context,
    stack: Annotated[
        str | None, typer.Argument(help="A tenant's stack; none: the whole fleet.", autocompletion=complete)
    ] = None,
) -> None:
    """Draw a stack file, or all of them, as a Mermaid flowchart, which forges and editors show as a picture."""
    project: Project = context.obj
    if stack and stack != PLATFORM_STACK:
        spec = project.usable(stack).spec
        if isinstance(spec, TenantSpec):
            print(_picture.tenant(spec), end="")
        return
    usable = [project.usable(each) for each in project.files]
    print(_picture.fleet({file.stack: file.spec for file in usable if file.spec}), end="")
