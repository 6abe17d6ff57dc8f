"""A tenant's budget holds: against fifty creates at once, over all its namespaces, and through its own rollouts.

E3, F6: no tenant takes more than its quota, and what the plan lets through fits: a rollout at the autoscaler's most.
"""

import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from kubernetes import client

from spec import plan
from spec.labels import labels
from spec.quantity import parse
from tests.builders import a_tenant, a_tenant_document
from tests.e2e.api import at_once, connected, made, refused
from tests.e2e.pods import Object, pod
from tests.e2e.scratch import Scratch, idle, scratch, served
from tests.e2e.stacks import kubectl

pytestmark = pytest.mark.e2e

AT_ONCE = 50

SPLIT = {
    "name": "crowded",
    "environment": "dev",
    "tier": "free",
    "namespaces": {"batch": {"percent": 33}},
    "apps": None,
    "jobs": idle(),
}
OWN = labels(a_tenant(**SPLIT))


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scratch]:
    with scratch(tmp_path_factory.mktemp("crowded"), **SPLIT) as found:
        found.stack.up()
        yield found


def create_pod(api: Any, namespace: str, number: int) -> Any:
    """Ask for 150m of CPU, which is used up long before the number of pods is."""
    body = pod(f"pod-{number}", "pause", node=False, requests={"cpu": "150m"}, labels=OWN)
    return client.CoreV1Api(api).create_namespaced_pod(namespace, body)


def create_secret(api: Any, namespace: str, number: int) -> Any:
    body = {"metadata": {"name": f"secret-{number}", "labels": OWN}, "stringData": {"made": "up"}}
    return client.CoreV1Api(api).create_namespaced_secret(namespace, body)


def create_claim(api: Any, namespace: str, number: int) -> Any:
    body = {
        "metadata": {"name": f"claim-{number}", "labels": OWN},
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "storageClassName": "paas-scratch",
            "resources": {"requests": {"storage": "500Mi"}},
        },
    }
    return client.CoreV1Api(api).create_namespaced_persistent_volume_claim(namespace, body)


RACES = [
    (create_pod, "requests.cpu", "150m"),
    (create_secret, "secrets", "1"),
    (create_claim, "requests.storage", "500Mi"),
]


def used(namespace: str) -> dict[str, Decimal]:
    status = json.loads(kubectl("get", "resourcequota", "environment", "-n", namespace, "-o", "json"))["status"]
    return {name: parse(text) for name, text in status["used"].items()}


@pytest.mark.parametrize(("create", "name", "each"), RACES, ids=[name for _, name, _ in RACES])
def test_of_fifty_creates_at_once_in_each_namespace_exactly_as_many_succeed_as_fit(
    crowded: Scratch, create: Callable[[Any, str, int], Any], name: str, each: str
) -> None:
    spec = a_tenant(**SPLIT)
    homes = [space.name for space in plan.spaces(spec)]
    hard = {space.name: parse(plan.quota(spec, space.key)[name]) for space in plan.spaces(spec)}
    fit = {home: int((hard[home] - used(home)[name]) // parse(each)) for home in homes}
    api = connected()
    answers = at_once(len(homes) * AT_ONCE, lambda number: create(api, homes[number % len(homes)], number))
    for index, home in enumerate(homes):
        asked = answers[index :: len(homes)]
        assert len(made(asked)) == fit[home]
        assert len(refused(asked)) == AT_ONCE - fit[home]
        for sentence in refused(asked):
            assert "exceeded quota: environment" in sentence
            assert f"limited: {name}=" in sentence or f",{name}=" in sentence
        assert used(home)[name] <= hard[home]
    whole = parse(plan.quota(a_tenant(**SPLIT | {"namespaces": None}))[name])
    assert sum(used(home)[name] for home in homes) <= whole, "the tenant has more than its tier"


FULL = {"name": "brimful", "environment": "dev", "tier": "free"}
BRIM = {"cpu": "166m", "memory": "341Mi", "disk": "682Mi", "scale": {"min": 1, "max": 2}}
"""An app of at most two copies, and a third while it rolls: two millicores below what tier free has."""


@pytest.mark.node
def test_an_app_scaled_to_its_most_still_rolls_in_a_quota_that_it_fills_to_the_brim(tmp_path: Path) -> None:
    with scratch(tmp_path, **FULL, apps={"web": served(**BRIM)}) as brimful:
        home = brimful.namespace
        brimful.stack.up()
        kubectl("scale", "deployment/web", "-n", home, "--replicas=2")
        kubectl("rollout", "status", "deployment/web", "-n", home, "--timeout=60s")
        assert used(home)["requests.cpu"] == parse("332m")

        one_more = pod("one-more", "pause", node=False, requests={"cpu": "169m"}, labels=brimful.labels)
        answer = refused(at_once(1, lambda _: client.CoreV1Api(connected()).create_namespaced_pod(home, one_more)))
        assert "exceeded quota: environment, requested: requests.cpu=169m" in answer[0]

        since = version(home)
        brimful.write(a_tenant_document(**FULL, apps={"web": served(**BRIM, config={"LEVEL": "debug"})}))
        brimful.stack.up()
        deployment = json.loads(kubectl("get", "deployment/web", "-n", home, "-o", "json"))["status"]
        assert (deployment["updatedReplicas"], deployment["availableReplicas"]) == (2, 2)
        seen = [parse(each["status"]["used"]["requests.cpu"]) for each in quotas(home, since)]
        assert max(seen) == parse("498m") <= parse(plan.quota(a_tenant(**FULL))["requests.cpu"]), (
            "the rollout went up to the brim, and never over it"
        )

        too_much = served(**BRIM | {"cpu": "167m"})
        brimful.write(a_tenant_document(**FULL, apps={"web": too_much}))
        ran = brimful.stack.attempt("preview")
        assert ran.returncode != 0
        assert "given 501m requests.cpu of namespace brimful-dev at worst" in ran.stdout + ran.stderr


def version(namespace: str) -> str:
    found: str = json.loads(kubectl("get", "--raw", path(namespace)))["metadata"]["resourceVersion"]
    return found


def path(namespace: str) -> str:
    return f"/api/v1/namespaces/{namespace}/resourcequotas"


def quotas(namespace: str, since: str) -> list[Object]:
    """Return every state of the quota after `since`, from the API server's own memory."""
    told = kubectl("get", "--raw", f"{path(namespace)}?watch=1&resourceVersion={since}&timeoutSeconds=1")
    return [json.loads(line)["object"] for line in told.splitlines()]
