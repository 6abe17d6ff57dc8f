"""`paas diff`: what differs between two environments, or between a stack file now and as it was."""

from typing import Annotated

import typer

from cli import _files, _git, _prices
from cli._codes import Code
from cli._command import complete
from cli._contrasts import Difference, DiffReport, Pair
from cli._errors import CliError
from cli._output import Output, OutputOption, emit, say
from cli._project import Project, no_file
from review.contrast import Spec, contrast
from review.verdict import counted
from spec import names


def diff(
    context: typer.Context,
    stack: Annotated[
        str | None,
        typer.Argument(help="A stack; none: all whose files differ from the revision.", autocompletion=complete),
    ] = None,
    other: Annotated[
        str | None,
        typer.Argument(help="A stack to compare with; none: the same one, earlier.", autocompletion=complete),
    ] = None,
    since: Annotated[
        str | None, typer.Option(help="The revision of the files that are compared with. Absent: HEAD.")
    ] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Tell what stack files say differently, and what follows from it: quotas, access, copies, network, cost.

    It compares files alone. What the cluster would get of it, `preview` tells; what of it was changed by hand, `audit`.
    """
    project: Project = context.obj
    if other and since:
        raise CliError("two stacks are compared as they are now", "leave out --since, or OTHER", Code.USAGE)
    since = since or "HEAD"
    if stack and other:
        pairs = [_pair(project, (stack, project.usable(stack).spec), (other, project.usable(other).spec))]
    else:
        pairs = [_since(project, each, since) for each in ([stack] if stack else _all(project, since))]
    told = tuple(pair for pair in pairs if pair.differences)
    emit(DiffReport(pairs=told), output)
    say(counted(sum(len(pair.differences) for pair in told), "difference"))
    if told:
        raise typer.Exit(Code.CHANGES)


def _all(project: Project, revision: str) -> list[str]:
    """Return all stacks that have a file, or had one."""
    before = (_files.stack_of(project.root / path) for path in _git.paths(project.root, revision, "stacks"))
    return sorted({*project.files, *(stack for stack in before if stack)})


def _since(project: Project, stack: str, revision: str) -> Pair:
    earlier, now = _earlier(project, stack, revision), stack in project.files
    if not (earlier or now):
        raise no_file(stack, project.files)
    spec = project.usable(stack).spec if now else None
    return _pair(project, (f"{stack} at {revision}", earlier), (stack, spec))


def _earlier(project: Project, stack: str, revision: str) -> Spec | None:
    """Return what a stack's file said at a revision, as today's program reads it; None where there was none."""
    path = names.stack_file(stack)
    text = _git.at(project.root, revision, path)
    if text is None:
        return None
    file = _files.parse(text, f"{path} at {revision}", stack)
    if file.findings:
        lines = "\n".join(f"  {each}" for each in file.findings)
        fix = "compare with a revision whose file this version of the program can read"
        raise CliError(f"{file.path} cannot be used:\n{lines}", fix, Code.INVALID)
    return file.spec


def _pair(project: Project, before: tuple[str, Spec | None], after: tuple[str, Spec | None]) -> Pair:
    found = contrast(before[1], after[1], _prices.of(project.root, None).book)
    return Pair(
        before=before[0],
        after=after[0],
        differences=tuple(
            Difference(part=each.part, path=each.path, before=each.before, after=each.after) for each in found
        ),
    )
