"""Who may use the machine's one sandbox at the same time, and in which order: tests run in several processes."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sandbox.machine.paths import STATE

STACKS = "stacks"
"""One process runs all tests of the project's own stacks: they are one set of objects in the cluster."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep each file's tests in one process, and begin with what takes long."""
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_group(item)))
    items.sort(key=_rank)


def _group(item: pytest.Item) -> str:
    if item.get_closest_marker("alone"):
        return "alone"
    return STACKS if "e2e" in item.path.parts else item.path.stem


def _rank(item: pytest.Item) -> int:
    """Those that need the sandbox for themselves come first, beside those that need none of it."""
    if item.get_closest_marker("alone"):
        return 0
    if not _uses_sandbox(item):
        return 1
    return 2 if _group(item) == STACKS else 3


def _uses_sandbox(node: pytest.Item | pytest.Module) -> bool:
    return any(node.get_closest_marker(name) for name in ("e2e", "node"))


@pytest.fixture(scope="module", autouse=True)
def machine(request: pytest.FixtureRequest) -> Iterator[None]:
    """Hold the sandbox: all may at once, but tests marked `alone` take it down and have it to themselves."""
    if not any(_uses_sandbox(item) for item in request.session.items if item.path == request.path):
        yield
        return
    alone = request.node.get_closest_marker("alone") is not None
    STATE.mkdir(exist_ok=True)
    with (STATE / "tests.lock").open("w") as hall:
        with _held(STATE / "tests.door.lock"):  # who waits to be alone lets nobody in any more
            fcntl.flock(hall, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        yield


@contextmanager
def _held(path: Path) -> Iterator[None]:
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
