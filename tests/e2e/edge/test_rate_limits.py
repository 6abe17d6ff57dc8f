"""A client that asks too much of an app is told so, and nobody else notices (F6, E3, L2)."""

import subprocess
import time
from collections.abc import Iterator
from typing import Any

import pytest
import urllib3
import yaml

from apiserver import Cluster
from drills.edge import entry
from spec import TenantSpec
from tests import examples
from tests.e2e.scratch import Scratch, scratch, served
from tests.e2e.stacks import kubectl, standing

pytestmark = [pytest.mark.e2e, pytest.mark.node]

REQUESTS, BURST = 5, 10
LIMITED, FREE, THEIRS = "www.metered.example", "free.metered.example", "www.acme.example"
MANY = 200
QUIET = 3.0  # seconds, after which the gateway has forgotten the client


@pytest.fixture(scope="module")
def metered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scratch]:
    """A tenant with two apps that have hosts, one of them limited; and acme-prod beside it."""
    apps = {
        "web": served(hosts=[LIMITED], rateLimit={"requests": REQUESTS, "burst": BURST}),
        "free": served(hosts=[FREE]),
    }
    folder = tmp_path_factory.mktemp("metered")
    with scratch(folder, name="metered", environment="dev", domains=["metered.example"], apps=apps) as made:
        made.stack.up()
        standing("acme-prod")
        yield made


@pytest.fixture(scope="module")
def address(metered: Scratch) -> str:
    """Where the gateway is that both have in common."""
    spec = examples.SPECS["acme-prod"]
    assert isinstance(spec, TenantSpec)
    return entry(Cluster(), spec, "web", host=THEIRS, secret="web-tls").address


def ask(address: str, host: str, times: int, *, pause: float = 0.0) -> tuple[list[urllib3.BaseHTTPResponse], float]:
    """Ask a host by HTTPS on one connection; return its answers, and how many seconds they took."""
    with urllib3.HTTPSConnectionPool(
        address, cert_reqs="CERT_NONE", server_hostname=host, assert_hostname=False, maxsize=1
    ) as pool:
        began, found = time.monotonic(), []
        for _ in range(times):
            found.append(pool.request("GET", "/hostname", headers={"Host": host}, retries=False, timeout=10))
            time.sleep(pause)
        return found, time.monotonic() - began


def copies() -> int:
    """Return how many copies of the gateway there may be: each counts by itself."""
    return int(kubectl("get", "deployment", "gateway", "-n", "paas-gateway", "-o", "jsonpath={.spec.replicas}"))


@pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning")
def test_over_the_limit_a_client_is_told_to_wait(address: str) -> None:
    time.sleep(QUIET)
    answers, seconds = ask(address, LIMITED, MANY)
    told = [answer for answer in answers if answer.status == 429]
    assert {answer.status for answer in answers} == {200, 429}
    assert {answer.data for answer in told} == {b"Too Many Requests"}
    assert all(int(answer.headers["Retry-After"]) >= 1 for answer in told)
    let_in = len(answers) - len(told)
    # One connection leads to one copy; half a second's worth may wait in the gateway instead of being refused.
    assert BURST <= let_in <= BURST + REQUESTS * (seconds + 1), f"{let_in} in {seconds:.1f} s"


@pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning")
def test_under_the_limit_nobody_is(address: str) -> None:
    """The negative twin: it is the rate that is refused, not the client."""
    time.sleep(QUIET)
    assert {answer.status for answer in ask(address, LIMITED, BURST)[0]} == {200}
    time.sleep(QUIET)
    assert {answer.status for answer in ask(address, LIMITED, 20, pause=1.1 / REQUESTS)[0]} == {200}


@pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning")
@pytest.mark.parametrize("host", [FREE, THEIRS])
def test_a_host_beside_it_is_not_limited(address: str, host: str) -> None:
    """Of the same tenant and of another, for the very client that is over the limit."""
    assert 429 in {answer.status for answer in ask(address, LIMITED, MANY)[0]}
    assert {answer.status for answer in ask(address, host, MANY)[0]} == {200}


def by_hand(metered: Scratch, kind: str, **fields: Any) -> subprocess.CompletedProcess[str]:
    """Ask the API server, as somebody who may write anything, for an object of a kind of Traefik's."""
    manifest = {
        "apiVersion": "traefik.io/v1alpha1",
        "kind": kind,
        "metadata": {"name": "by-hand", "namespace": metered.namespace, "labels": metered.labels},
        **fields,
    }
    command = ["kubectl", "create", "--dry-run=server", "--validate=strict", "-f", "-"]
    return subprocess.run(command, input=yaml.safe_dump(manifest), capture_output=True, text=True, check=False)


def test_what_else_traefik_could_do_nobody_can_ask_of_it(metered: Scratch) -> None:
    client = {"ipStrategy": {"ipv6Subnet": 64}}
    limit = {"rateLimit": {"average": 1, "burst": 1, "sourceCriterion": client}}
    allowed = by_hand(metered, "Middleware", spec=limit)
    assert allowed.returncode == 0, allowed.stderr
    more = by_hand(metered, "Middleware", spec=limit | {"forwardAuth": {"address": "http://169.254.169.254/"}})
    assert 'unknown field "spec.forwardAuth"' in more.stderr
    way_in = by_hand(metered, "IngressRoute")
    assert "nobody makes this kind" in way_in.stderr
