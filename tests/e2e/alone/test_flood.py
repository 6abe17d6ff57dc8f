"""One tenant's people flood the API server; their neighbour is answered, and hardly waits (F6, X6).

The flood is of several people who all ask for much: as the API server comes, each of them is a flow of their own.
What the neighbour's answers take depends on the machine as well, and is told; that it does not queue is asserted.
"""

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

import pytest

from spec import plan
from tests.e2e.access.identities import certified
from tests.e2e.access.people import server, settings
from tests.e2e.alone.flooding import Answers, Caller, flood, kind, processes
from tests.e2e.scratch import Scratch, scratch
from tests.e2e.stacks import kubectl
from tests.told import TOLD

pytestmark = pytest.mark.e2e

PEOPLE = 8
THREADS = 8  # of each
SECONDS = 5.0
PAUSE = 0.02
LARGE = {"data": {"text": "x" * 20_000}}
MANY = 40


@dataclass(frozen=True)
class Tenants:
    """Both, and callers of each."""

    calm: Scratch
    wild: Scratch
    neighbour: Caller
    crowd: list[Caller]
    pool: ProcessPoolExecutor


def caller(folder: Path, user: str, group: str) -> Caller:
    certified(folder, user, group)
    return Caller(server(), str(settings().ssl_ca_cert), str(folder / f"{user}.crt"), str(folder / f"{user}.key"))


@pytest.fixture(scope="module")
def tenants(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tenants]:
    def document(name: str) -> dict[str, object]:
        members = {"developer": [f"oidc:{name}-developers"]}
        return {"name": name, "environment": "dev", "tier": "small", "apps": None, "members": members}

    with (
        scratch(tmp_path_factory.mktemp("calm"), **document("calm")) as calm,
        scratch(tmp_path_factory.mktemp("wild"), **document("wild")) as wild,
        processes(PEOPLE) as pool,
    ):
        calm.stack.up()
        wild.stack.up()
        items = [
            {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": f"n{i}", "labels": wild.labels}, **LARGE}
            for i in range(MANY)
        ]
        body = json.dumps({"apiVersion": "v1", "kind": "List", "items": items})
        kubectl("create", "-n", wild.namespace, "-f", "-", stdin=body)
        folder = tmp_path_factory.mktemp("keys")
        crowd = [caller(folder, f"wild-{number}", "oidc:wild-developers") for number in range(PEOPLE)]
        yield Tenants(calm, wild, caller(folder, "calm", "oidc:calm-developers"), crowd, pool)


@dataclass(frozen=True)
class Measured:
    """What the neighbour met with: seconds of each answer, and how many there were by status, flow and level."""

    took: list[float]
    answers: Answers

    def __str__(self) -> str:
        return f"{median(self.took) * 1000:.1f}, {quantiles(self.took, n=20)[-1] * 1000:.1f} ms"


def asked(tenants: Tenants, seconds: float = SECONDS) -> Measured:
    """Let the neighbour list its own objects, one request after the other."""
    http, until = tenants.neighbour.pool(), time.monotonic() + seconds
    url = f"{server()}/api/v1/namespaces/{tenants.calm.namespace}/configmaps"
    took, answers = [], Answers()
    while time.monotonic() < until:
        began = time.perf_counter()
        answers[kind(http.request("GET", url, timeout=30, retries=False))] += 1
        took.append(time.perf_counter() - began)
        time.sleep(PAUSE)
    return Measured(took, answers)


def flooded(tenants: Tenants) -> tuple[Measured, Answers]:
    """Measure while the crowd lists its large objects; return that, and what the crowd was answered."""
    path = f"/api/v1/namespaces/{tenants.wild.namespace}/configmaps"
    answers = flood(tenants.pool, tenants.crowd, path, threads=THREADS, seconds=SECONDS)
    time.sleep(0.5)
    found = asked(tenants, SECONDS - 1)
    return found, sum((each.result() for each in answers), Answers())


def waited(tenant: Scratch) -> float:
    """Return how many seconds all requests of an environment have waited for their turn, as the API server counts."""
    counter = "apiserver_flowcontrol_request_wait_duration_seconds_sum"
    lines = kubectl("get", "--raw", "/metrics").splitlines()
    own = [line for line in lines if line.startswith(counter) and f'flow_schema="{flow_of(tenant)}"' in line]
    return sum(float(line.rpartition(" ")[2]) for line in own)


def uid(what: str, name: str) -> str:
    return kubectl("get", what, name, "-o", "jsonpath={.metadata.uid}")


def flow_of(tenant: Scratch) -> str:
    return f"paas-{tenant.namespace}"


def test_a_flood_waits_behind_itself_and_without_flows_with_everybody(
    tenants: Tenants, record_property: Callable[[str, str], None]
) -> None:
    level = uid("prioritylevelconfiguration", plan.LEVEL)
    calm, wild = (uid("flowschema", flow_of(tenant)) for tenant in (tenants.calm, tenants.wild))
    quiet = asked(tenants)
    assert quiet.answers.keys() == {(200, calm, level)}

    with_flows, crowd = flooded(tenants)
    assert with_flows.answers.keys() == {(200, calm, level)}, "nobody of the neighbour's is sent away"
    assert {(flow, found) for _, flow, found in crowd} == {(wild, level)}, "the crowd is one flow, and another one"
    each = waited(tenants.calm) / with_flows.answers.total(), waited(tenants.wild) / crowd.total()
    assert each[0] < each[1] / 3, f"the flood waits behind itself, the neighbour does not wait with it: {each}"

    kubectl("delete", "flowschema", flow_of(tenants.calm), flow_of(tenants.wild))
    while level in {taken for *_, taken in asked(tenants, 0.1).answers}:
        time.sleep(0.1)
    without, crowd = flooded(tenants)
    anybody = {(flow, found) for answers in (without.answers, crowd) for _, flow, found in answers}
    assert anybody == {(uid("flowschema", "global-default"), uid("prioritylevelconfiguration", "global-default"))}, (
        "without flows both are anybody, at the level where the platform's people are"
    )
    record_property(
        TOLD,
        f"flood of the API server: median, p95 of a neighbour's request {quiet}, beside the flood {with_flows}, "
        f"without flows {without}; a request of the flood waited {each[1] * 1000:.0f} ms for its turn, "
        f"one of the neighbour {each[0] * 1000:.1f} ms",
    )
