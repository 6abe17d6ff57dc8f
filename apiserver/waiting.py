"""Waiting for what an API server says."""

import time
from collections.abc import Callable
from typing import Any

from apiserver.errors import Late, NotYet

POLL = 0.5


def wait(what: str, ask: Callable[[], Any], *, within: float, poll: float = POLL) -> Any:
    """Return the first answer that is something.

    Args:
        what: what is waited for, for the error.
        ask: answers nothing (None, False, empty), or raises NotYet, as long as it is not there.

    Raises:
        Late: `within` seconds are over; with the last NotYet.
        ClusterError: whatever else `ask` raises, at once: it does not pass by itself.
    """
    end = time.monotonic() + within
    while True:
        seen = ""
        try:
            if found := ask():
                return found
        except NotYet as error:
            seen = f"; at last: {error}"
        if time.monotonic() > end:
            raise Late(f"{what}: not within {within:.0f} s{seen}")
        time.sleep(poll)
