"""Who can reach whom, from the policies that are really in the cluster (O6, U5): nobody but who the specs say.

Each way to break that is tried on an exported copy, and named pair by pair.
"""

import copy
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

import spec
from spec import TenantSpec, plan
from tests import examples
from tests.builders import a_job, a_tenant
from tests.e2e.reach import Item, exported, faults
from tests.e2e.scratch import scratch
from tests.e2e.stacks import Stack, standing

pytestmark = pytest.mark.e2e

A_LEAP_DAY = "0 0 29 2 *"

WIDE: dict[str, Any] = {
    "name": "wide",
    "environment": "dev",
    "namespaces": {"batch": {"percent": 25}},
    "egress": {
        "all": {"cidr": "0.0.0.0/0", "ports": [443, 444], "reason": "the widest that can be asked for"},
        "all6": {"cidr": "::/0", "ports": [443], "reason": "the same for IPv6"},
    },
    "apps": None,
    "jobs": {"one": a_job(schedule=A_LEAP_DAY), "two": a_job(schedule=A_LEAP_DAY, namespace="batch")},
}


@pytest.fixture(scope="module")
def tenants(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[TenantSpec]]:
    """`acme-prod`, and a tenant who may call the whole world."""
    standing("platform")
    standing("acme-prod")
    acme = spec.load("acme-prod", examples.config("acme-prod"))
    assert isinstance(acme, TenantSpec)
    with scratch(tmp_path_factory.mktemp("wide"), **WIDE) as wide:
        wide.stack.up()
        yield [acme, a_tenant(**WIDE)]


@pytest.fixture(scope="module")
def wanted(tenants: list[TenantSpec]) -> plan.Matrix:
    return plan.matrix(tenants, Stack("platform").outputs()["facts"]["networks"])


@pytest.fixture(scope="module")
def live(tenants: list[TenantSpec]) -> list[Item]:
    return exported(tenants)


def test_the_cluster_is_as_open_as_the_specs_say(live: list[Item], wanted: plan.Matrix, tmp_path: Path) -> None:
    assert faults(live, wanted, tmp_path) == []


def test_the_matrix_asks_what_matters(wanted: plan.Matrix) -> None:
    """A matrix that leaves questions out would be fulfilled by anything."""
    web, api, report = "acme-prod/web", "acme-prod/api", "acme-prod/report"
    one, two = "wide-dev/one", "wide-dev--batch/two"
    dns, payments = frozenset({("UDP", 53), ("TCP", 53)}), frozenset({("TCP", 443)})
    both = frozenset({("TCP", 443), ("TCP", 444)})
    answers = {
        (web, one): plan.CLOSED,
        (one, web): plan.CLOSED,
        (web, api): plan.EVERY,
        (report, web): plan.EVERY,
        (one, two): plan.EVERY,
        (two, one): plan.EVERY,
        (web, plan.DNS): dns,
        (plan.DNS, web): plan.CLOSED,
        (plan.GATEWAY, web): frozenset({("TCP", 8080)}),
        (plan.GATEWAY, api): plan.CLOSED,
        (web, plan.GATEWAY): plan.CLOSED,
        (plan.STRANGER, web): plan.CLOSED,
        (web, plan.STRANGER): plan.CLOSED,
        (web, "203.0.112.255"): plan.CLOSED,
        (web, "203.0.113.0"): payments,
        (web, "203.0.113.255"): payments,
        (web, "203.0.114.0"): plan.CLOSED,
        ("203.0.113.0", web): plan.CLOSED,
        (two, "192.0.2.1"): both,
        (two, "2001:db8::1"): payments,
        (two, "169.253.255.255"): both,
        (two, "10.244.0.0"): plan.CLOSED,
        (two, "10.111.255.255"): plan.CLOSED,
        **{(home, address): plan.CLOSED for home in (web, two) for address in ("169.254.169.254", "fd00:ec2::254")},
    }
    assert {pair: wanted[pair] for pair in answers} == answers


def without(items: Sequence[Item], namespace: str, *names: str) -> list[Item]:
    """The items without those policies of a namespace; without names: without any."""
    return [
        item
        for item in items
        if not (
            item["kind"] == "NetworkPolicy"
            and item["metadata"]["namespace"] == namespace
            and (not names or item["metadata"]["name"] in names)
        )
    ]


def policy(namespace: str, **parts: Any) -> Item:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "hole", "namespace": namespace},
        "spec": {"podSelector": {}, **parts},
    }


def out(namespace: str, cidr: str) -> Item:
    return policy(namespace, policyTypes=["Egress"], egress=[{"to": [{"ipBlock": {"cidr": cidr}}]}])


ANYBODY: list[Item] = [{"namespaceSelector": {}}]


def reachable(items: Sequence[Item]) -> list[Item]:
    """`acme-prod` lets anybody in, and `wide-dev` lets its pods out to anybody: it takes both."""
    ingress = policy("acme-prod", policyTypes=["Ingress"], ingress=[{"from": ANYBODY, "ports": [{"port": 8080}]}])
    return [*items, ingress, policy("wide-dev", policyTypes=["Egress"], egress=[{"to": ANYBODY}])]


def no_exceptions(items: Sequence[Item]) -> list[Item]:
    found = copy.deepcopy(list(items))
    for item in found:
        for rule in item["spec"].get("egress", []) if item["kind"] == "NetworkPolicy" else []:
            for peer in rule.get("to", []):
                peer.get("ipBlock", {}).pop("except", None)
    return found


METADATA_OPEN = ("acme-prod/web -> 169.254.169.254: open for everything, wanted nothing",)


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (
            lambda items: without(items, "acme-prod", "allow-dns"),
            ("acme-prod/web -> cluster DNS: open for nothing, wanted TCP 53, UDP 53",),
        ),
        (
            lambda items: without(items, "wide-dev--batch", "allow-own"),
            (
                "wide-dev/one -> wide-dev--batch/two: open for nothing, wanted everything",
                "wide-dev--batch/two -> wide-dev/one: open for nothing, wanted everything",
            ),
        ),
        (
            lambda items: without(items, "acme-prod", "allow-gateway-web"),
            ("gateway -> acme-prod/web: open for nothing, wanted TCP 8080",),
        ),
        (
            lambda items: without(items, "acme-prod", "egress-payments"),
            ("acme-prod/web -> 203.0.113.0: open for nothing, wanted TCP 443",),
        ),
        (
            lambda items: without(items, "acme-prod"),
            (
                "another namespace -> acme-prod/api: open for everything, wanted nothing",
                "acme-prod/api -> 169.254.169.254: open for everything, wanted nothing",
                "192.0.2.1 -> acme-prod/web: open for everything, wanted nothing",
            ),
        ),
        (
            reachable,
            (
                "wide-dev/one -> acme-prod/web: open for TCP 8080, wanted nothing",
                "another namespace -> acme-prod/worker: open for TCP 8080, wanted nothing",
                "wide-dev/one -> another namespace: open for everything, wanted nothing",
            ),
        ),
        (lambda items: [*items, out("acme-prod", "169.254.169.254/32")], METADATA_OPEN),
        (
            lambda items: [*items, out("acme-prod", "fd00:ec2::/64")],
            ("acme-prod/web -> fd00:ec2::254: open for everything, wanted nothing",),
        ),
        (
            no_exceptions,
            (
                "wide-dev/one -> 169.254.169.254: open for TCP 443, TCP 444, wanted nothing",
                "wide-dev/one -> 10.244.0.0: open for TCP 443, TCP 444, wanted nothing",
                "wide-dev/one -> fd00:ec2::254: open for TCP 443, wanted nothing",
            ),
        ),
    ],
    ids=[
        "no DNS",
        "no own",
        "no gateway",
        "no declared egress",
        "no policy",
        "both sides open",
        "metadata",
        "metadata by IPv6",
        "no exceptions",
    ],
)
def test_what_breaks_it_is_named_pair_by_pair(
    live: list[Item],
    wanted: plan.Matrix,
    tmp_path: Path,
    broken: Callable[[Sequence[Item]], list[Item]],
    told: tuple[str, ...],
) -> None:
    found = faults(broken(live), wanted, tmp_path)
    assert set(told) <= set(found)
    assert all(any(end in line for end in ends(told)) for line in found), "nothing else is said to be broken"


def ends(told: tuple[str, ...]) -> set[str]:
    """Return the namespaces that the sentences are about."""
    return {place.partition("/")[0] for line in told for place in line.partition(":")[0].split(" -> ") if "/" in place}


def test_one_side_alone_opens_nothing(live: list[Item], wanted: plan.Matrix, tmp_path: Path) -> None:
    """Policies of both tenants hold a path closed: a slip in one of them is not enough."""
    pairs = [line.partition(": ")[0] for line in faults(reachable(live)[:-1], wanted, tmp_path)]
    assert pairs
    assert not [pair for pair in pairs if pair.startswith("wide-dev")]


def test_what_no_spec_has_is_named(live: list[Item], wanted: plan.Matrix, tmp_path: Path) -> None:
    [web] = [item for item in live if item["kind"] == "Deployment" and item["metadata"]["name"] == "web"]
    stray = copy.deepcopy(web)
    stray["metadata"]["name"] = "stray"
    assert faults([*live, stray], wanted, tmp_path) == ["acme-prod/stray: no spec has it"]
