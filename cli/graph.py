"""`paas graph`: a picture of a tenant's environment, or of all of them."""

from enum import StrEnum
from typing import Annotated

import typer

from cli._command import complete
from cli._project import Project
from review import picture
from review.picture import Picture
from spec import PLATFORM_STACK, TenantSpec


class Drawing(StrEnum):
    """How a picture is written."""

    MERMAID = "mermaid"
    SVG = "svg"


def graph(
    context: typer.Context,
    stack: Annotated[
        str | None, typer.Argument(help="A tenant's stack; none: the whole fleet.", autocompletion=complete)
    ] = None,
    output: Annotated[
        Drawing,
        typer.Option("--output", "-o", help="How it is written on stdout.", case_sensitive=False),
    ] = Drawing.MERMAID,
) -> None:
    """Draw a stack file, or all of them: as a Mermaid flowchart, which forges show, or as an SVG that needs nothing."""
    found = _picture(context.obj, stack)
    print(picture.svg(found, alone=True) if output is Drawing.SVG else picture.mermaid(found), end="")


def _picture(project: Project, stack: str | None) -> Picture:
    if stack and stack != PLATFORM_STACK:
        spec = project.usable(stack).spec
        if isinstance(spec, TenantSpec):
            return picture.tenant(spec)
    usable = [project.usable(each) for each in project.files]
    return picture.fleet({file.stack: file.spec for file in usable if file.spec})
