"""Install a program's dependencies: the engine's `InstallDependencies`, for `pulumi install` and `pulumi new`."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from pulumi.runtime.proto import language_pb2 as pb

from sandbox.engine.language.environments import Environment, environment, tool
from sandbox.engine.language.errors import HostError
from sandbox.engine.language.processes import Children

Command = list[str | Path]


def install(request: pb.InstallDependenciesRequest, children: Children) -> Iterator[pb.InstallDependenciesResponse]:
    """Create the virtual environment where it is missing, install into it, and yield what the tools print.

    With pip, `requirements.txt` beside the program is installed; without that file only the environment is made.

    Raises:
        HostError: a tool is missing, or failed.
    """
    where = environment(request.info)
    for command in _commands(where, Path(request.info.program_directory)):
        yield pb.InstallDependenciesResponse(stdout=f"{' '.join(map(str, command))}\n".encode())
        child = children.start(command, cwd=request.info.program_directory, env=os.environ, piped=True)
        for stream, chunk in child.output():
            yield pb.InstallDependenciesResponse(**{stream: chunk})
        if code := children.wait(child):
            raise HostError(f"`{' '.join(map(str, command))}` exited with {code}; what it printed is above")


def _commands(where: Environment, program: Path) -> Iterator[Command]:
    if where.toolchain == "uv":
        yield [tool("uv"), "sync"]
    elif where.toolchain == "poetry":
        yield [tool("poetry"), "install", "--no-ansi"]
    else:
        yield from _with_pip(where, program / "requirements.txt")


def _with_pip(where: Environment, requirements: Path) -> Iterator[Command]:
    if where.virtualenv is not None and not (where.virtualenv / "bin" / "python").exists():
        yield [sys.executable, "-m", "venv", where.virtualenv]
    if requirements.is_file():
        yield [where.python, "-m", "pip", "install", "--disable-pip-version-check", "-r", requirements]
