"""Messages to the user through the engine: diagnostics that stay, and the status line of a resource."""

import threading

import grpc
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc


class Log:
    """Talks to the engine at `address`; without an address it is silent (a provider under test)."""

    def __init__(self, address: str) -> None:
        self._engine = engine_pb2_grpc.EngineStub(grpc.insecure_channel(address)) if address else None
        self._said: set[str] = set()
        self._lock = threading.Lock()

    def status(self, urn: str, text: str) -> None:
        """Show `text` beside the resource until the next one; nothing stays."""
        self._send(engine_pb2.INFO, urn, text, ephemeral=True)

    def info(self, urn: str, text: str) -> None:
        """Leave a note at the resource."""
        self._send(engine_pb2.INFO, urn, text)

    def warning(self, urn: str, text: str) -> None:
        """Leave a warning at the resource."""
        self._send(engine_pb2.WARNING, urn, text)

    def once(self, urn: str, text: str, *, warning: bool = False) -> None:
        """Leave a note or a warning the first time that `text` is said in this run."""
        with self._lock:
            if text in self._said:
                return
            self._said.add(text)
        (self.warning if warning else self.info)(urn, text)

    def _send(
        self, severity: engine_pb2.LogSeverity.ValueType, urn: str, text: str, *, ephemeral: bool = False
    ) -> None:
        if self._engine is None:
            return
        try:
            self._engine.Log(
                engine_pb2.LogRequest(severity=severity, urn=urn, message=text, ephemeral=ephemeral), timeout=5
            )
        except grpc.RpcError:
            self._engine = None  # the engine is gone, and its user with it; the work still has to be finished
