"""One tenant takes all the CPU that it can get; its neighbour's answers stay quick (F6, X6, U5).

The noise is real: as many containers as the quota lets in, each of which burns up to the limit that its tier allows, on
the node that the neighbour's app runs on too: together they want more than the node has. Quiet and loud take turns, so
that what else the machine does is in both.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from statistics import median, quantiles

import psutil
import pytest
import urllib3
from kubernetes import client

from spec.quantity import parse
from spec.tiers import TIERS, Tier
from tests.e2e.api import at_once, connected, refused
from tests.e2e.pods import pod
from tests.e2e.scratch import Scratch, idle, scratch, served
from tests.e2e.stacks import kubectl
from tests.told import TOLD

pytestmark = [pytest.mark.e2e, pytest.mark.node]

FREE = TIERS[Tier.FREE]
BURNERS = 4
SHARE = int(parse(FREE.quota.cpu) * 1000) // BURNERS  # of the tier's CPU, in thousandths of a core
ROUNDS = 8
MEASUREMENTS = 3  # what else the machine does can only make one worse
SETTLED = 0.3  # seconds: burners that were stopped run all at once again; what is asked for is one that burns all along
PAUSE = 0.03  # seconds between two requests: a client that waits, not a load test
WORSE = 2.0  # times the quiet value, at most

SERVER = """
mkdir -p /tmp/cgi-bin && echo here | tee /tmp/index.html >/tmp/alive.html
printf '#!/bin/sh\\necho\\ni=0; while [ $i -lt 30000 ]; do i=$((i+1)); done; echo $i\\n' >/tmp/cgi-bin/work
chmod +x /tmp/cgi-bin/work && exec httpd -f -p 8080 -h /tmp
"""
"""A web application whose answers are work: some 30 ms of CPU each. Its page is next to none."""

WORKING = {
    "image": "docker.io/library/busybox:1.35.0",
    "args": ["sh", "-c", SERVER],
    "health": {"ready": "/index.html", "live": "/alive.html"},
    "cpu": "400m",  # with its burst, what an answer can use; all fit on a node of two cores beside the operators
    "memory": "64Mi",
    "grace": 10,
}


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scratch]:
    apps = {"web": served(**WORKING)}
    with scratch(tmp_path_factory.mktemp("quiet"), name="quiet", environment="dev", tier="small", apps=apps) as found:
        found.stack.up()
        yield found


@pytest.fixture(scope="module")
def loud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scratch]:
    with scratch(
        tmp_path_factory.mktemp("loud"), name="loud", environment="dev", tier="free", apps=None, jobs=idle()
    ) as found:
        found.stack.up()
        yield found


def latencies(ask: Callable[[], None], count: int) -> list[float]:
    """Return how long each of `count` calls took, in seconds."""
    took = []
    for _ in range(count):
        began = time.perf_counter()
        ask()
        took.append(time.perf_counter() - began)
        time.sleep(PAUSE)
    return took


def shown(took: list[float]) -> tuple[float, float]:
    """Return median and 95th percentile."""
    return median(took), quantiles(took, n=20)[-1]


@contextmanager
def burning(loud: Scratch) -> Iterator[None]:
    """Let as many containers burn as the quota lets in, each up to its tier's burst; the rest is refused."""
    namespace = loud.namespace
    requests, limits = {"cpu": f"{SHARE}m"}, {"cpu": f"{SHARE * FREE.burst}m"}
    named = [f"burner-{number}" for number in range(BURNERS + 1)]
    burners = [pod(name, "stress", "--cpus=1", requests=requests, limits=limits, labels=loud.labels) for name in named]
    pods = client.CoreV1Api(connected())
    answers = at_once(len(burners), lambda number: pods.create_namespaced_pod(namespace, burners[number]))
    [sentence] = refused(answers)
    assert "exceeded quota: environment" in sentence
    try:
        kubectl("wait", "pods", "--all", "-n", namespace, "--for=condition=Ready", "--timeout=60s")
        yield
    finally:
        kubectl("delete", "pods", "--all", "-n", namespace, "--force", "--grace-period=0")


WORK = "/cgi-bin/work"
REQUESTS = {WORK: 24, "/index.html": 24}
"""Path, and how many requests in a round."""


Took = dict[str, list[float]]


def measured(ask: Callable[[str], None]) -> tuple[Took, Took, list[float]]:
    """Return the seconds of each request by path, without and with the burners, and the cores that these had."""
    before: Took = {path: [] for path in REQUESTS}
    during: Took = {path: [] for path in REQUESTS}
    cores = []
    for _ in range(ROUNDS):
        for path, count in REQUESTS.items():
            with paused():
                before[path] += latencies(partial(ask, path), count)
            time.sleep(SETTLED)
            burnt, began = cpu_seconds(), time.monotonic()
            during[path] += latencies(partial(ask, path), count)
            cores.append((cpu_seconds() - burnt) / (time.monotonic() - began))
    return before, during, cores


def test_an_apps_answers_stay_quick_beside_a_tenant_that_burns_all_the_cpu_it_gets(
    quiet: Scratch, loud: Scratch, record_property: Callable[[str, str], None]
) -> None:
    address = kubectl("get", "service", "web", "-n", quiet.namespace, "-o", "jsonpath={.spec.clusterIP}")
    http = urllib3.PoolManager(maxsize=1)

    def ask(path: str) -> None:
        assert http.request("GET", f"http://{address}{path}", timeout=5, retries=False).status == 200

    with burning(loud):
        for _ in range(MEASUREMENTS):
            before, during, cores = measured(ask)
            assert median(cores) > 0.5, f"the burners burn: {cores}"
            figures = {path: (shown(before[path]), shown(during[path])) for path in REQUESTS}
            if within(*figures[WORK]):
                break
    for path, (quietly, loudly) in figures.items():
        was, became = (", ".join(f"{value * 1000:.1f}" for value in each) for each in (quietly, loudly))
        record_property(TOLD, f"noisy neighbour, {path}: median, p95 of {was} ms became {became} ms")
    record_property(TOLD, f"noisy neighbour: the burners had {median(cores):.1f} of {psutil.cpu_count()} cores")
    assert within(*figures[WORK]), figures


def within(quietly: tuple[float, float], loudly: tuple[float, float]) -> bool:
    """Return whether neither median nor 95th percentile is worse than it may be."""
    return all(other <= WORSE * one for one, other in zip(quietly, loudly, strict=True))


def burners() -> list[psutil.Process]:
    return [each for each in psutil.process_iter(["cmdline"]) if "stress" in (each.info["cmdline"] or [])]


@contextmanager
def paused() -> Iterator[None]:
    """Let the burners stand still for a while."""
    found = burners()
    assert len(found) == BURNERS
    for each in found:
        each.suspend()
    try:
        yield
    finally:
        for each in found:
            each.resume()


def cpu_seconds() -> float:
    """Return the CPU time that the burners have used so far, as the node's kernel counts it."""
    return sum(sum(each.cpu_times()[:2]) for each in burners())
