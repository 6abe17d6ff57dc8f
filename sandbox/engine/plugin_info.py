"""Ask a plugin for its version, as the engine does: start it, and call `GetPluginInfo`."""

import os
import signal
import subprocess
from pathlib import Path

import grpc

from sandbox.machine import SandboxError

NOBODY = "127.0.0.1:1"  # an engine's address is wanted, and is not used before an update begins
PATIENCE = 20.0  # seconds


def version_of_plugin(program: Path) -> str:
    """Return the version that a language host or provider gives.

    Args:
        program: `pulumi-<kind>-<name>`; its name tells the protocol.

    Raises:
        SandboxError: it does not start, or does not answer.
    """
    from pulumi.runtime.proto import plugin_pb2  # noqa: PLC0415 - loads the whole SDK

    service = {"language": "LanguageRuntime", "resource": "ResourceProvider"}[program.name.split("-")[1]]
    with subprocess.Popen(
        [program, NOBODY], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, process_group=0
    ) as plugin:
        assert plugin.stdout
        try:
            port = int(plugin.stdout.readline())
            with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
                ask: grpc.UnaryUnaryMultiCallable[bytes, plugin_pb2.PluginInfo] = channel.unary_unary(
                    f"/pulumirpc.{service}/GetPluginInfo", response_deserializer=plugin_pb2.PluginInfo.FromString
                )
                return str(ask(b"", timeout=PATIENCE, wait_for_ready=True).version).removeprefix("v")
        except (ValueError, grpc.RpcError) as error:
            raise SandboxError(
                f"{program}, found on PATH, does not answer as a Pulumi plugin: {error}",
                "repair it, or take it off PATH and the sandbox's own is used",
            ) from error
        finally:
            os.killpg(plugin.pid, signal.SIGKILL)
