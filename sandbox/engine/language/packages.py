"""What is installed in a program's environment: which providers it needs, and its dependencies."""

import base64
import json
import os
import subprocess
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any, NamedTuple

from pulumi.runtime.proto import language_pb2 as pb
from pulumi.runtime.proto import plugin_pb2

from sandbox.engine.language.environments import Environment
from sandbox.engine.language.errors import HostError

ASK = "import json, platform, sys; print(json.dumps([sys.executable, platform.python_version(), sys.path[1:]]))"


class Interpreter(NamedTuple):
    """What a Python says of itself: its path, its version, and the folders that it imports from."""

    executable: str
    version: str
    path: list[str]


def interpreter(environment: Environment) -> Interpreter:
    """Describe the environment's Python: from the files of its virtual environment, else by asking it.

    The engine asks twice in every update, so starting a Python for it would be felt.

    Raises:
        HostError: it is not there, or does not run.
    """
    return (environment.virtualenv and _described(environment)) or _asked(environment)


def _described(environment: Environment) -> Interpreter | None:
    """Read `pyvenv.cfg`; None where other folders than the environment's own count too."""
    python = environment.python
    home = python.parent.parent
    lines = (line.partition("=") for line in (home / "pyvenv.cfg").read_text().splitlines())
    said = {name.strip(): value.strip() for name, _, value in lines}
    packages = sorted(home.glob("lib/python*/site-packages"))
    links = [file for folder in packages for file in folder.glob("*.pth") if file.name != "distutils-precedence.pth"]
    version = said.get("version") or said.get("version_info")  # venv and virtualenv
    alone = said.get("include-system-site-packages") == "false" and not links and "PYTHONPATH" not in os.environ
    return Interpreter(str(python), version, [str(folder) for folder in packages]) if version and alone else None


def _asked(environment: Environment) -> Interpreter:
    command: list[str | Path] = [environment.python, "-c", ASK]
    variables = environment.variables(os.environ)
    asked = subprocess.run(command, env=variables, cwd=environment.root, capture_output=True, text=True, check=False)
    if asked.returncode:
        raise HostError(f"`{command[0]}` does not run: {asked.stderr.strip()}; repair it with `pulumi install`")
    return Interpreter(*json.loads(asked.stdout))


def providers(path: list[str]) -> Iterator[plugin_pb2.PackageDependency]:
    """Yield the provider of each installed SDK, as its `pulumi-plugin.json` names it.

    Raises:
        HostError: such a file is not valid.
    """
    for folder in path:
        for file in sorted(Path(folder).glob("*/pulumi-plugin.json")):
            try:
                said = json.loads(file.read_text())
                if said.get("resource"):
                    yield _provider(said, file.parent.name)
            except (ValueError, TypeError, AttributeError) as error:
                raise HostError(f"{file} is not a valid plugin description: {error}; reinstall its package") from error


def _provider(said: dict[str, Any], package: str) -> plugin_pb2.PackageDependency:
    return plugin_pb2.PackageDependency(
        kind="resource",
        name=said.get("name") or package.removeprefix("pulumi_").replace("_", "-"),
        version=said.get("version", ""),
        server=said.get("server", ""),
        parameterization=_parameterization(said.get("parameterization")),
        extension=_parameterization(said.get("extensionParameterization")),
    )


def _parameterization(said: dict[str, str] | None) -> plugin_pb2.PackageParameterization | None:
    if said is None:
        return None
    value = base64.b64decode(said.get("value", ""))
    return plugin_pb2.PackageParameterization(name=said["name"], version=said["version"], value=value)


def dependencies(path: list[str], *, transitive: bool) -> list[pb.DependencyInfo]:
    """List installed distributions by name.

    Args:
        transitive: also those that another installed one requires.
    """
    from packaging.utils import canonicalize_name  # noqa: PLC0415 - only `pulumi about` needs it

    installed = {canonicalize_name(each.name): each for each in distributions(path=path)}
    hidden = set() if transitive else {canonicalize_name(name) for name in _required(installed.values())}
    return [
        pb.DependencyInfo(name=each.name, version=each.version)
        for name, each in sorted(installed.items())
        if name not in hidden
    ]


def _required(installed: Iterable[Distribution]) -> Iterator[str]:
    from packaging.requirements import Requirement  # noqa: PLC0415

    for distribution in installed:
        for line in distribution.requires or ():
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                yield requirement.name
