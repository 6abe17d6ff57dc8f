"""Run a plugin that is written in Python: the engine's `RunPlugin`, for policy packs and component packages."""

from collections.abc import Iterator
from pathlib import Path

from pulumi.runtime.proto import language_pb2 as pb

from sandbox.engine.language.environments import Environment, environment
from sandbox.engine.language.errors import HostError, NotHere
from sandbox.engine.language.policy_proxy import PolicyProxy
from sandbox.engine.language.processes import Child, Children, Stream

POLICY_PACK = "analyzer"


def run(request: pb.RunPluginRequest, children: Children) -> Iterator[pb.RunPluginResponse]:
    """Run the plugin; yield what it prints (its first line is its port), and last its exit code.

    Raises:
        HostError: the environment is not as the runtime options say, or an option is not supported.
    """
    if request.attach_debugger:
        raise NotHere("`--attach-debugger` for a plugin")
    where = environment(request.info)
    variables = where.variables(dict(pair.split("=", 1) for pair in request.env if "=" in pair))
    if request.kind == POLICY_PACK:
        return _policy_pack(request, where, variables, children)
    return _program(request, where, variables, children)


def _program(
    request: pb.RunPluginRequest, where: Environment, variables: dict[str, str], children: Children
) -> Iterator[pb.RunPluginResponse]:
    """Run a program like `__main__.py`, in the folder that the engine says."""
    program = Path(request.info.program_directory, request.info.entry_point)
    child = _start([where.python, "-u", program, *request.args], request.pwd, variables, children)
    for stream, chunk in child.output():
        yield _said(stream, chunk)
    yield pb.RunPluginResponse(exitcode=children.wait(child))


def _policy_pack(
    request: pb.RunPluginRequest, where: Environment, variables: dict[str, str], children: Children
) -> Iterator[pb.RunPluginResponse]:
    """Run a policy pack in its own folder, under the SDK's runner for them, behind a proxy."""
    home = request.info.program_directory
    program = Path(home, request.info.entry_point)
    command: list[str | Path] = [where.python, "-u", "-m", "pulumi.policy", *request.args, program]
    with PolicyProxy() as proxy:
        yield pb.RunPluginResponse(stdout=f"{proxy.port}\n".encode())
        if not children.wait_for(proxy.configured):
            return
        child = _start(command, home, variables | proxy.variables(), children)
        for stream, chunk in proxy.attached(child.output()):
            yield _said(stream, chunk)
        code = children.wait(child)
        proxy.fail(f"the policy pack in {home} exited with {code} before it was ready; what it printed is above")
        yield pb.RunPluginResponse(exitcode=code)


def _said(stream: Stream, chunk: bytes) -> pb.RunPluginResponse:
    return pb.RunPluginResponse(stdout=chunk) if stream == "stdout" else pb.RunPluginResponse(stderr=chunk)


def _start(command: list[str | Path], cwd: str, variables: dict[str, str], children: Children) -> Child:
    try:
        return children.start(command, cwd=cwd, env=variables, piped=True)
    except OSError as error:
        raise HostError(f"the plugin in {cwd} could not be started: {error}") from error
