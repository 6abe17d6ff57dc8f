"""Drive the plugin as the engine does, without the engine: a process, gRPC, and a state for each resource."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import grpc
from google.protobuf.empty_pb2 import Empty
from google.rpc.status_pb2 import Status  # type: ignore[import-untyped]  # types without py.typed
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc
from pulumi.runtime.proto import provider_pb2 as pb
from pulumi.runtime.proto import provider_pb2_grpc as rpc

from sandbox.engine.kubernetes.values import UNKNOWN_SENTINEL, Object, decode, encode

PROVIDER_ID = "6f9c2a52-0d6e-4f0c-8a6e-3f5b1d9f1a11"
REPLACE_KINDS = {pb.PropertyDiff.ADD_REPLACE, pb.PropertyDiff.DELETE_REPLACE, pb.PropertyDiff.UPDATE_REPLACE}


class Refused(Exception):
    """The plugin answered with an error."""

    def __init__(self, code: grpc.StatusCode, message: str, partial: pb.ErrorResourceInitFailed | None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.partial = partial


@dataclass
class Said:
    """One message to the user."""

    severity: int
    urn: str
    text: str
    ephemeral: bool


class Engine(engine_pb2_grpc.EngineServicer):
    """Listens to the plugin's messages."""

    def __init__(self) -> None:
        self.said: list[Said] = []
        self.server = grpc.server(ThreadPoolExecutor(8))
        engine_pb2_grpc.add_EngineServicer_to_server(self, self.server)
        self.address = f"127.0.0.1:{self.server.add_insecure_port('127.0.0.1:0')}"
        self.server.start()

    def Log(self, request: engine_pb2.LogRequest, context: grpc.ServicerContext) -> Empty:
        self.said.append(Said(request.severity, request.urn, request.message, request.ephemeral))
        return Empty()

    def texts(self, *, ephemeral: bool | None = None) -> list[str]:
        return [one.text for one in self.said if ephemeral in (None, one.ephemeral)]


class Plugin:
    """A running plugin, configured like a provider resource of a stack."""

    def __init__(
        self,
        args: Mapping[str, Any] | None = None,
        *,
        provider_id: str = PROVIDER_ID,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self.engine = Engine()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "sandbox.engine.kubernetes", self.engine.address],
            stdout=subprocess.PIPE,
            text=True,
            env=None if env is None else dict(env),
        )
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())
        self.channel = grpc.insecure_channel(f"127.0.0.1:{self.port}")
        self.stub = rpc.ResourceProviderStub(self.channel)
        self.args, self.provider_id = dict(args or {}), provider_id

    def configure(self) -> "Plugin":
        request = pb.ConfigureRequest(
            args=encode(self.args), acceptSecrets=True, id=self.provider_id, urn=urn("pulumi:providers:kubernetes", "k")
        )
        self.call("Configure", request)
        return self

    def call(self, method: str, request: Any, timeout: float = 120) -> Any:
        """Call the plugin; an error becomes `Refused`."""
        try:
            return getattr(self.stub, method)(request, timeout=timeout)
        except grpc.RpcError as error:
            raise _refused(error) from None

    def start(self, method: str, request: Any) -> "Future[Any]":
        """Call the plugin without waiting for the answer."""
        done: Future[Any] = Future()

        def run() -> None:
            try:
                done.set_result(self.call(method, request))
            except Refused as error:
                done.set_exception(error)

        threading.Thread(target=run, daemon=True).start()
        return done

    def kill(self) -> None:
        """End the plugin as a crash would."""
        self.process.kill()
        self.process.wait()

    def close(self) -> None:
        self.channel.close()
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.engine.server.stop(None).wait()


@contextmanager
def running(args: Mapping[str, Any] | None = None, **options: Any) -> Iterator[Plugin]:
    """A configured plugin for the length of a block."""
    plugin = Plugin(args, **options)
    try:
        yield plugin.configure()
    finally:
        plugin.close()


def urn(token: str, name: str) -> str:
    return f"urn:pulumi:test::conformance::{token}::{name}"


def token_of(api_version: str, kind: str) -> str:
    return f"kubernetes:{'' if '/' in api_version else 'core/'}{api_version}:{kind}"


@dataclass
class Resource:
    """One resource of a program, with what the engine's state would hold of it."""

    plugin: Plugin
    token: str
    name: str
    id: str = ""
    inputs: Object = field(default_factory=dict)
    outputs: Object = field(default_factory=dict)
    secrets: frozenset[Any] = frozenset()

    @property
    def urn(self) -> str:
        return urn(self.token, self.name)

    def check(self, news: Object, *, fresh: bool = False, **options: Any) -> Object:
        """Return the checked inputs; failures become AssertionErrors that quote them."""
        request = pb.CheckRequest(
            urn=self.urn,
            olds=encode({} if fresh else self.inputs),
            news=encode(news, self.secrets),
            randomSeed=os.urandom(32),
        )
        for key, value in options.items():
            getattr(request, key).CopyFrom(value)
        answer = self.plugin.call("Check", request)
        if answer.failures:
            raise Refused(grpc.StatusCode.INVALID_ARGUMENT, "; ".join(one.reason for one in answer.failures), None)
        found = decode(answer.inputs)
        self.secrets = found.secrets
        return found.value

    def diff(self, news: Object) -> pb.DiffResponse:
        answer: pb.DiffResponse = self.plugin.call(
            "Diff",
            pb.DiffRequest(
                urn=self.urn, id=self.id, olds=encode(self.outputs), old_inputs=encode(self.inputs), news=encode(news)
            ),
        )
        return answer

    def create_request(self, inputs: Object, *, preview: bool = False, timeout: float = 0) -> pb.CreateRequest:
        return pb.CreateRequest(urn=self.urn, properties=encode(inputs, self.secrets), preview=preview, timeout=timeout)

    def preview(self, news: Object) -> Object:
        """Preview a create or an update; return the outputs."""
        inputs = self.check(news)
        if not self.id:
            return decode(self.plugin.call("Create", self.create_request(inputs, preview=True)).properties).value
        return decode(self.plugin.call("Update", self.update_request(inputs, preview=True)).properties).value

    def update_request(
        self, inputs: Object, *, preview: bool = False, timeout: float = 0, ignored: Sequence[str] = ()
    ) -> pb.UpdateRequest:
        return pb.UpdateRequest(
            urn=self.urn,
            id=self.id,
            olds=encode(self.outputs),
            old_inputs=encode(self.inputs),
            news=encode(inputs, self.secrets),
            preview=preview,
            timeout=timeout,
            ignoreChanges=ignored,
        )

    def up(self, news: Object, *, timeout: float = 0, ignored: Sequence[str] = ()) -> "Resource":
        """Create or update; a replacement is deleted first or last, as the plugin asks."""
        inputs = self.check(news)
        try:
            if not self.id:
                return self._create(inputs, timeout)
            change = self.diff(inputs)
            if change.changes == pb.DiffResponse.DIFF_NONE:
                return self
            if change.replaces:
                return self._replace(news, inputs, first=change.deleteBeforeReplace, timeout=timeout)
            answer = self.plugin.call("Update", self.update_request(inputs, timeout=timeout, ignored=ignored))
            self.inputs, self.outputs = inputs, decode(answer.properties).value
        except Refused as error:
            if error.partial:  # the engine keeps what exists
                self.id, self.inputs = error.partial.id, inputs
                self.outputs = decode(error.partial.properties).value
            raise
        return self

    def _create(self, inputs: Object, timeout: float) -> "Resource":
        answer = self.plugin.call("Create", self.create_request(inputs, timeout=timeout))
        self.id, self.inputs, self.outputs = answer.id, inputs, decode(answer.properties).value
        return self

    def _replace(self, news: Object, inputs: Object, *, first: bool, timeout: float) -> "Resource":
        old = Resource(self.plugin, self.token, self.name, self.id, self.inputs, self.outputs)
        if first:
            old.destroy()
            return self._create(inputs, timeout)
        self._create(self.check(news, fresh=True), timeout)
        old.destroy()
        return self

    def read(self, identity: str | None = None) -> pb.ReadResponse:
        request = pb.ReadRequest(urn=self.urn, id=identity or self.id)
        if self.inputs:
            request.inputs.CopyFrom(encode(self.inputs, self.secrets))
            request.properties.CopyFrom(encode(self.outputs))
        answer: pb.ReadResponse = self.plugin.call("Read", request)
        return answer

    def refresh(self) -> bool:
        """Bring the state to what is; return whether it has drifted (or is gone)."""
        answer = self.read()
        if not answer.id:
            self.id, self.inputs, self.outputs = "", {}, {}
            return True
        before = self.inputs
        self.inputs, self.outputs = decode(answer.inputs).value, decode(answer.properties).value
        return self.inputs != before

    def import_(self, identity: str) -> "Resource":
        answer = self.read(identity)
        assert answer.id, f"{identity} does not exist"
        self.id, self.inputs, self.outputs = answer.id, decode(answer.inputs).value, decode(answer.properties).value
        return self

    def delete_request(self, *, timeout: float = 0) -> pb.DeleteRequest:
        return pb.DeleteRequest(
            urn=self.urn,
            id=self.id,
            properties=encode(self.outputs),
            old_inputs=encode(self.inputs),
            timeout=timeout,
        )

    def destroy(self, *, timeout: float = 0) -> None:
        self.plugin.call("Delete", self.delete_request(timeout=timeout))
        self.id, self.inputs, self.outputs = "", {}, {}


def replaced(answer: pb.DiffResponse) -> set[str]:
    """The paths of a diff that force a replacement."""
    return {path for path, one in answer.detailedDiff.items() if one.kind in REPLACE_KINDS}


def _refused(error: grpc.RpcError) -> Refused:
    call: Any = error  # every error of a call is also that call, which the types of grpc cannot say
    partial = None
    for key, value in call.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            status = Status.FromString(value)
            for detail in status.details:
                partial = pb.ErrorResourceInitFailed()
                assert detail.Unpack(partial)
    return Refused(call.code(), call.details() or "", partial)


__all__ = ["UNKNOWN_SENTINEL", "Engine", "Plugin", "Refused", "Resource", "replaced", "running", "token_of", "urn"]
