"""`paas show`: one stack, by its file and by the backend."""

import json
from typing import Annotated, Any

import typer

from cli._command import complete
from cli._engine import Engine, explained, interruptible
from cli._events import name_of
from cli._output import Output, OutputOption, emit
from cli._project import Project, no_file
from cli._reports import ShowReport
from cli._states import kinds, stacks
from spec import PlatformSpec, TenantSpec, plan


def show(
    context: typer.Context,
    stack: Annotated[str, typer.Argument(help="A stack, such as acme-prod.", autocompletion=complete)],
    output: OutputOption = Output.TABLE,
) -> None:
    """Show one stack: what its file says, what its state has."""
    project: Project = context.obj
    engine = Engine(project)
    with interruptible(engine.command):
        [found] = stacks(project, engine, [stack])
        if not found.known and found.file is None:
            raise no_file(stack, project.files)
        state = _state(engine, stack) if found.known else {}
    spec = project.files[stack].spec if found.file else None
    tenant = spec if isinstance(spec, TenantSpec) else None
    resources = state.get("resources", [])
    emit(
        ShowReport(
            stack=found,
            escalation=spec.owner.escalation if isinstance(spec, (TenantSpec, PlatformSpec)) else None,
            ttl=tenant.ttl if tenant else None,
            namespaces=tuple(space.name for space in plan.spaces(tenant)) if tenant else (),
            hosts=tuple(host for app in tenant.apps.values() for host in app.hosts) if tenant else (),
            apps=tuple(tenant.apps) if tenant else (),
            jobs=tuple(tenant.jobs) if tenant else (),
            databases=tuple(tenant.databases) if tenant else (),
            kinds=kinds(resources),
            protected=tuple(name_of(each["urn"]) for each in resources if each.get("protect")),
            pending=tuple(
                f"{each['type']} {name_of(each['resource']['urn'])}" for each in state.get("pending_operations") or ()
            ),
        ),
        output,
    )


def _state(engine: Engine, stack: str) -> dict[str, Any]:
    """Return the stored deployment; secrets in it stay closed, unlike with the Automation API's own export."""
    with explained():
        exported = engine.workspace.command(["stack", "export", "--stack", stack])
    deployment: dict[str, Any] = json.loads(exported.stdout)["deployment"]
    return deployment
