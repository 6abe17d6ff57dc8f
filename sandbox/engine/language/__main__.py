"""Start the language host: `python -m sandbox.engine.language --runner FILE [flags] ENGINE_ADDRESS`.

Prints its port as the first line and serves until the engine closes it (SIGINT, SIGTERM) or dies.
"""

import argparse
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import NoReturn

from sandbox.engine.light import import_protocol_only

import_protocol_only()

import grpc  # noqa: E402 - the protocol's imports come after
from pulumi.runtime.proto import language_pb2_grpc as rpc  # noqa: E402

from sandbox.engine.language.host import Host  # noqa: E402
from sandbox.engine.language.processes import GRACE  # noqa: E402

CALLS = 64  # at once; each running plugin holds one for its whole life
LARGEST_MESSAGE = 400 << 20  # bytes, as the engine's own limit
ENDING = (signal.SIGINT, signal.SIGTERM)
WATCH = 0.5  # seconds between looks at whether the engine still lives


class _AskedToEnd(BaseException):
    """Raised by the signals that ask for it."""


def main() -> None:
    """Serve until asked to end."""
    parser = argparse.ArgumentParser(prog="pulumi-language-python")
    parser.add_argument("--runner", type=Path, required=True, help="the file pulumi-language-python-exec")
    parser.add_argument("--tracing", default="", help="endpoint for traces")
    parser.add_argument("engine", nargs="?", default="", help="address of the engine")
    arguments, _logging_flags = parser.parse_known_args()
    host = Host(arguments.runner, arguments.engine, arguments.tracing)
    size = [("grpc.max_receive_message_length", LARGEST_MESSAGE), ("grpc.max_send_message_length", LARGEST_MESSAGE)]
    server = grpc.server(ThreadPoolExecutor(CALLS), options=size)
    rpc.add_LanguageRuntimeServicer_to_server(host, server)
    port = server.add_insecure_port("127.0.0.1:0")
    engine = os.getppid()
    with suppress(_AskedToEnd):
        for number in ENDING:
            signal.signal(number, _leave)
        server.start()
        print(port, flush=True)
        while os.getppid() == engine:  # an orphan is handed to another parent
            time.sleep(WATCH)
    host.end()
    server.stop(GRACE + 1).wait()
    os._exit(0)  # the engine waits for this; tearing the interpreter down properly would make it wait ten times longer


def _leave(_number: int, _frame: FrameType | None) -> NoReturn:
    for number in ENDING:  # a second one must not interrupt the leaving
        signal.signal(number, signal.SIG_IGN)
    raise _AskedToEnd


if __name__ == "__main__":
    main()
