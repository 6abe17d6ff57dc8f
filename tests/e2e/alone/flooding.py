"""A flood of requests to the API server, from processes of its own that have the processor only when nobody wants it.

So what a neighbour feels is what the API server has to do, and not what it costs to ask so much.
"""

import os
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

import urllib3

FLOW, LEVEL = (f"X-Kubernetes-PF-{kind}-UID" for kind in ("FlowSchema", "PriorityLevel"))
"""Headers of each answer: as what, and at which level, the request was taken in."""


@dataclass(frozen=True)
class Caller:
    """Somebody with a client certificate, and where the API server is."""

    host: str
    authority: str
    certificate: str
    key: str

    def pool(self, size: int = 1) -> urllib3.PoolManager:
        return urllib3.PoolManager(
            ca_certs=self.authority, cert_file=self.certificate, key_file=self.key, maxsize=size, block=True
        )


Answers = Counter[tuple[int, str, str]]
"""How many answers there were, by HTTP status, flow and level."""


def kind(answer: urllib3.BaseHTTPResponse) -> tuple[int, str, str]:
    return answer.status, answer.headers.get(FLOW, ""), answer.headers.get(LEVEL, "")


def flood(
    pool: ProcessPoolExecutor, callers: Sequence[Caller], path: str, *, threads: int, seconds: float
) -> list[Future[Answers]]:
    """Let each of `callers` ask for `path` in `threads` threads, again and again."""
    return [pool.submit(_asked, caller, path, threads, seconds) for caller in callers]


def processes(count: int) -> ProcessPoolExecutor:
    """Return processes for as many callers at once; the first flood should not be the one that starts them."""
    pool = ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=os.nice, initargs=(19,))
    for started in [pool.submit(time.sleep, 0.5) for _ in range(count)]:
        started.result()
    return pool


def _asked(caller: Caller, path: str, threads: int, seconds: float) -> Answers:
    http, until, answers = caller.pool(threads), time.monotonic() + seconds, Answers()

    def ask_on() -> Answers:
        found = Answers()
        while time.monotonic() < until:
            answer = http.request("GET", f"{caller.host}{path}", timeout=30, retries=False)
            found[kind(answer)] += 1
        return found

    with ThreadPoolExecutor(threads) as pool:
        for found in [pool.submit(ask_on) for _ in range(threads)]:
            answers += found.result()
    return answers
