"""`paas new`: a stack file that is right, and a stack for it. All of it, or nothing."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from cli import _files
from cli._clashes import clashes
from cli._codes import Code
from cli._draft import document, draft, stack_name
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
    secrets_provider: Annotated[str | None, typer.Option(help=PROVIDER)] = None,
) -> None:
    """Make a tenant's environment: its stack file, checked against all others, and its stack. Then: `paas up`."""
    project: Project = context.obj
    environment = environment or Environment(_asked("environment", [each.value for each in Environment]))
    said = document(
        name=name,
        environment=environment.value,
        tier=(tier or Tier(_asked("tier", [each.value for each in Tier]))).value,
        team=team or _asked("team"),
        escalation=escalation or _asked("escalation"),
        cost_centre=cost_centre or _asked("cost-centre"),
        ttl=ttl or (_asked("ttl") if environment is Environment.SANDBOX else None),
        domains=domain or [],
    )
    stack = stack_name(name, environment)
    path = _files.stack_path(project.root, stack)
    if path.exists():
        raise CliError(f"{_shown(path, project)} exists", f"correct that file, or destroy {stack} first", Code.INVALID)
    about = f"{name}'s environment {environment.value}: what may be said in it, docs/reference/stack-files.md tells."
    text = draft(said, about)
    _check(project, _files.parse(text, _shown(path, project), stack))
    engine = Engine(project, secrets_provider)
    if stack in engine.stacks():
        fix = f"`paas show {stack}` tells what it has; `pulumi stack rm {stack}` forgets it"
        raise CliError(f"the backend has a stack {stack} already, without a file here", fix, Code.INVALID)
    write(engine, path, text, stack)
    say(f"{_shown(path, project)} is written, and stack {stack} is made; next: paas up {stack}")
    print(stack)


def write(engine: Engine, path: Path, text: str, stack: str) -> None:
    """Write the file and make the stack; where either fails or is interrupted, neither is there."""
    path.parent.mkdir(exist_ok=True)
    try:
        with path.open("x") as file:  # another `paas new` may have been quicker
            file.write(text)
    except FileExistsError:
        raise CliError(f"{path} exists", "correct that file", Code.INVALID) from None
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
