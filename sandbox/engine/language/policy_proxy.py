"""Stands between the engine and a policy pack until the pack knows its stack.

The engine starts a pack and then tells it the stack's configuration (`ConfigureStack`). The Python SDK for policies
reads that from variables when its process starts. So the engine talks to this proxy, which has the pack started once
the configuration is known, and from then on passes every call through.

Protocol: `pulumirpc.Analyzer`, in the SDK's `proto/analyzer.proto`.
"""

import json
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self, TypeAlias

import grpc
from pulumi.runtime.proto import analyzer_pb2 as pb
from typing_extensions import override

from sandbox.engine.language.processes import Stream

LARGEST_MESSAGE = 400 << 20  # bytes, as the engine's own limit
SIZES = [("grpc.max_receive_message_length", LARGEST_MESSAGE), ("grpc.max_send_message_length", LARGEST_MESSAGE)]
SERVICE = "/pulumirpc.Analyzer/"
PATIENCE = 20.0  # seconds
PARTING = 1.0  # seconds
CALLS = 16  # at once; the SDK's own server takes four

Answer = Callable[[bytes, grpc.ServicerContext], bytes]
Call: TypeAlias = "grpc.UnaryUnaryMultiCallable[bytes, bytes]"


class PolicyProxy(grpc.GenericRpcHandler):
    """Serves one policy pack, from `with` on.

    Attributes:
        port: where the engine is to call.
        configured: set when the configuration is known, or will not come before other calls.
    """

    def __init__(self) -> None:
        self.configured = threading.Event()
        self._configuration = b""
        self._pack: Future[grpc.Channel] = Future()
        self._server = grpc.server(ThreadPoolExecutor(CALLS), handlers=[self], options=SIZES)
        self.port = self._server.add_insecure_port("127.0.0.1:0")

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.fail("the policy pack was ended")
        self._server.stop(PARTING)  # time for calls that wait to be told
        if self._pack.exception() is None:
            self._pack.result().close()

    def variables(self) -> dict[str, str]:
        """Return the configuration as the SDK reads it; none where the engine gave none (`pulumi policy publish`)."""
        if not self._configuration:
            return {}
        stack = pb.AnalyzerStackConfigureRequest.FromString(self._configuration)
        return {
            "PULUMI_CONFIG": json.dumps(dict(stack.config)),
            "PULUMI_ORGANIZATION": stack.organization,
            "PULUMI_PROJECT": stack.project,
            "PULUMI_STACK": stack.stack,
            "PULUMI_DRY_RUN": "true" if stack.dry_run else "false",
        }

    def attached(self, output: Iterable[tuple[Stream, bytes]]) -> Iterator[tuple[Stream, bytes]]:
        """Take the pack's port from the first line of what it prints, and pass the rest on."""
        beginning = b""
        for stream, chunk in output:
            if stream == "stderr" or self._pack.done():
                yield stream, chunk
                continue
            line, end, rest = (beginning + chunk).partition(b"\n")
            beginning += chunk
            if end:
                self._attach(line.decode(errors="replace"))
            if rest:
                yield stream, rest

    def _attach(self, line: str) -> None:
        if not line.isdecimal():
            self.fail(f"the policy pack printed {line!r} before its port; a pack must print nothing while it is set up")
            return
        channel = grpc.insecure_channel(f"127.0.0.1:{line}", options=SIZES)
        try:
            if self._configuration:  # for what the SDK takes from the call itself: the stack's tags
                tell: Call = channel.unary_unary(f"{SERVICE}ConfigureStack")
                tell(self._configuration, wait_for_ready=True, timeout=PATIENCE)
        except grpc.RpcError as error:
            if error.code() is not grpc.StatusCode.UNIMPLEMENTED:  # an SDK from before that call
                self.fail(f"the policy pack refused the stack's configuration: {error.details()}")
                return
        self._pack.set_result(channel)

    def fail(self, why: str) -> None:
        """Answer calls with an error from now on, unless a pack is attached."""
        if not self._pack.done():
            self._pack.set_exception(RuntimeError(why))

    @override
    def service(self, handler_call_details: grpc.HandlerCallDetails) -> "grpc.RpcMethodHandler[bytes, bytes]":
        """Find what answers a call; requests and responses stay bytes."""
        name = handler_call_details.method.removeprefix(SERVICE)
        own: dict[str, Answer] = {"Handshake": _nothing, "ConfigureStack": self._configure, "Cancel": self._cancel}
        return grpc.unary_unary_rpc_method_handler(own.get(name) or self._pass_on(handler_call_details.method))

    def _configure(self, request: bytes, _context: grpc.ServicerContext) -> bytes:
        self._configuration = request
        self.configured.set()
        return b""

    def _cancel(self, request: bytes, context: grpc.ServicerContext) -> bytes:
        return self._pass_on(f"{SERVICE}Cancel")(request, context) if self._pack.done() else b""

    def _pass_on(self, method: str) -> Answer:
        def answer(request: bytes, context: grpc.ServicerContext) -> bytes:
            self.configured.set()
            try:
                call: Call = self._pack.result().unary_unary(method)
                return call(request)
            except RuntimeError as error:
                context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))
            except grpc.RpcError as error:
                context.abort(error.code(), error.details() or "")

        return answer


def _nothing(_request: bytes, _context: grpc.ServicerContext) -> bytes:
    return b""
