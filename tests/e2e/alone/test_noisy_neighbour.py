"""One tenant takes all the CPU that is reserved for it; its neighbour's answers stay quick (F6, X6, U5).

The noise is real: as many containers as the quota lets in, each of which burns until its limit holds it, on the node
that the neighbour's app runs on too. Quiet and loud take turns, so that what else the machine does is in both.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median, quantiles

import psutil
import pytest
import urllib3
from kubernetes import client

from tests.e2e.api import at_once, connected, refused
from tests.e2e.pods import pod
from tests.e2e.scratch import Scratch, idle, scratch, served
from tests.e2e.stacks import kubectl

pytestmark = [pytest.mark.e2e, pytest.mark.node]

BURNERS = 4  # a quarter of the tier's CPU each
ASKED = 100  # requests in one measurement
ROUNDS = 6
PAUSE = 0.01  # seconds between two: a client that waits, not a load test
WORSE = 2.0  # times the quiet value, at most
QUICK = 0.010  # seconds: an answer within these is quick, whatever it was before; a busy kernel's own grain


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scratch]:
    apps = {"web": served()}
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


def latencies(ask: Callable[[], None]) -> tuple[float, float]:
    """Return median and 95th percentile of `ASKED` calls, in seconds."""
    pause, took = threading.Event(), []
    for _ in range(ASKED):
        began = time.perf_counter()
        ask()
        took.append(time.perf_counter() - began)
        pause.wait(PAUSE)
    return median(took), quantiles(took, n=20)[-1]


def assert_bounded(before: tuple[float, float], during: tuple[float, float]) -> None:
    shown = [f"{value * 1000:.1f} ms" for value in (*before, *during)]
    for quietly, loudly in zip(before, during, strict=True):
        assert loudly <= max(WORSE * quietly, QUICK), f"median, p95: {shown[:2]} became {shown[2:]}"


@contextmanager
def burning(loud: Scratch) -> Iterator[None]:
    """Let as many containers burn as the quota lets in, each at its limit; the rest is refused."""
    namespace, named = loud.namespace, [f"burner-{number}" for number in range(BURNERS + 1)]
    burners = [pod(name, "stress", "--cpus=1", requests={"cpu": "250m"}, labels=loud.labels) for name in named]
    pods = client.CoreV1Api(connected())
    answers = at_once(len(burners), lambda number: pods.create_namespaced_pod(namespace, burners[number]))
    [sentence] = refused(answers)
    assert "exceeded quota: environment" in sentence
    try:
        kubectl("wait", "pods", "--all", "-n", namespace, "--for=condition=Ready", "--timeout=60s")
        yield
    finally:
        kubectl("delete", "pods", "--all", "-n", namespace, "--force", "--grace-period=0")


def test_an_apps_answers_stay_quick_beside_a_tenant_that_burns_all_its_cpu(quiet: Scratch, loud: Scratch) -> None:
    address = kubectl("get", "service", "web", "-n", quiet.namespace, "-o", "jsonpath={.spec.clusterIP}")
    http = urllib3.PoolManager(maxsize=1)

    def ask() -> None:
        assert http.request("GET", f"http://{address}/hostname", timeout=5, retries=False).status == 200

    before, during, cores = [], [], []
    with burning(loud):
        for _ in range(ROUNDS):
            with paused():
                before.append(latencies(ask))
            burnt, began = cpu_seconds(), time.monotonic()
            during.append(latencies(ask))
            cores.append((cpu_seconds() - burnt) / (time.monotonic() - began))
    assert 0.5 < median(cores) < 1.2, f"the burners burn, and no more than the tier's one core: {cores}"
    assert_bounded(best(before), best(during))


def best(rounds: list[tuple[float, float]]) -> tuple[float, float]:
    """Return the lowest median and the lowest 95th percentile: what the machine's other work disturbed least."""
    medians, percentiles = zip(*rounds, strict=True)
    return min(medians), min(percentiles)


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
