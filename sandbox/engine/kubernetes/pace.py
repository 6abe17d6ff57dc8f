"""A token bucket: how many requests a second a client may send (`kubeClientSettings.qps` and `.burst`)."""

import threading
import time


class Pace:
    """Let `burst` requests through at once, then `qps` a second."""

    def __init__(self, qps: float, burst: int) -> None:
        self._qps = qps
        self._burst = max(burst, 1)
        self._tokens = float(self._burst)
        self._then = time.monotonic()
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Return as soon as one more request may be sent."""
        with self._lock:
            now = time.monotonic()
            self._tokens = min(self._burst, self._tokens + (now - self._then) * self._qps)
            self._then = now
            self._tokens -= 1
            debt = -self._tokens / self._qps
        if debt > 0:
            time.sleep(debt)
