"""Run a program: the engine's `Run`.

The program runs under `pulumi-language-python-exec`, Pulumi's own runner, which connects the SDK to the engine. What
it prints goes straight to this process's streams, which the engine shows line by line.
"""

import json
import os
import signal
from pathlib import Path

from pulumi.runtime.proto import language_pb2 as pb

from sandbox.engine.language.environments import Environment, environment
from sandbox.engine.language.errors import HostError, NotHere
from sandbox.engine.language.processes import Children

BAIL = 32
"""Exit code by which the runner says that the error has been shown already."""


def run(request: pb.RunRequest, children: Children, *, runner: Path, engine: str, tracing: str) -> pb.RunResponse:
    """Run the program to its end, and say how it ended.

    Args:
        runner: the file `pulumi-language-python-exec`.
        engine: address of the engine.
        tracing: endpoint for traces; empty for none.

    Raises:
        HostError: the environment is not as the runtime options say, or an option is not supported.
    """
    if request.attach_debugger:
        raise NotHere("`--attach-debugger`")
    where = environment(request.info)
    if where.typechecker and not _typechecks(where, request.info, children):
        return pb.RunResponse(bail=True)
    variables = where.variables(os.environ) | {
        "PULUMI_CONFIG": json.dumps(dict(request.config)),
        "PULUMI_CONFIG_SECRET_KEYS": json.dumps(list(request.configSecretKeys)),
    }
    command: list[str | Path] = [where.python, "-u", runner, *_arguments(request, engine, tracing)]
    return _answer(_to_its_end(command, request.pwd, variables, children))


def _arguments(request: pb.RunRequest, engine: str, tracing: str) -> list[str]:
    flags = {
        "project": request.project,
        "stack": request.stack,
        "organization": request.organization,
        "root_directory": request.info.root_directory,
        "pwd": request.pwd,
        "parallel": str(request.parallel),
        "dry_run": "true" if request.dryRun else "",
        "monitor": request.monitor_address,
        "engine": engine,
        "tracing": tracing,
    }
    program = Path(request.info.program_directory, request.info.entry_point)
    return [*(f"--{name}={value}" for name, value in flags.items() if value), "--", str(program), *request.args]


def _typechecks(where: Environment, info: pb.ProgramInfo, children: Children) -> bool:
    command: list[str | Path] = [where.python, "-m", where.typechecker, info.program_directory]
    return _to_its_end(command, info.program_directory, where.variables(os.environ), children) == 0


def _to_its_end(command: list[str | Path], cwd: str, variables: dict[str, str], children: Children) -> int:
    try:
        child = children.start(command, cwd=cwd, env=variables, piped=False)
    except OSError as error:
        raise HostError(f"the program in {cwd} could not be started: {error}") from error
    return children.wait(child)


def _answer(code: int) -> pb.RunResponse:
    if code == BAIL:
        return pb.RunResponse(bail=True)
    if code < 0:
        return pb.RunResponse(error=f"the program was ended by {signal.Signals(-code).name}")
    return pb.RunResponse(error=f"Program exited with non-zero exit code: {code}" if code else "")
