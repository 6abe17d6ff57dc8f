"""The calls of the protocol, each handed to the module that does it.

Protocol: `pulumirpc.LanguageRuntime`, in the SDK's `proto/language.proto`.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import grpc
from google.protobuf.empty_pb2 import Empty
from google.protobuf.message import Message
from pulumi.runtime.proto import language_pb2 as pb
from pulumi.runtime.proto import language_pb2_grpc as rpc
from pulumi.runtime.proto import plugin_pb2
from typing_extensions import override

from sandbox.engine.language import VERSION, install, packages, plugins, program
from sandbox.engine.language.environments import environment, prompts
from sandbox.engine.language.errors import HostError, NotHere
from sandbox.engine.language.processes import Children

NOT_HERE = {
    "Template": "rewriting a new project's files (`pulumi new`)",
    "GenerateProject": "generating Python projects (`pulumi convert`)",
    "GeneratePackage": "generating Python SDKs (`pulumi package gen-sdk`, `pulumi package add`)",
    "Pack": "building SDK packages (`pulumi package pack-sdk`)",
    "Link": "linking local SDKs into a project (`pulumi package add`)",
}
"""The calls that need more of a code generator than this host has: what the user was doing."""


class Host(rpc.LanguageRuntimeServicer):
    """One language host, serving one engine.

    Args:
        runner: the file `pulumi-language-python-exec`.
        engine: address of the engine; `Handshake` tells it again.
        tracing: endpoint for traces; empty for none.
    """

    def __init__(self, runner: Path, engine: str = "", tracing: str = "") -> None:
        self.runner = runner
        self.engine = engine
        self.tracing = tracing
        self._calls: set[Children] = set()
        self._changing = threading.Lock()

    def end(self) -> None:
        """Ask every running program and plugin to end. Returns at once."""
        with self._changing:
            calls = list(self._calls)
        for children in calls:
            children.end()

    @contextmanager
    def _call(self, context: grpc.ServicerContext) -> Iterator[Children]:
        """Hold the children of one call: they end when the engine gives it up. Errors become its status."""
        children = Children()
        with self._changing:
            self._calls.add(children)
        context.add_callback(children.end)
        try:
            yield children
        except NotHere as error:
            context.abort(grpc.StatusCode.UNIMPLEMENTED, str(error))
        except HostError as error:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))
        finally:
            with self._changing:
                self._calls.discard(children)

    @override
    def Handshake(
        self, request: pb.LanguageHandshakeRequest, context: grpc.ServicerContext
    ) -> pb.LanguageHandshakeResponse:
        """Learn the engine's address."""
        self.engine = request.engine_address or self.engine
        return pb.LanguageHandshakeResponse()

    @override
    def GetPluginInfo(self, request: Empty, context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:
        """Tell the host's version."""
        return plugin_pb2.PluginInfo(version=VERSION)

    @override
    def Cancel(self, request: Empty, context: grpc.ServicerContext) -> Empty:
        """End what runs: the user interrupted the update."""
        self.end()
        return Empty()

    @override
    def GetRequiredPackages(
        self, request: pb.GetRequiredPackagesRequest, context: grpc.ServicerContext
    ) -> pb.GetRequiredPackagesResponse:
        """List the providers whose SDKs are installed."""
        with self._call(context):
            path = packages.interpreter(environment(request.info)).path
            return pb.GetRequiredPackagesResponse(packages=packages.providers(path))

    @override
    def GetRequiredPlugins(
        self, request: pb.GetRequiredPluginsRequest, context: grpc.ServicerContext
    ) -> pb.GetRequiredPluginsResponse:
        """List the same for an engine from before `GetRequiredPackages`."""
        with self._call(context):
            path = packages.interpreter(environment(request.info)).path
            needed = [
                plugin_pb2.PluginDependency(name=each.name, kind=each.kind, version=each.version, server=each.server)
                for each in packages.providers(path)
            ]
            return pb.GetRequiredPluginsResponse(plugins=needed)

    @override
    def Run(self, request: pb.RunRequest, context: grpc.ServicerContext) -> pb.RunResponse:
        """Run a program to its end."""
        with self._call(context) as children:
            return program.run(request, children, runner=self.runner, engine=self.engine, tracing=self.tracing)

    @override
    def RunPlugin(self, request: pb.RunPluginRequest, context: grpc.ServicerContext) -> Iterator[pb.RunPluginResponse]:
        """Run a policy pack or a plugin, and stream what it prints."""
        with self._call(context) as children:
            yield from plugins.run(request, children)

    @override
    def InstallDependencies(
        self, request: pb.InstallDependenciesRequest, context: grpc.ServicerContext
    ) -> Iterator[pb.InstallDependenciesResponse]:
        """Install what a program needs, and stream what the tools print."""
        with self._call(context) as children:
            yield from install.install(request, children)

    @override
    def About(self, request: pb.AboutRequest, context: grpc.ServicerContext) -> pb.AboutResponse:
        """Describe the Python that a program runs with."""
        with self._call(context):
            where = environment(request.info)
            python = packages.interpreter(where)
            return pb.AboutResponse(
                executable=python.executable, version=python.version, metadata={"toolchain": where.toolchain}
            )

    @override
    def GetProgramDependencies(
        self, request: pb.GetProgramDependenciesRequest, context: grpc.ServicerContext
    ) -> pb.GetProgramDependenciesResponse:
        """List the installed distributions."""
        with self._call(context):
            path = packages.interpreter(environment(request.info)).path
            found = packages.dependencies(path, transitive=request.transitiveDependencies)
            return pb.GetProgramDependenciesResponse(dependencies=found)

    @override
    def RuntimeOptionsPrompts(
        self, request: pb.RuntimeOptionsRequest, context: grpc.ServicerContext
    ) -> pb.RuntimeOptionsResponse:
        """Ask for the toolchain in `pulumi new`, unless the template names one."""
        with self._call(context):
            return pb.RuntimeOptionsResponse(prompts=prompts(request.info))

    @override
    def GenerateProgram(
        self, request: pb.GenerateProgramRequest, context: grpc.ServicerContext
    ) -> pb.GenerateProgramResponse:
        """Write the program that `pulumi import` prints."""
        from sandbox.engine.language import generate, schemas  # noqa: PLC0415 - rarely used, slow to import

        with self._call(context):
            text = generate.program(request.source, lambda wanted: schemas.load(request.loader_target, wanted))
            return pb.GenerateProgramResponse(source={"__main__.py": text.encode()})


def _not_here(what: str) -> Callable[[Host, Message, grpc.ServicerContext], NoReturn]:
    def refuse(_host: Host, _request: Message, context: grpc.ServicerContext) -> NoReturn:
        context.abort(grpc.StatusCode.UNIMPLEMENTED, str(NotHere(what)))

    return refuse


for _name, _what in NOT_HERE.items():
    setattr(Host, _name, _not_here(_what))
