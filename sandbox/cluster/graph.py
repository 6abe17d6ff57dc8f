"""Bring things up side by side, each as soon as what it needs is well, and show each as a step."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass

from sandbox.cluster.health import well
from sandbox.cluster.layout import Layout
from sandbox.cluster.services import Check, Service
from sandbox.cluster.supervision import State, Supervisor
from sandbox.machine import Progress, SandboxError
from sandbox.machine.progress import Step

PATIENCE = 120.0
"""Seconds that a service may take to become well."""

HUNG_AFTER = 15.0
"""Seconds after which a service that ran before, but does not answer, is taken for hung and restarted."""

_POLL = 0.05
_TAIL = 1500  # characters of a log that an error quotes


@dataclass(frozen=True, kw_only=True)
class Task:
    """Work that is done once, in a thread of its own.

    Attributes:
        after: services and tasks that must be well before.
        work: raises what should be told to the user.
    """

    name: str
    work: Callable[[], object]
    after: tuple[str, ...] = ()


class Graph:
    """Services and tasks on their way up."""

    def __init__(
        self,
        services: Sequence[Service],
        tasks: Sequence[Task],
        supervisor: Supervisor,
        layout: Layout,
        progress: Progress,
    ) -> None:
        self._services = {service.name: service for service in services}
        self._tasks = {task.name: task for task in tasks}
        self._supervisor = supervisor
        self._layout = layout
        self._progress = progress
        self._done: set[str] = set()
        self._steps: dict[str, tuple[ExitStack, Step]] = {}
        self._started: set[str] = set()

    def run(self) -> None:
        """Return when everything is well.

        Raises:
            SandboxError: a service keeps exiting or does not become well; the end of its log is quoted.
        """
        with ExitStack() as steps:
            futures: dict[str, Future[object]] = {}
            while waiting := self._waiting():
                states = self._supervisor.states()
                for name in waiting:
                    self._show(name, steps)
                    if name in self._services:
                        finished = self._advance(self._services[name], states[name])
                    else:
                        futures[name] = futures.get(name) or _in_background(self._tasks[name])
                        finished = futures[name].done()
                        if finished:
                            futures[name].result()
                    if finished:
                        self._done.add(name)
                        self._steps[name][0].close()
                time.sleep(_POLL)

    def _waiting(self) -> list[str]:
        everything: dict[str, Service | Task] = {**self._services, **self._tasks}
        left = everything.keys() - self._done
        return [name for name in everything if name in left and set(everything[name].after) <= self._done]

    def _show(self, name: str, steps: ExitStack) -> None:
        if name not in self._steps:
            mine = steps.enter_context(ExitStack())
            self._steps[name] = (mine, mine.enter_context(self._progress.step(name)))

    def _advance(self, service: Service, state: State) -> bool:
        """Move one service on; tell whether it is well."""
        step = self._steps[service.name][1]
        waited = time.monotonic() - step.began
        if state.state in {"STOPPED", "EXITED", "FATAL", "UNKNOWN"}:
            if service.name in self._started:
                raise self._failure(service, "keeps exiting")
            self._started.add(service.name)
            self._supervisor.start(service.name)
            return False
        if self._is_well(service, state):
            return True
        if waited > HUNG_AFTER and service.name not in self._started:
            step.say("does not answer; restarting it")
            self._started.add(service.name)
            self._supervisor.restart(service.name)
        elif waited > PATIENCE:
            raise self._failure(service, f"is not well after {PATIENCE:.0f} s")
        else:
            step.say(state.state.lower())
        return False

    def _is_well(self, service: Service, state: State) -> bool:
        if service.check is Check.RUNS:
            return state.state == "RUNNING"
        return state.up and well(service)

    def _failure(self, service: Service, what: str) -> SandboxError:
        log = self._layout.logs / f"{service.name}.log"
        tail = log.read_text(errors="replace")[-_TAIL:].rstrip() if log.exists() else ""
        return SandboxError(
            f"{service.name} {what}; the end of {log}:\n{tail}",
            service.fix or f"read {log}; then run `python -m sandbox up` again, it goes on from here",
        )


def _in_background(task: Task) -> Future[object]:
    """Start the task in a thread that nobody waits for once something else has failed or the user has had enough."""
    future: Future[object] = Future()

    def run() -> None:
        try:
            future.set_result(task.work())
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=run, name=task.name, daemon=True).start()
    return future
