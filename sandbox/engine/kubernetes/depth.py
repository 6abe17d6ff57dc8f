"""Messages of any depth: custom resource definitions nest deeper than protobuf reads by itself (100 levels)."""

from importlib import import_module

from google.protobuf.internal import api_implementation


def allow() -> None:
    """Let this process read messages however deep they are; other implementations than upb set no limit."""
    if api_implementation.Type() == "upb":
        import_module("google._upb._message").SetAllowOversizeProtos(True)
