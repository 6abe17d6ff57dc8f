"""No operator keeps its node from being drained, and the gateway never goes whole (L2, K5)."""

import secrets
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from apiserver import Cluster, NotYet, wait
from spec import plan
from tests.e2e.stacks import standing

pytestmark = [pytest.mark.e2e, pytest.mark.node]

HOMES = sorted({plan.FACTS[name].namespace for name in (plan.CERT_MANAGER, plan.CLOUDNATIVE_PG, plan.TRAEFIK)})


@pytest.fixture(scope="module")
def cluster() -> Cluster:
    standing("platform")
    return Cluster()


def pods(cluster: Cluster, namespace: str) -> list[dict[str, Any]]:
    found = cluster.get(f"/api/v1/namespaces/{namespace}/pods", fieldSelector="status.phase=Running")["items"]
    assert found, namespace
    return list(found)


def evict(cluster: Cluster, pod: dict[str, Any]) -> Any:
    """Ask whether a pod would go, without letting it."""
    name, namespace = pod["metadata"]["name"], pod["metadata"]["namespace"]
    wish = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": name, "namespace": namespace}}
    return cluster.call("POST", f"/api/v1/namespaces/{namespace}/pods/{name}/eviction", wish, dryRun="All")


@pytest.mark.parametrize("namespace", HOMES)
def test_every_pod_of_an_operator_may_leave_its_node(cluster: Cluster, namespace: str) -> None:
    for pod in pods(cluster, namespace):
        wait(f"{pod['metadata']['name']} may go", partial(evict, cluster, pod), within=60)


@pytest.mark.parametrize("namespace", HOMES)
def test_what_runs_in_copies_has_one_budget_and_what_does_not_has_none(cluster: Cluster, namespace: str) -> None:
    budgets = cluster.get(f"/apis/policy/v1/namespaces/{namespace}/poddisruptionbudgets")["items"]
    deployments = cluster.get(f"/apis/apps/v1/namespaces/{namespace}/deployments")["items"]
    assert deployments
    for deployment in deployments:
        labels = deployment["spec"]["template"]["metadata"]["labels"]
        over = [each for each in budgets if each["spec"]["selector"]["matchLabels"].items() <= labels.items()]
        assert len(over) == (deployment["spec"]["replicas"] > 1), deployment["metadata"]["name"]


@pytest.fixture
def kept(cluster: Cluster) -> Iterator[dict[str, Any]]:
    """The pod of an operator, under a budget that lets none go."""
    [pod] = pods(cluster, plan.FACTS[plan.CLOUDNATIVE_PG].namespace)
    path = f"/apis/policy/v1/namespaces/{pod['metadata']['namespace']}/poddisruptionbudgets"
    name = f"test-{secrets.token_hex(3)}"
    owned = {key: value for key, value in pod["metadata"]["labels"].items() if key.startswith("app.kubernetes.io/")}
    spec = {"minAvailable": 1, "selector": {"matchLabels": owned}}
    cluster.call("POST", path, {"apiVersion": "policy/v1", "metadata": {"name": name}, "spec": spec})
    try:
        wait("the budget", lambda: (cluster.get(f"{path}/{name}").get("status") or {}).get("expectedPods"), within=60)
        yield pod
    finally:
        cluster.call("DELETE", f"{path}/{name}")


def test_a_budget_over_one_copy_would_keep_it_there(cluster: Cluster, kept: dict[str, Any]) -> None:
    """The negative twin, and the reason why there is none."""
    with pytest.raises(NotYet, match="disruption budget"):
        evict(cluster, kept)
