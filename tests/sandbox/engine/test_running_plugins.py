"""The host runs policy packs and other plugins, and streams what they print."""

import signal
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from pulumi.runtime.proto import language_pb2 as pb
from pulumi.runtime.proto.analyzer_pb2 import AnalyzerStackConfigureRequest

from tests.sandbox.engine.hosting import RunningHost, a_host, a_virtualenv, ended, info


@pytest.fixture
def host(tmp_path: Path) -> Iterator[RunningHost]:
    with a_host(tmp_path) as running:
        yield running


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    folder = tmp_path / "plugin"
    folder.mkdir()
    return folder


def run(host: RunningHost, request: pb.RunPluginRequest) -> tuple[str, str, int]:
    """Return all that it printed on both streams, and its exit code."""
    answers = list(host.call.RunPlugin(request, timeout=20))
    printed = [b"".join(getattr(answer, name) for answer in answers) for name in ("stdout", "stderr")]
    return printed[0].decode(), printed[1].decode(), answers[-1].exitcode


def test_a_plugin_runs_where_the_engine_says_with_its_variables(
    host: RunningHost, tmp_path: Path, plugin: Path
) -> None:
    (plugin / "__main__.py").write_text(
        "import os, sys\nprint(sys.argv[1:], os.getcwd(), os.environ['GIVEN'])\nsys.exit('sorry')\n"
    )
    request = pb.RunPluginRequest(
        info=info(plugin), kind="resource", pwd=str(tmp_path), args=["127.0.0.1:9"], env=["GIVEN=a=b"]
    )
    assert run(host, request) == (f"['127.0.0.1:9'] {tmp_path} a=b\n", "sorry\n", 1)


PACK = """\
import os, sys, time
from concurrent.futures import ThreadPoolExecutor
import grpc

def answer(request, context):
    said = [sys.argv[1:], os.getcwd(), os.environ.get("PULUMI_CONFIG"), os.environ.get("PULUMI_STACK")]
    return repr(said).encode()

class Any(grpc.GenericRpcHandler):
    def service(self, details):
        return grpc.unary_unary_rpc_method_handler(answer)

server = grpc.server(ThreadPoolExecutor(2), handlers=[Any()])
print(server.add_insecure_port("127.0.0.1:0"))
server.start()
print("it serves")
time.sleep(600)
"""
"""Stands in for the SDK's runner of policy packs: answers every call with what it was started with."""


@pytest.fixture
def pack(plugin: Path) -> pb.RunPluginRequest:
    """A request to run a policy pack under `PACK`, which borrows this test's own gRPC."""
    packages = a_virtualenv(plugin / "venv")
    (packages / "ours.pth").write_text(f"{Path(grpc.__file__).parent.parent}\n")
    (packages / "pulumi").mkdir()
    (packages / "pulumi" / "__init__.py").touch()
    (packages / "pulumi" / "policy.py").write_text(PACK)
    return pb.RunPluginRequest(
        info=info(plugin, virtualenv="venv"), kind="analyzer", pwd=str(plugin.parent), args=["127.0.0.1:9"]
    )


def call(port: int, name: str, request: bytes = b"") -> str:
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        method: grpc.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(f"/pulumirpc.Analyzer/{name}")
        return method(request, timeout=20, wait_for_ready=True).decode()


def test_a_policy_pack_starts_with_its_stacks_configuration(
    host: RunningHost, plugin: Path, pack: pb.RunPluginRequest
) -> None:
    running = host.call.RunPlugin(pack)
    port = int(next(running).stdout)
    stack = AnalyzerStackConfigureRequest(stack="prod", config={"shop:size": "5"})
    assert call(port, "Handshake") == ""
    assert call(port, "ConfigureStack", stack.SerializeToString()) == ""
    told = [["127.0.0.1:9", str(plugin)], str(plugin), '{"shop:size": "5"}', "prod"]
    assert call(port, "GetAnalyzerInfo") == repr(told)
    assert next(running).stdout == b"it serves\n"
    running.cancel()


def test_without_a_stack_it_starts_without_configuration(
    host: RunningHost, plugin: Path, pack: pb.RunPluginRequest
) -> None:
    running = host.call.RunPlugin(pack)
    told = [["127.0.0.1:9", str(plugin)], str(plugin), None, None]
    assert call(int(next(running).stdout), "GetAnalyzerInfo") == repr(told)
    running.cancel()


@pytest.mark.parametrize(
    ("program", "why"),
    [
        ("raise SystemExit(3)", "exited with 3 before it was ready"),
        ("print('hello')", "printed 'hello' before its port"),
    ],
)
def test_a_pack_that_does_not_get_ready_is_said(
    host: RunningHost, plugin: Path, pack: pb.RunPluginRequest, program: str, why: str
) -> None:
    next(plugin.glob("venv/lib/*/site-packages/pulumi/policy.py")).write_text(program)
    running = host.call.RunPlugin(pack)
    port = int(next(running).stdout)
    with pytest.raises(grpc.RpcError, match=why):
        call(port, "GetAnalyzerInfo")


def test_a_pack_that_is_never_configured_ends_with_the_call(host: RunningHost, pack: pb.RunPluginRequest) -> None:
    running = host.call.RunPlugin(pack)
    next(running)
    running.cancel()
    host.process.send_signal(signal.SIGINT)
    assert host.process.wait(timeout=5) == 0


def test_its_port_comes_while_it_runs_and_giving_up_ends_it(host: RunningHost, plugin: Path) -> None:
    (plugin / "__main__.py").write_text("import os, time\nprint(os.getpid())\ntime.sleep(600)\n")
    call = host.call.RunPlugin(pb.RunPluginRequest(info=info(plugin), kind="resource", pwd=str(plugin)))
    pid = int(next(call).stdout)
    call.cancel()
    assert ended(pid)


def test_a_descendant_that_keeps_the_pipe_does_not_keep_the_call(host: RunningHost, plugin: Path) -> None:
    (plugin / "__main__.py").write_text(
        "import subprocess\nprint(subprocess.Popen(['sleep', '5'], start_new_session=True).pid)\n"
    )
    request = pb.RunPluginRequest(info=info(plugin), kind="resource", pwd=str(plugin))
    assert run(host, request)[2] == 0


def test_a_missing_environment_is_said(host: RunningHost, plugin: Path) -> None:
    request = pb.RunPluginRequest(info=info(plugin, virtualenv="gone"), kind="analyzer", pwd=str(plugin))
    with pytest.raises(grpc.RpcError, match='gone", which does not exist; create it'):
        run(host, request)


def test_a_missing_folder_is_said(host: RunningHost, plugin: Path) -> None:
    request = pb.RunPluginRequest(info=info(plugin), kind="resource", pwd=str(plugin / "gone"))
    with pytest.raises(grpc.RpcError, match="could not be started"):
        run(host, request)
