"""`paas doctor`: is everything there that the verbs need?"""

import os
import shutil
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

import typer
from pulumi import automation

from apiserver import Cluster, ClusterError
from cli._codes import Code
from cli._engine import PACK, Engine, last_words
from cli._errors import CliError
from cli._output import Output, OutputOption, emit
from cli._project import Project
from cli._runs import Check, DoctorReport
from review.secrets import message
from spec import PLATFORM_STACK, schema

SANDBOX = 'in the sandbox: eval "$(.venv/bin/python -m sandbox env)"'


def doctor(context: typer.Context, output: OutputOption = Output.TABLE) -> None:
    """Look at everything that the verbs need, and tell the way on for what is missing. Changes nothing."""
    checks = tuple(check for look in LOOKS for check in look(context.obj))
    emit(DoctorReport(checks=checks), output)
    if not all(check.ok for check in checks):
        raise typer.Exit(Code.FAILED)


def _check(name: str, found: str | None, fix: str, instead: str = "none") -> Check:
    """Return a check that is passed where something is found."""
    return Check(name=name, ok=found is not None, found=found or instead, fix="" if found is not None else fix)


def engine(project: Project) -> Iterator[Check]:
    """Pulumi itself, its language host, its Kubernetes plugin, its backend with the stacks in it."""
    try:
        made = Engine(project)
    except CliError as error:
        yield _check("pulumi", None, error.fix, error.what)
        return
    yield _check("pulumi", str(made.command.version), "")
    host = shutil.which("pulumi-language-python")
    yield _check("language host", host, f"install the whole of Pulumi, or {SANDBOX}")
    yield _plugin(made)
    try:
        found = made.workspace.who_am_i()
        known = made.stacks()
    except (automation.CommandError, CliError) as error:
        told = last_words(error) if isinstance(error, automation.CommandError) else error.what
        yield _check("backend", None, f"`pulumi login`, or set PULUMI_BACKEND_URL; {SANDBOX}", told)
        return
    yield _check("backend", message(found.url or found.user), "")
    platform = known.get(PLATFORM_STACK)
    standing = f"{platform.resource_count} resources" if platform and platform.resource_count else None
    yield _check("platform", standing, f"paas up {PLATFORM_STACK}", "not up")


def _plugin(made: Engine) -> Check:
    wanted = version("pulumi-kubernetes")
    try:
        plugins = made.workspace.list_plugins()
    except automation.CommandError as error:
        return _check("kubernetes plugin", None, "look at PULUMI_HOME", last_words(error))
    versions = [each.version for each in plugins if each.name == "kubernetes" and each.version]
    found = next((each for each in versions if each == wanted), None)
    fix = f"pulumi plugin install resource kubernetes {wanted}, or {SANDBOX}"
    return _check("kubernetes plugin", found, fix, ", ".join(versions) or "none")


def passphrase(project: Project) -> Iterator[Check]:
    """What opens the secrets of stacks that are encrypted by passphrase: it is asked for where there are some."""
    if not any("encryptionsalt" in file.document for file in project.files.values()):
        yield _check("passphrase", "not needed: no stack file has a salt", "")
        return
    file = os.environ.get("PULUMI_CONFIG_PASSPHRASE_FILE")
    found = "PULUMI_CONFIG_PASSPHRASE" if "PULUMI_CONFIG_PASSPHRASE" in os.environ else None
    if file and Path(file).is_file():
        found = file
    yield _check("passphrase", found, f"set PULUMI_CONFIG_PASSPHRASE_FILE; {SANDBOX}")


def cluster(_: Project) -> Iterator[Check]:
    """The cluster of KUBECONFIG."""
    fix = f"set KUBECONFIG to a cluster that answers; {SANDBOX}"
    try:
        answer = Cluster().get("/version")
    except ClusterError as error:
        yield _check("cluster", None, fix, str(error))
        return
    yield _check("cluster", answer["gitVersion"] if answer else None, fix, "it does not say its version")


def policies(project: Project) -> Iterator[Check]:
    """The policy packs that judge previews."""
    for pack in (os.environ[PACK] if PACK in os.environ else str(project.root / "policies")).split(","):
        found = pack if (Path(pack) / "PulumiPolicy.yaml").is_file() else None
        yield _check("policy pack", found, f"set {PACK} to the folder of one", pack or "none")


def files(project: Project) -> Iterator[Check]:
    """The stack files, and the schema by which editors complete them."""
    wrong = [file.path for file in project.files.values() if project.findings(file)]
    found = None if wrong else f"{len(project.files)} without a problem"
    yield _check("stack files", found, "paas validate", f"problems in {', '.join(wrong)}")
    path = project.root / "stacks" / "schema.json"
    fresh = path.is_file() and path.read_text() == schema.text()
    yield _check("editor schema", "fresh" if fresh else None, "python -m spec.schema", "not what the models say")


LOOKS: tuple[Callable[[Project], Iterator[Check]], ...] = (engine, passphrase, cluster, policies, files)
