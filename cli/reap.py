"""`paas reap`: sandboxes whose time is over go. It looks at what is there: a missed run is made up for by the next."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Annotated

import typer
from pulumi.automation import StackSummary

from apiserver import Cluster, ClusterError
from cli._codes import Code, worst
from cli._command import complete, fine, tell_errors
from cli._engine import Engine, explained, interruptible
from cli._errors import of_cluster
from cli._output import Output, OutputOption, emit, say
from cli._project import Project
from cli._runs import ReapReport, RunReport, Sandbox
from cli._sandboxes import SELECTOR, Living, ends, half_gone, living, pull_of
from cli._states import history
from cli.destroy import retire
from cli.forge.patience import Patience
from cli.forge.where import ForgeOption, Kind, RepositoryOption, named, repository

PREFIX = "sandbox-"
CLOSED = "its pull request is not open"


def reap(
    context: typer.Context,
    stacks: Annotated[
        list[str] | None, typer.Argument(help="Sandboxes; none: all of the cluster.", autocompletion=complete)
    ] = None,
    *,
    closed_pulls: Annotated[
        bool, typer.Option("--closed-pulls", help="Also those of pull requests, sandbox-pr-NUMBER, that are not open.")
    ] = False,
    forge: ForgeOption = None,
    repository_: RepositoryOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell, and destroy nothing.")] = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Destroy the sandboxes whose `ttl` is over, by the clock of their namespaces. Safe to repeat.

    Their pull requests are asked for by number, so that an event which never came makes no difference.
    """
    project: Project = context.obj
    opened = _open(forge, repository_) if closed_pulls else None
    engine = Engine(project)
    known = engine.stacks()
    try:
        namespaces = Cluster().items("/api/v1/namespaces", labelSelector=SELECTOR)
    except ClusterError as error:
        raise of_cluster(error) from None
    there = {each.stack: each for each in living(namespaces)}
    now = datetime.now(UTC)
    found = [_alive(project, each, known, now, opened) for each in there.values()]
    with interruptible(engine.command):
        gone = [name for name in known if name.startswith(PREFIX) and known[name].resource_count and name not in there]
        with explained():
            found += [_half_gone(name) for name in gone if half_gone(history(engine, name))]
    for stack in set(stacks or ()) - {each.stack for each in found}:
        say(f"{stack}: there is no such sandbox")
    found = [each for each in found if not stacks or each.stack in stacks]
    due = sorted(each.stack for each in found if each.action == "to be destroyed")
    runs = RunReport(verb="destroy", stacks=())
    if due and not dry_run:
        runs = retire(project, engine, [due])
    by_stack = {run.stack: run for run in runs.stacks}
    done = [
        each.model_copy(
            update={
                "action": "destroyed" if fine(by_stack[each.stack]) else "failed",
                "code": by_stack[each.stack].code,
            }
        )
        if each.stack in by_stack
        else each
        for each in found
    ]
    emit(ReapReport(sandboxes=tuple(sorted(done, key=lambda each: each.stack))), output)
    tell_errors(runs)
    raise typer.Exit(worst(each.code for each in done))


def _open(forge: Kind | None, name: str | None) -> Collection[int]:
    """Return the numbers of the open pull requests; where the forge does not tell them all, nothing is destroyed."""
    kind, where = repository(forge, name)
    with named(kind, "open pull requests are not known, and nothing is destroyed"):
        return Patience().of(where.open_pulls).keys()


def _alive(
    project: Project,
    sandbox: Living,
    known: Mapping[str, StackSummary],
    now: datetime,
    opened: Collection[int] | None,
) -> Sandbox:
    file = project.files.get(sandbox.stack)
    over = ends(sandbox, file.spec if file else None)
    action, why = judge(over, now, known=sandbox.stack in known, closed=closed(sandbox.stack, opened))
    return Sandbox(
        stack=sandbox.stack,
        created=sandbox.created,
        ends=over,
        action="to be destroyed" if action else "kept",
        why=why,
        code=Code.DONE,
    )


def _half_gone(stack: str) -> Sandbox:
    why = "its last destroy did not come to its end"
    return Sandbox(stack=stack, created=None, ends=None, action="to be destroyed", why=why, code=Code.DONE)


def closed(stack: str, opened: Collection[int] | None) -> bool:
    """Say whether a stack is the environment of a pull request that is not open.

    Args:
        opened: numbers of those that are; None: nobody asked.
    """
    number = pull_of(stack)
    return opened is not None and number is not None and number not in opened


def judge(over: datetime | None, now: datetime, *, known: bool, closed: bool = False) -> tuple[bool, str]:
    """Return whether a sandbox is to go at `now`, and why.

    Args:
        over: when its time is over; None: it does not say.
        known: whether this backend has its stack.
        closed: whether its pull request is not open any more.
    """
    if closed:
        return (True, CLOSED) if known else (False, f"{CLOSED}, but this backend does not have its stack")
    if over is None:
        return False, "it does not say how long it lives"
    if over > now:
        return False, f"{str(over - now).partition('.')[0]} left"
    if not known:
        return False, "its time is over, but this backend does not have its stack"
    return True, f"its time was over {str(now - over).partition('.')[0]} ago"
