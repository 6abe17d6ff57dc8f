"""The host runs a program, passes on what the engine says, and tells how it ended."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import language_pb2 as pb

from sandbox.engine.language import VERSION
from sandbox.engine.language.host import NOT_HERE
from tests.sandbox.engine.hosting import RunningHost, a_host, a_program, info


@pytest.fixture
def host(tmp_path: Path) -> Iterator[RunningHost]:
    with a_host(tmp_path) as running:
        yield running


def test_it_introduces_itself(host: RunningHost) -> None:
    host.call.Handshake(pb.LanguageHandshakeRequest(engine_address="127.0.0.1:3"))
    assert host.call.GetPluginInfo(Empty()).version == VERSION


def test_a_program_is_told_all_that_the_engine_said(host: RunningHost, tmp_path: Path) -> None:
    request = a_program(
        tmp_path, "import os, sys, json; print(json.dumps([sys.argv, os.environ['PULUMI_CONFIG'], os.getcwd()]))"
    )
    request.config["shop:size"] = "5"
    request.dryRun = True
    request.args.append("last")
    assert host.call.Run(request) == pb.RunResponse()
    arguments, config, folder = json.loads(host.line())
    assert {
        "--project=shop",
        "--stack=prod",
        "--organization=organization",
        "--parallel=16",
        "--monitor=127.0.0.1:2",
        "--engine=127.0.0.1:1",
        "--dry_run=true",
        f"--pwd={tmp_path}",
        f"--root_directory={tmp_path}",
    } <= set(arguments)
    assert arguments[-1] == "last"
    assert json.loads(config) == {"shop:size": "5"}
    assert folder == str(tmp_path)


def test_an_update_is_not_a_dry_run(host: RunningHost, tmp_path: Path) -> None:
    host.call.Run(a_program(tmp_path, "import sys; print(sys.argv)"))
    assert "dry_run" not in host.line()


def test_names_of_secrets_reach_the_program(host: RunningHost, tmp_path: Path) -> None:
    request = a_program(tmp_path, "import os; print(os.environ['PULUMI_CONFIG_SECRET_KEYS'])")
    request.configSecretKeys.append("shop:password")
    host.call.Run(request)
    assert json.loads(host.line()) == ["shop:password"]


def test_the_virtual_environment_is_active(host: RunningHost, tmp_path: Path) -> None:
    request = a_program(tmp_path, "import os, shutil; print(os.environ['VIRTUAL_ENV'], shutil.which('python'))")
    host.call.Run(request)
    environment = request.info.options["virtualenv"]
    assert host.line() == f"{environment} {environment}/bin/python"


def test_lines_come_while_the_program_runs(host: RunningHost, tmp_path: Path) -> None:
    request = a_program(tmp_path, "import sys; print('begun'); sys.stderr.write('also\\n'); open('gate').read()")
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    call = host.call.Run.future(request)
    assert {host.line(), host.line()} == {"begun", "also"}
    assert not call.done()
    gate.write_text("open")
    assert call.result(timeout=20) == pb.RunResponse()


@pytest.mark.parametrize(
    ("ending", "answer"),
    [
        ("raise SystemExit(0)", pb.RunResponse()),
        ("raise SystemExit(32)", pb.RunResponse(bail=True)),
        ("raise SystemExit(7)", pb.RunResponse(error="Program exited with non-zero exit code: 7")),
        ("import os; os.kill(os.getpid(), 11)", pb.RunResponse(error="the program was ended by SIGSEGV")),
    ],
    ids=["well", "error already shown", "exit code", "signal"],
)
def test_it_tells_how_the_program_ended(host: RunningHost, tmp_path: Path, ending: str, answer: pb.RunResponse) -> None:
    assert host.call.Run(a_program(tmp_path, ending)) == answer


def test_a_failing_type_check_keeps_the_program_from_running(host: RunningHost, tmp_path: Path) -> None:
    request = a_program(tmp_path, "number: int = 'text'\nprint('it ran')\n")
    request.info.options["typechecker"] = "mypy"
    assert host.call.Run(request) == pb.RunResponse(bail=True)
    assert "Incompatible types in assignment" in host.line()
    assert "it ran" not in host.lines.queue


def test_a_passing_type_check_lets_it_run(host: RunningHost, tmp_path: Path) -> None:
    request = a_program(tmp_path, "number: int = 5\nprint('it ran')\n")
    request.info.options["typechecker"] = "mypy"
    assert host.call.Run(request) == pb.RunResponse()
    assert "Success" in host.line()
    assert host.line() == "it ran"


@pytest.mark.parametrize("name", NOT_HERE)
def test_calls_of_the_official_host_alone_are_refused_by_name(host: RunningHost, name: str) -> None:
    request = getattr(pb, f"{name}Request")()
    with pytest.raises(grpc.RpcError) as refused:
        getattr(host.call, name)(request)
    assert refused.value.code() is grpc.StatusCode.UNIMPLEMENTED
    assert NOT_HERE[name] in str(refused.value.details())
    assert "official Pulumi distribution" in str(refused.value.details())


def test_a_debugger_is_refused_by_name(host: RunningHost, tmp_path: Path) -> None:
    request = a_program(tmp_path, "print('it ran')")
    request.attach_debugger = True
    with pytest.raises(grpc.RpcError, match="--attach-debugger"):
        host.call.Run(request)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"virtualenv": "missing"}, 'missing", which does not exist; create it'),
        ({"virtualenv": "."}, "which is not a virtual environment"),
        ({"toolchain": "conda"}, '`toolchain` is "conda"; wanted is one of `pip`, `uv`, `poetry`'),
        ({"typechecker": "pytype"}, '`typechecker` is "pytype"; wanted is one of `mypy`, `pyright`'),
        ({"virtualenvs": "x"}, "runtime option `virtualenvs` is not known"),
    ],
    ids=lambda value: next(iter(value.values())) if isinstance(value, dict) else "",
)
def test_wrong_options_are_refused_with_what_was_wanted(
    host: RunningHost, tmp_path: Path, options: dict[str, str], said: str
) -> None:
    request = a_program(tmp_path, "print('it ran')")
    request.info.CopyFrom(info(tmp_path, **options))
    with pytest.raises(grpc.RpcError) as refused:
        host.call.Run(request)
    assert refused.value.code() is grpc.StatusCode.FAILED_PRECONDITION
    assert said in str(refused.value.details())


def test_poetry_missing_is_said(tmp_path: Path) -> None:
    request = a_program(tmp_path, "print('it ran')")
    request.info.ClearField("options")
    (tmp_path / "poetry.lock").touch()
    with a_host(tmp_path, path="/nowhere") as host, pytest.raises(grpc.RpcError, match="set `toolchain: pip`"):
        host.call.Run(request)
