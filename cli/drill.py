"""`paas drill`: what must work on the day that something breaks, tried on a day that we choose."""

from collections.abc import Callable
from typing import Annotated

import typer

from apiserver import ClusterError
from cli._codes import Code
from cli._command import complete
from cli._drill import finish
from cli._errors import CliError, of_cluster
from cli._output import Output, OutputOption
from cli._project import Project
from drills import Verdict
from drills.certificate import RENEWALS, rotation
from drills.certificate import expiry as expired
from drills.failover import drain as drained
from drills.failover import failover as failed_over
from drills.failover import switchover as switched_over
from drills.flood import flood as flooded
from drills.restore import restore as restored
from spec import TenantSpec

app = typer.Typer(no_args_is_help=True, help="Break something on purpose, measure, clean up, and say how it went.")

Stack = Annotated[str, typer.Argument(help="A stack, such as acme-prod.", autocompletion=complete)]
App = Annotated[str, typer.Argument(help="One of its apps that has hosts.")]
Renewals = Annotated[int, typer.Option(min=1, help="How many there must be.")]
Address = Annotated[str, typer.Option(help="Where the gateway is reached. Absent: as it says itself.")]
Database = Annotated[str, typer.Argument(help="One of its databases.")]


@app.command()
def restore(context: typer.Context, stack: Stack, database: Database, output: OutputOption = Output.TABLE) -> None:
    """Restore the newest state and a point in time into namespaces of their own, and compare rows. Harms nothing."""
    spec = _spec(context.obj, stack, database)
    _finish(lambda: restored(spec, database), output)


@app.command()
def failover(context: typer.Context, stack: Stack, database: Database, output: OutputOption = Output.TABLE) -> None:
    """Kill the instance that writes, and measure until somebody can write again."""
    spec = _spec(context.obj, stack, database)
    _finish(lambda: failed_over(spec, database), output)


@app.command()
def switchover(context: typer.Context, stack: Stack, database: Database, output: OutputOption = Output.TABLE) -> None:
    """Have a standby take over in good order, and measure how long nobody can write."""
    spec = _spec(context.obj, stack, database)
    _finish(lambda: switched_over(spec, database), output)


@app.command()
def drain(context: typer.Context, stack: Stack, database: Database, output: OutputOption = Output.TABLE) -> None:
    """Have each instance leave its node in turn, as draining all nodes would."""
    spec = _spec(context.obj, stack, database)
    _finish(lambda: drained(spec, database), output)


@app.command()
def flood(
    context: typer.Context,
    stack: Stack,
    database: Database,
    *,
    beside: Annotated[str, typer.Option(help="Stack whose database must not notice.", autocompletion=complete)],
    theirs: Annotated[str, typer.Option(help="Its database. Absent: of the same name.")] = "",
    output: OutputOption = Output.TABLE,
) -> None:
    """Open 500 connections to one tenant's database, and measure another's."""
    spec, other = _spec(context.obj, stack, database), _spec(context.obj, beside, theirs or database)
    _finish(lambda: flooded((spec, database), (other, theirs or database)), output)


@app.command()
def certificate(
    context: typer.Context,
    stack: Stack,
    app: App,
    *,
    renewals: Renewals = RENEWALS,
    address: Address = "",
    output: OutputOption = Output.TABLE,
) -> None:
    """Renew an app's certificate again and again while it is being called. Harms nothing."""
    spec = _reached(context.obj, stack, app)
    _finish(lambda: rotation(spec, app, renewals=renewals, address=address), output)


@app.command()
def expiry(
    context: typer.Context,
    stack: Stack,
    app: App,
    *,
    renewals: Renewals = RENEWALS,
    address: Address = "",
    output: OutputOption = Output.TABLE,
) -> None:
    """Let a short-lived certificate beside the app's come due by the clock while it is being called. Harms nothing."""
    spec = _reached(context.obj, stack, app)
    _finish(lambda: expired(spec, app, renewals=renewals, address=address), output)


def _reached(project: Project, stack: str, app: str) -> TenantSpec:
    spec = project.usable(stack).spec
    hosts = [name for name, found in spec.apps.items() if found.hosts] if isinstance(spec, TenantSpec) else []
    if not isinstance(spec, TenantSpec) or app not in hosts:
        fix = f"name one of {', '.join(hosts)}" if hosts else "name another stack: this one has none"
        raise CliError(f"{stack} has no app {app} with hosts", fix, Code.USAGE)
    return spec


def _spec(project: Project, stack: str, database: str) -> TenantSpec:
    spec = project.usable(stack).spec
    if not isinstance(spec, TenantSpec) or database not in spec.databases:
        known = ", ".join(spec.databases) if isinstance(spec, TenantSpec) else ""
        fix = f"name one of {known}" if known else "name another stack: this one has none"
        raise CliError(f"{stack} has no database {database}", fix, Code.USAGE)
    return spec


def _finish(drill: Callable[[], Verdict], output: Output) -> None:
    try:
        verdict = drill()
    except ClusterError as error:
        raise of_cluster(error, "the drill could not be done: ", "see that the stack is up and healthy") from None
    finish(verdict, output)
