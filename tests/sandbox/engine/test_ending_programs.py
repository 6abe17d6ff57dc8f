"""No process of a program outlives the call, the host or the engine."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import grpc
import psutil
import pytest
from google.protobuf.empty_pb2 import Empty

from sandbox.machine.paths import ROOT
from tests.sandbox.engine.hosting import RUNNER, RunningHost, a_host, a_program, ended

FAMILY = """\
import os, signal, subprocess, time
child = subprocess.Popen(["sleep", "600"])
print(os.getpid(), child.pid, flush=True)
time.sleep(600)
"""
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + FAMILY


@pytest.fixture
def host(tmp_path: Path) -> Iterator[RunningHost]:
    with a_host(tmp_path) as running:
        yield running


def cancelled_by_the_engine(host: RunningHost, call: grpc.Future) -> None:
    host.call.Cancel(Empty())


def given_up_by_the_engine(host: RunningHost, call: grpc.Future) -> None:
    call.cancel()


def sent(number: signal.Signals) -> Callable[[RunningHost, grpc.Future], None]:
    def send(host: RunningHost, call: grpc.Future) -> None:
        os.killpg(host.process.pid, number)

    return send


ENDINGS = [cancelled_by_the_engine, given_up_by_the_engine, *map(sent, (signal.SIGINT, signal.SIGTERM, signal.SIGKILL))]


@pytest.mark.parametrize("end", ENDINGS, ids=["cancel", "call given up", "SIGINT", "SIGTERM", "SIGKILL"])
def test_the_program_and_its_children_end(
    host: RunningHost, tmp_path: Path, end: Callable[[RunningHost, grpc.Future], None]
) -> None:
    call = host.call.Run.future(a_program(tmp_path, FAMILY))
    program, child = map(int, host.line().split())
    assert psutil.pid_exists(child)
    end(host, call)
    assert ended(program)
    assert ended(child)
    assert host.lines.empty(), "nothing is printed about it"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_host_leaves_at_once_when_nothing_runs(host: RunningHost, number: signal.Signals) -> None:
    host.call.GetPluginInfo(Empty())
    host.process.send_signal(number)
    assert host.process.wait(timeout=2) == 0


def test_a_second_signal_does_not_disturb_the_leaving(host: RunningHost, tmp_path: Path) -> None:
    call = host.call.Run.future(a_program(tmp_path, STUBBORN))
    program, child = map(int, host.line().split())
    host.process.send_signal(signal.SIGINT)
    host.process.send_signal(signal.SIGINT)
    assert host.process.wait(timeout=10) == 0
    assert not call.cancelled()
    assert ended(program)
    assert ended(child)
    assert host.lines.empty()


def test_a_program_that_ignores_the_request_is_killed(host: RunningHost, tmp_path: Path) -> None:
    call = host.call.Run.future(a_program(tmp_path, STUBBORN))
    program, child = map(int, host.line().split())
    host.call.Cancel(Empty())
    assert call.result(timeout=10).error == "the program was ended by SIGKILL"
    assert ended(program)
    assert ended(child)


def test_what_a_program_leaves_behind_ends_with_it(host: RunningHost, tmp_path: Path) -> None:
    leaving = "import subprocess; print(subprocess.Popen(['sleep', '600']).pid)"
    assert host.call.Run(a_program(tmp_path, leaving), timeout=20).error == ""
    assert ended(int(host.line()))


def test_calls_after_a_cancelled_one_work(host: RunningHost, tmp_path: Path) -> None:
    host.call.Cancel(Empty())
    host.call.Run(a_program(tmp_path, "print('it ran')"))
    assert host.line() == "it ran"


def test_the_host_ends_with_the_engine(tmp_path: Path) -> None:
    (tmp_path / "runner.py").write_text(RUNNER)
    starting = (
        "import subprocess, sys, time\n"
        "host = subprocess.Popen([sys.executable, '-m', 'sandbox.engine.language', '--runner', sys.argv[1]],"
        " stdout=subprocess.PIPE, process_group=0)\n"
        "print(host.pid, host.stdout.readline(), flush=True)\n"
        "time.sleep(600)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", starting, tmp_path / "runner.py"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as engine:
        assert engine.stdout
        host = int(engine.stdout.readline().split()[0])
        assert psutil.pid_exists(host)
        engine.kill()
    assert ended(host)
