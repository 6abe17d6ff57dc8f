"""`paas fleet export`: the fleet as objects of an engine that runs it, to be applied or kept in git."""

import sys
from enum import StrEnum
from typing import Annotated

import typer
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from cli._codes import Code
from cli._errors import CliError
from cli._operator import Source, objects
from cli._project import Project
from cli._yaml import writer
from review.secrets import message
from spec import TenantSpec
from spec.tenant import Environment

PASSPHRASE = "PULUMI_CONFIG_PASSPHRASE"
S3 = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")


class To(StrEnum):
    """The engines that are known."""

    OPERATOR = "operator"


def export(
    context: typer.Context,
    *,
    engine: Annotated[To, typer.Option(help="Which engine: the Pulumi Kubernetes Operator, 2.3 or newer.")],
    repository: Annotated[str, typer.Option(help="Address of the git repository that the operator reads.")],
    backend: Annotated[str, typer.Option(help="Where states are: s3://..., and the like; no file.")],
    branch: Annotated[str, typer.Option(help="The branch that is followed.")] = "",
    commit: Annotated[str, typer.Option(help="Or the commit that is run.")] = "",
    folder: Annotated[str, typer.Option(help="The project's folder in the repository.")] = "",
    namespace: Annotated[str, typer.Option(help="Where the objects lie.")] = "paas-system",
    account: Annotated[str, typer.Option(help="The ServiceAccount that stacks run as.")] = "paas",
    secrets_provider: Annotated[
        str, typer.Option(help=f"awskms://..., hashivault://... Absent: a passphrase, {PASSPHRASE} in --secret.")
    ] = "",
    secret: Annotated[
        str, typer.Option(help=f"A Secret beside them with what is secret: {', '.join((PASSPHRASE, *S3))}.")
    ] = "paas-states",
    image: Annotated[str, typer.Option(help="Image of the workspaces. Absent: the operator's own.")] = "",
) -> None:
    """Write the fleet as YAML for another engine to run: a Stack for each file, the platform before the tenants."""
    project: Project = context.obj
    if bool(branch) is bool(commit):
        raise CliError("it is not clear what is to be run", "give either --branch or --commit", Code.USAGE)
    if backend.startswith("file:"):
        fix = "name one that every workspace reaches, such as s3://BUCKET"
        raise CliError("a workspace cannot keep states in files: they go with it", fix, Code.USAGE)
    for option, address in (("repository", repository), ("backend", backend), ("secrets-provider", secrets_provider)):
        if message(address) != address:
            fix = "leave it out: what is written here anyone may read; the operator takes such things from Secrets"
            raise CliError(f"--{option} has a password in it", fix, Code.USAGE)
    keys = (*(() if secrets_provider else (PASSPHRASE,)), *(S3 if backend.startswith("s3:") else ()))
    source = Source(
        project=_name(project),
        namespace=namespace,
        repository=repository,
        branch=branch,
        commit=commit,
        folder=folder,
        backend=backend,
        secrets_provider=secrets_provider,
        secret=secret,
        keys=keys,
        account=account,
        image=image,
    )
    stacks = {stack: _goes(project.usable(stack).spec) for stack in project.files}
    print(f"# Written by `paas fleet export --engine {engine.value}`.")
    yaml = writer()
    yaml.explicit_start = True
    yaml.dump_all(objects(source, stacks), sys.stdout)


def _name(project: Project) -> str:
    try:
        return str(YAML(typ="safe", pure=True).load((project.root / "Pulumi.yaml").read_text())["name"])
    except (YAMLError, KeyError, TypeError):
        raise CliError("Pulumi.yaml does not say what the project is called", "add `name:`", Code.INVALID) from None


def _goes(spec: object) -> bool:
    """Say whether a stack is destroyed with its object: only an environment that is to end some day."""
    return isinstance(spec, TenantSpec) and spec.environment is Environment.SANDBOX
