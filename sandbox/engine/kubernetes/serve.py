"""Run the plugin: one gRPC server for one engine, which ends with it."""

import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import grpc
from pulumi.runtime.proto import provider_pb2_grpc as rpc

from sandbox.engine.kubernetes import depth
from sandbox.engine.kubernetes.provider import Provider

THREADS: Final = 1024  # calls at once: most of them wait for the cluster, and `Cancel` must always find a free one
MESSAGE: Final = 400 * 1024 * 1024  # bytes; the engine's own limit
GRACE: Final = 4.5  # seconds for calls under way when we are told to end; the engine kills after 5
WATCH_PARENT: Final = 0.5  # seconds between looks at who our parent is


def serve(engine: str) -> None:
    """Serve until told to stop, or until the engine is gone.

    A user's Ctrl-C never comes here: the engine keeps plugins in process groups of their own and tells us by `Cancel`.
    SIGINT is how it closes a plugin (it kills after 5 s), SIGTERM how anybody else does: waits stop, calls under way
    give their answers, so that the state learns of every object, then the process ends.

    Args:
        engine: the engine's address for messages, or empty.
    """
    depth.allow()
    provider = Provider(engine)
    server = grpc.server(
        ThreadPoolExecutor(THREADS, thread_name_prefix="call"),
        options=[
            ("grpc.max_receive_message_length", MESSAGE),
            ("grpc.max_send_message_length", MESSAGE),
            ("grpc.so_reuseport", 0),
        ],
    )
    rpc.add_ResourceProviderServicer_to_server(provider, server)
    port = server.add_insecure_port("127.0.0.1:0")
    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    threading.Thread(target=_watch_parent, args=(os.getppid(), over), daemon=True).start()
    server.start()
    print(port, flush=True)
    over.wait()
    provider.stop()
    server.stop(GRACE).wait()
    os._exit(0)  # a call that hangs in a request must not keep the process


def _watch_parent(parent: int, over: threading.Event) -> None:
    """End when whoever started us is gone: an engine that was killed says no goodbye."""
    while os.getppid() == parent:
        time.sleep(WATCH_PARENT)
    over.set()
