"""Locks between the processes that run tests side by side."""

import fcntl
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from sandbox.machine.paths import STATE

SANDBOX = "sandbox"
"""Shared by all that use the engine or the cluster; those in a folder `alone` hold it alone."""

PLATFORM = "platform"
"""Shared by all whose tenants stand on the platform; held alone to take it away or change it."""

_shared: Counter[str] = Counter()


@contextmanager
def held(name: str, *, shared: bool = False) -> Iterator[None]:
    """Hold a lock; many may hold it `shared` at once.

    Who waits to have it alone lets nobody else in any more, but for processes that share it already: those may take
    it again.
    """
    again = shared and _shared[name] > 0
    _shared[name] += shared
    try:
        if again:
            yield
            return
        with _open(name) as hall:
            with _entered(name):
                fcntl.flock(hall, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
            yield
    finally:
        _shared[name] -= shared


@contextmanager
def _entered(name: str) -> Iterator[None]:
    with _open(f"{name}.door") as door:
        fcntl.flock(door, fcntl.LOCK_EX)
        yield


@contextmanager
def _open(name: str) -> Iterator[int]:
    folder = STATE / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder / name, os.O_CREAT | os.O_RDWR)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
