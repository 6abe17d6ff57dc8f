"""The supervisor with small processes of ours: it holds them, restarts them, and leaves none behind."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from sandbox.cluster import processes
from sandbox.cluster.graph import Graph, Task
from sandbox.cluster.layout import Layout
from sandbox.cluster.services import Check, Service
from sandbox.cluster.supervision import Supervisor
from sandbox.machine import Progress, SandboxError
from tests.waiting import eventually

SLEEPS = "import time; time.sleep(600)"


def python(name: str, code: str, **more: Any) -> Service:
    return Service(name=name, command=(sys.executable, "-c", code), **more)


@pytest.fixture
def layout(tmp_path: Path) -> Iterator[Layout]:
    layout = Layout(tmp_path / ".sandbox")
    layout.make()
    yield layout
    Supervisor(layout).shutdown()
    processes.end(processes.ours(layout))


def brought_up(layout: Layout, *services: Service, tasks: tuple[Task, ...] = ()) -> Supervisor:
    supervisor = Supervisor(layout)
    supervisor.ensure(services)
    with Progress("test") as progress:
        Graph(services, tasks, supervisor, layout, progress).run()
    return supervisor


def pid(supervisor: Supervisor, name: str) -> int:
    return supervisor.states()[name].pid


def test_bringing_up_twice_changes_nothing(layout: Layout) -> None:
    first = pid(brought_up(layout, python("one", SLEEPS)), "one")
    assert pid(brought_up(layout, python("one", SLEEPS)), "one") == first


def test_only_what_changed_is_restarted(layout: Layout) -> None:
    supervisor = brought_up(layout, python("one", SLEEPS), python("two", SLEEPS))
    one, two = pid(supervisor, "one"), pid(supervisor, "two")
    supervisor = brought_up(layout, python("one", SLEEPS), python("two", SLEEPS + "; changed = 1"))
    assert pid(supervisor, "one") == one
    assert pid(supervisor, "two") != two


def test_what_is_no_longer_wanted_ends(layout: Layout) -> None:
    supervisor = brought_up(layout, python("one", SLEEPS), python("two", SLEEPS))
    two = pid(supervisor, "two")
    brought_up(layout, python("one", SLEEPS))
    assert set(supervisor.states()) == {"one"}
    assert not psutil.pid_exists(two)


def test_a_killed_service_comes_back(layout: Layout) -> None:
    supervisor = brought_up(layout, python("one", SLEEPS))
    first = pid(supervisor, "one")
    os.kill(first, signal.SIGKILL)
    eventually(lambda: pid(supervisor, "one") not in {0, first})


def test_a_killed_supervisor_is_replaced_and_its_orphans_are_not_doubled(layout: Layout) -> None:
    brought_up(layout, python("one", SLEEPS))
    parent = int((layout.run / "supervisord.pid").read_text())
    os.kill(parent, signal.SIGKILL)
    eventually(lambda: not Supervisor(layout).answers())
    supervisor = brought_up(layout, python("one", SLEEPS))
    running = [one for one in processes.ours(layout) if SLEEPS in one.cmdline()]
    assert [one.pid for one in running] == [pid(supervisor, "one")]


def test_shutdown_ends_everything_and_may_be_repeated(layout: Layout) -> None:
    supervisor = brought_up(layout, python("one", SLEEPS))
    supervisor.shutdown()
    assert processes.ours(layout) == []
    supervisor.shutdown()


def test_another_sandbox_is_not_touched(layout: Layout, tmp_path: Path) -> None:
    other = Layout(tmp_path / "other" / ".sandbox")
    other.make()
    try:
        supervisor = brought_up(other, python("one", SLEEPS))
        brought_up(layout, python("one", SLEEPS))
        Supervisor(layout).shutdown()
        processes.end(processes.ours(layout))
        assert supervisor.states()["one"].up
    finally:
        Supervisor(other).shutdown()


def test_a_service_starts_when_what_it_needs_is_well(layout: Layout, tmp_path: Path) -> None:
    made = tmp_path / "made"
    needs_it = python("late", f"open({str(made)!r}); {SLEEPS}", after=("prepare",))
    supervisor = brought_up(layout, needs_it, tasks=(Task(name="prepare", work=lambda: made.write_text("")),))
    assert pid(supervisor, "late"), "it would have ended at once, had it started first"


def test_a_service_that_keeps_exiting_is_told_with_its_log(layout: Layout) -> None:
    broken = python("broken", "raise SystemExit('the data is damaged')", fix="purge it")
    with pytest.raises(SandboxError, match="broken keeps exiting") as caught:
        brought_up(layout, broken)
    assert "the data is damaged" in caught.value.what
    assert caught.value.fix == "purge it"


def test_a_service_whose_program_is_gone_is_told(layout: Layout) -> None:
    with pytest.raises(SandboxError, match="can't find command"):
        brought_up(layout, Service(name="gone", command=("/nowhere/gone",)))


def test_a_hung_service_is_restarted(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.cluster.graph.HUNG_AFTER", 0.5)
    monkeypatch.setattr("sandbox.cluster.health.SECONDS", 0.5)
    serve = "import http.server as h; h.HTTPServer(('127.0.0.1', 18761), h.SimpleHTTPRequestHandler).serve_forever()"
    service = python("web", serve, check=Check.HTTP, health="http://127.0.0.1:18761/")
    supervisor = brought_up(layout, service)
    first = pid(supervisor, "web")
    os.kill(first, signal.SIGSTOP)
    with Progress("test") as progress:
        Graph((service,), (), supervisor, layout, progress).run()
    assert pid(supervisor, "web") != first


def test_a_failure_does_not_wait_for_a_task_that_goes_on(layout: Layout) -> None:
    never = threading.Event()

    def fails() -> None:
        raise SandboxError("no room", "make room")

    tasks = (Task(name="waits", work=never.wait), Task(name="fails", work=fails))
    with pytest.raises(SandboxError, match="no room"):
        brought_up(layout, tasks=tasks)
    never.set()


def test_a_failing_task_stops_the_rest(layout: Layout) -> None:
    def fails() -> None:
        raise SandboxError("no room", "make room")

    with pytest.raises(SandboxError, match="no room"):
        brought_up(layout, python("late", SLEEPS, after=("fails",)), tasks=(Task(name="fails", work=fails),))
    assert not Supervisor(layout).states()["late"].up
