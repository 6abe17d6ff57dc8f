"""How busy the engine keeps us, and who should stop waiting so that others get a turn.

The engine runs a fixed number of operations at once. A Service that waits for Pods holds one of them; when enough
Services do, the Deployments that would bring the Pods never start. Nobody but the provider can see that: every
operation under way is such a wait, there are as many as there ever were, and no new one comes.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

QUIET: Final = 0.5  # seconds without a new operation after which none is to be expected


class Traffic:
    """Counts operations under way; safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._under_way = 0
        self._most = 0
        self._idle: set[str] = set()
        self._released: set[str] = set()
        self._last = time.monotonic()

    @contextmanager
    def operation(self) -> Iterator[None]:
        """Count the block as an operation."""
        with self._lock:
            self._under_way += 1
            self._most = max(self._most, self._under_way)
            self._last = time.monotonic()
        try:
            yield
        finally:
            with self._lock:
                self._under_way -= 1

    def idle(self, urn: str, yes: bool) -> None:
        """Say whether an operation waits for something that only another operation can bring."""
        with self._lock:
            (self._idle.add if yes else self._idle.discard)(urn)
            if not yes:
                self._released.discard(urn)

    def must_make_way(self, urn: str) -> bool:
        """Tell whether an idle operation has to end its wait; all that are stuck together end together."""
        with self._lock:
            full = len(self._idle) == self._under_way == self._most > 1
            if full and time.monotonic() - self._last > QUIET:
                self._released |= self._idle
            return urn in self._released
