"""`paas review`: what a change means, from previews of it and of where it began. It posts nothing."""

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer

from cli import _git, _prices
from cli._codes import Code, worst
from cli._command import complete
from cli._engine import Engine
from cli._errors import CliError
from cli._output import Output, OutputOption, emit
from cli._previews import Side, lent, previews
from cli._prices import Prices, PricesOption
from cli._project import Project, no_file
from cli._pulls import ReviewReport
from cli.affected import BaseOption, since_commit
from review.assess import Assessment, assess
from review.build import review
from review.limits import GITHUB_SUMMARY
from review.markdown import About, comment
from review.model import Cause, Review
from review.output import as_data
from review.report import report
from spec import PLATFORM_STACK, TenantSpec

CODES = {
    Cause.PROGRAM: Code.PROGRAM,
    Cause.UNREACHABLE: Code.UNREACHABLE,
    Cause.CONFIGURATION: Code.INVALID,
    Cause.CANCELLED: Code.CANCELLED,
}
"""Of previews that are not whole; any other has code 1."""


def review_(
    context: typer.Context,
    stacks: Annotated[
        list[str] | None, typer.Argument(help="Stacks; none: those that the change can reach.", autocompletion=complete)
    ] = None,
    *,
    base: BaseOption,
    out: Annotated[Path, typer.Option(help="Folder for review.json, report.html and comment.md.")] = Path("review-out"),
    plans: Annotated[Path | None, typer.Option(help="Folder for the engine's plans, for `paas up --plans`.")] = None,
    parallel: Annotated[int | None, typer.Option(min=1, help="Previews at a time. Absent: one for each core.")] = None,
    prices: PricesOption = None,
    costs: Annotated[
        bool, typer.Option("--costs", help="Tell what stacks cost even where that stays the same.")
    ] = False,
    run: Annotated[str, typer.Option(help="Address of the run, for the footer.")] = "",
    output: OutputOption = Output.TABLE,
) -> None:
    """Preview what a change can reach, at the change and where it began, and write what it means.

    All files are written whatever becomes of the previews; the exit code says how they ended.
    """
    project: Project = context.obj
    book = _prices.of(project.root, prices)
    since = _git.merge_base(project.root, base)
    reached = since_commit(project, since)
    if unknown := next((stack for stack in stacks or () if stack not in project.files), None):
        raise no_file(unknown, project.files)
    chosen = _in_order(stacks or reached.stacks)
    for folder in filter(None, (out, plans)):
        folder.mkdir(parents=True, exist_ok=True)
    seen = _reviewed(project, since, chosen, plans, parallel or os.cpu_count() or 1)
    found = assess(seen, book.book, _budgets(project, book), every_cost=costs)
    about = About(
        commit=_git.commit(project.root, "HEAD")[:12],
        base=since[:12],
        run=run,
        at=f"{datetime.now(UTC):%Y-%m-%d %H:%M}Z",
    )
    files = _written(out, found, about)
    emit(
        ReviewReport(
            base=since,
            verdict=found.verdict.value,
            reasons=found.reasons,
            stacks=tuple(chosen),
            gone=reached.gone,
            files=tuple(str(file) for file in [*files, *sorted(plans.glob("*.json") if plans else ())]),
        ),
        output,
    )
    raise typer.Exit(code_of(found))


def _budgets(project: Project, prices: Prices) -> dict[str, Decimal]:
    """Return what a month of each tenant's stack may cost, where somebody said."""
    specs = {stack: file.spec for stack, file in project.files.items()}
    found = {stack: prices.budget(stack, spec) for stack, spec in specs.items() if isinstance(spec, TenantSpec)}
    return {stack: budget for stack, budget in found.items() if budget is not None}


def _in_order(stacks: Iterable[str]) -> list[str]:
    """Return stacks by name, the platform first: it takes longest."""
    return sorted(set(stacks), key=lambda stack: (stack != PLATFORM_STACK, stack))


def _reviewed(project: Project, since: str, stacks: list[str], plans: Path | None, parallel: int) -> Review:
    if not stacks:
        return review({})
    head = Side("head", project, Engine(project), plans.resolve() if plans else None)
    with _git.as_of(project.root, since) as folder:
        before = Project(folder)
        lent(before, project)
        if not (folder / "Pulumi.yaml").is_file():
            raise CliError(f"there is no project at {since[:12]}", "name another --base")
        logs = previews([head, Side("base", before, Engine(before))], stacks, parallel)
    return replace(
        review(logs["head"], logs["base"]), engine=str(head.engine.command.version or ""), plan=_hash(head.plans)
    )


def _hash(plans: Path | None) -> str:
    """Return one short hash of all plans in a folder: whoever applies them can tell whether they are those."""
    if plans is None:
        return ""
    found = hashlib.sha256()
    for path in sorted(plans.glob("*.json")):
        found.update(f"{path.name}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()[:12]


def _written(folder: Path, found: Assessment, about: About) -> list[Path]:
    texts = {
        "review.json": json.dumps(as_data(found), ensure_ascii=False),
        "report.html": report(found, about),
        "comment.md": comment(found, about, GITHUB_SUMMARY),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", errors="backslashreplace")
    return [folder / name for name in texts]


def code_of(found: Assessment) -> Code:
    """Return the exit code: the worst of all stacks'."""
    stacks = found.review.stacks
    failed = [CODES.get(failure.cause, Code.FAILED) for stack in stacks for failure in stack.failures]
    refused = [Code.POLICY for stack in stacks if stack.refusals]
    changed = [Code.CHANGES for stack in stacks if stack.own]
    return worst([*failed, *refused, *changed])
