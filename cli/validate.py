"""`paas validate`: every problem of every stack file at once, and what they want from each other."""

from pathlib import Path
from typing import Annotated

import typer

from cli import _files, _project
from cli._codes import Code
from cli._output import Output, OutputOption, emit, say
from cli._reports import ValidateReport

FILES = "Stack files; none: all of the project. What clashes with other files of the project is told in any case."


def validate(
    context: typer.Context,
    files: Annotated[list[Path] | None, typer.Argument(help=FILES)] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Check stack files: every error at once, with file, line and column, and clashes between tenants."""
    project: _project.Project = context.obj
    chosen = [_files.read(path, project.root) for path in files] if files else list(project.files.values())
    findings = [finding for file in chosen for finding in project.findings(file)]
    emit(ValidateReport(files=tuple(file.path for file in chosen), findings=tuple(findings)), output)
    say(f"{_count(len(chosen), 'file')}, {_count(len(findings), 'problem')}")
    if findings:
        raise typer.Exit(Code.INVALID)


def _count(number: int, what: str) -> str:
    return f"{number or 'no'} {what}{'' if number == 1 else 's'}"
