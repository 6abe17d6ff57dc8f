"""A port of this machine's loopback that nobody listens on."""

import socket


def free_port() -> int:
    """Return one that was free a moment ago."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        found: int = free.getsockname()[1]
    return found
