"""Wait for a fact instead of sleeping."""

import time
from collections.abc import Callable


def eventually(fact: Callable[[], object], seconds: float = 30, *, otherwise: str = "still not so") -> None:
    """Return once `fact()` is true; fail after `seconds`, saying how it is instead."""
    deadline = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < deadline, f"{otherwise} after {seconds:g} s"
        time.sleep(0.1)
