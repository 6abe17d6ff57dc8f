"""Interrupting or killing the engine leaves no process behind, and one command puts the stack right again."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil
import pytest

from sandbox.engine.parts import LANGUAGE_HOST
from tests.sandbox.engine.hosting import ended
from tests.sandbox.engine.workspace import Workspace

pytestmark = pytest.mark.e2e

WAITING = """\
import os, subprocess, time
import pulumi

class Shop(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("test:shop:Shop", name)
        self.register_outputs({})

Shop("shop")
if pulumi.Config().get_bool("wait"):
    print("pids", os.getpid(), subprocess.Popen(["sleep", "600"]).pid, flush=True)
    time.sleep(600)
"""


@dataclass
class Update:
    """An update that waits in its program."""

    engine: int
    host: int
    program: int
    child: int
    output: str = ""
    code: int | None = None


@contextmanager
def a_waiting_update(project: Workspace) -> Iterator[Update]:
    """Start one; on leaving, wait for the engine's end and note what it printed."""
    project.program(WAITING)
    project.run("config", "set", "wait", "true")
    with project.start("up", "--yes", "--skip-preview") as process:
        assert process.stdout
        line = next(line for line in process.stdout if "pids" in line)
        program, child = map(int, line.split()[-2:])
        host = psutil.Process(program).ppid()
        assert psutil.Process(host).ppid() == process.pid
        update = Update(process.pid, host, program, child)
        yield update
        update.output, _ = process.communicate(timeout=30)
        update.code = process.returncode
    project.run("config", "set", "wait", "false")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_update_ends_quietly(project: Workspace, number: signal.Signals) -> None:
    with a_waiting_update(project) as update:
        os.kill(update.engine, number)
    assert update.code != 0
    assert "update canceled" in update.output
    assert "Traceback" not in update.output
    assert "was ended by" not in update.output
    assert all(map(ended, (update.host, update.program, update.child)))
    project.up()
    assert project.types() == ["test:shop:Shop"]


def test_a_killed_engine_leaves_nothing_but_its_lock(project: Workspace) -> None:
    with a_waiting_update(project) as update:
        os.kill(update.engine, signal.SIGKILL)
    assert all(map(ended, (update.host, update.program, update.child)))
    refused = project.attempt("up", "--yes", "--skip-preview")
    assert refused.code != 0
    assert "the stack is currently locked" in refused.output
    project.run("cancel", "--yes")
    project.up()
    assert project.types() == ["test:shop:Shop"]


@pytest.mark.parametrize("part", ["host", "program"])
def test_a_killed_part_fails_the_update_and_the_next_one_works(project: Workspace, part: str) -> None:
    with a_waiting_update(project) as update:
        os.kill(getattr(update, part), signal.SIGKILL)
    assert update.code != 0
    assert "error" in update.output
    assert all(map(ended, (update.host, update.program, update.child)))
    project.up()
    assert project.types() == ["test:shop:Shop"]


def test_the_host_of_these_tests_is_ours(project: Workspace) -> None:
    with a_waiting_update(project) as update:
        command = psutil.Process(update.host).cmdline()
        os.kill(update.engine, signal.SIGINT)
    assert "sandbox.engine.language" in " ".join(command), f"{LANGUAGE_HOST} of the user's own was found"
