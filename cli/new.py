"""`paas new`: a stack file that is right, and a stack for it. All of it, or nothing."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from cli import _files
from cli._clashes import clashes
from cli._codes import Code
from cli._command import complete
from cli._draft import document, draft, like, stack_name, text
from cli._engine import Engine, explained, interruptible
from cli._errors import CliError
from cli._files import StackFile
from cli._output import say
from cli._project import Project
from spec.tenant import Environment
from spec.tiers import Tier

PROVIDER = "How secrets in the stack are encrypted: passphrase, awskms://..., azurekeyvault://..., gcpkms://..., \
hashivault://KEY. Absent: as the backend does it, by passphrase where it is your own."


def new(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The tenant, such as acme.")],
    *,
    environment: Annotated[Environment | None, typer.Option(help="What it is for.")] = None,
    tier: Annotated[Tier | None, typer.Option(help="What it may use.")] = None,
    team: Annotated[str | None, typer.Option(help="Who answers for it.")] = None,
    escalation: Annotated[str | None, typer.Option(help="Who is reached when the team does not answer.")] = None,
    cost_centre: Annotated[str | None, typer.Option(help="Who pays for it.")] = None,
    ttl: Annotated[str | None, typer.Option(help="How long a sandbox lives, such as 72h.")] = None,
    domain: Annotated[list[str] | None, typer.Option(help="A domain that its hosts may lie in; repeat it.")] = None,
    from_: Annotated[
        str | None,
        typer.Option(
            "--from", help="A stack whose file it begins as; what else is said wins.", autocompletion=complete
        ),
    ] = None,
    adopt: Annotated[
        bool, typer.Option("--adopt", help="Where the backend has the stack already, write its file alone.")
    ] = False,
    secrets_provider: Annotated[str | None, typer.Option(help=PROVIDER)] = None,
) -> None:
    """Make a tenant's environment: its stack file, checked against all others, and its stack. Then: `paas up`."""
    project: Project = context.obj
    environment = environment or Environment(_asked("environment", [each.value for each in Environment]))
    given = {"tier": tier and tier.value, "ttl": ttl, "costCentre": cost_centre, "domains": domain}
    owner = {key: value for key, value in (("team", team), ("escalation", escalation)) if value}
    said = (
        like(_template(project, from_), {"name": name, "environment": environment.value, **given, "owner": owner})
        if from_
        else document(
            name=name,
            environment=environment.value,
            tier=(tier or Tier(_asked("tier", [each.value for each in Tier]))).value,
            team=team or _asked("team"),
            escalation=escalation or _asked("escalation"),
            cost_centre=cost_centre or _asked("cost-centre"),
            ttl=ttl or (_asked("ttl") if environment is Environment.SANDBOX else None),
            domains=domain or [],
        )
    )
    stack = stack_name(name, environment)
    path = _files.stack_path(project.root, stack)
    if path.exists():
        raise CliError(f"{_shown(path, project)} exists", f"correct that file, or destroy {stack} first", Code.INVALID)
    about = f"{name}'s environment {environment.value}: what may be said in it, docs/reference/stack-files.md tells."
    content = text(said, about) if from_ else draft(said, about)
    _check(project, _files.parse(content, _shown(path, project), stack))
    engine = Engine(project, secrets_provider)
    known = stack in engine.stacks()
    if known and not adopt:
        fix = f"`paas show {stack}` tells what it has; --adopt writes its file; `pulumi stack rm {stack}` forgets it"
        raise CliError(f"the backend has a stack {stack} already, without a file here", fix, Code.INVALID)
    write(engine, path, content, stack, there=known)
    made = "is there already" if known else "is made"
    say(f"{_shown(path, project)} is written, and stack {stack} {made}; next: paas up {stack}")
    print(stack)


def write(engine: Engine, path: Path, text: str, stack: str, *, there: bool = False) -> None:
    """Write the file and make the stack, unless it is `there`; where either fails or is interrupted, neither is."""
    path.parent.mkdir(exist_ok=True)
    try:
        with path.open("x") as file:  # another `paas new` may have been quicker
            file.write(text)
    except FileExistsError:
        raise CliError(f"{path} exists", "correct that file", Code.INVALID) from None
    if there:
        return
    try:
        with interruptible(engine.command), explained():
            engine.workspace.create_stack(stack)  # writes its salt below the configuration
    except BaseException as error:
        path.unlink(missing_ok=True)
        if engine.command.cancelled:
            raise CliError("cancelled; nothing is written", "run it again", Code.CANCELLED) from error
        raise


def _check(project: Project, file: StackFile) -> None:
    """Refuse a file with problems, or with what another one has."""
    problems = [*file.findings, *clashes(file, project.files.values())]
    if problems:
        lines = "\n".join(f"  {each.path}: given {each.given}, wanted {each.wanted}; {each.fix}" for each in problems)
        raise CliError(
            f"{file.path} would be wrong, and is not written:\n{lines}", "correct what is given", Code.INVALID
        )


def _template(project: Project, stack: str) -> dict[str, Any]:
    """Return what the file of another stack says of its tenant."""
    found = _files.plain(project.usable(stack).document["config"])
    if "paas:tenant" not in found:
        raise CliError(f"{stack} is no tenant's environment", "name one that is", Code.USAGE)
    said: dict[str, Any] = found["paas:tenant"]
    return said


def _asked(option: str, choices: list[str] | None = None) -> str:
    """Ask a person for what no option says.

    Raises:
        CliError: nobody is there.
    """
    if not _attended():
        raise CliError(f"--{option} is missing, and nobody is there to ask", f"add --{option}", Code.USAGE)
    while True:
        answer: str = typer.prompt(f"{option} ({', '.join(choices)})" if choices else option, err=True)
        if not choices or answer in choices:
            return answer
        say(f"one of {', '.join(choices)}")


def _attended() -> bool:
    return sys.stdin.isatty()


def _shown(path: Path, project: Project) -> str:
    return str(path.relative_to(project.root))
