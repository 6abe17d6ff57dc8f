"""Serves a pack to the engine, as the SDK's own `PolicyPack` does, until the engine ends it."""

import sys
from concurrent import futures
from typing import Final

import grpc
from pulumi.runtime.proto import analyzer_pb2_grpc

from policies import _depth
from policies._pack import Servicer

LARGEST_MESSAGE: Final = 400 << 20  # bytes, as the engine's own limit
CALLS: Final = 4


def serve(servicer: Servicer) -> None:
    """Print the port, which is how the engine learns it, and answer."""
    _depth.allow()
    server = grpc.server(
        futures.ThreadPoolExecutor(CALLS), options=[("grpc.max_receive_message_length", LARGEST_MESSAGE)]
    )
    analyzer_pb2_grpc.add_AnalyzerServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    server.wait_for_termination()
