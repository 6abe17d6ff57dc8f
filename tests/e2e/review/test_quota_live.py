"""Whether pods ask for what a review says: on generated pods, by what the API server adds to the use of a quota."""

import os
import time
import uuid
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from review.quota import exactly, of_pod
from sandbox.engine.kubernetes.client import Client
from sandbox.engine.kubernetes.kubeconfig import load
from spec.quantity import parse

pytestmark = pytest.mark.e2e

PODS = 100
PATIENCE = 60  # seconds until the quota counts
COUNTED = ("requests.cpu", "requests.memory", "pods")

CPU = st.sampled_from(["1m", "250m", "1", "1.5"])
MEMORY = st.sampled_from(["1Mi", "100M", "1Gi"])
REQUESTS = st.fixed_dictionaries({"cpu": CPU, "memory": MEMORY})
RESOURCES = st.one_of(
    st.fixed_dictionaries({"requests": REQUESTS}),
    st.fixed_dictionaries({"limits": REQUESTS}),
    REQUESTS.map(lambda asked: {"requests": asked, "limits": {"cpu": "8", "memory": "8Gi"}}),
)


def containers(least: int, policies: st.SearchStrategy[dict[str, str]]) -> st.SearchStrategy[list[dict[str, Any]]]:
    one = st.builds(lambda found, policy: {"resources": found, **policy}, RESOURCES, policies)
    return st.lists(one, min_size=least, max_size=3)


NONE: st.SearchStrategy[dict[str, str]] = st.just({})
STAYING = st.sampled_from([{}, {"restartPolicy": "Always"}])


class Bound:
    """A namespace with a quota that is never reached."""

    def __init__(self, client: Client, namespace: str) -> None:
        self.client = client
        self.path = f"/api/v1/namespaces/{namespace}"
        self.pods = 0

    def used(self) -> dict[str, Decimal]:
        """Return what the API server has counted."""
        status = self.client.request("GET", f"{self.path}/resourcequotas/most").body.get("status", {})
        return {name: parse(text) for name, text in status.get("used", {}).items()}

    def add(self, spec: dict[str, Any]) -> None:
        self.pods += 1
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": f"p{self.pods}"}, "spec": spec}
        self.client.request("POST", f"{self.path}/pods", body=pod)


@pytest.fixture(scope="module")
def bound() -> Iterator[Bound]:
    if not os.environ.get("KUBECONFIG"):
        pytest.fail('KUBECONFIG is not set: start the sandbox and `eval "$(python -m sandbox env)"`')
    client, name = Client(load(None)), f"review-{uuid.uuid4().hex[:8]}"
    space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
    hard = {"requests.cpu": "100k", "requests.memory": "1Pi", "pods": "1k"}
    quota = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "most"}, "spec": {"hard": hard}}
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "of-this-test"}}
    client.request("POST", "/api/v1/namespaces", body=space)
    found = Bound(client, name)
    client.request("POST", f"{found.path}/resourcequotas", body=quota)
    client.request("POST", f"{found.path}/serviceaccounts", body=account)
    until = time.monotonic() + PATIENCE
    while set(found.used()) != set(COUNTED):
        assert time.monotonic() < until, f"the quota does not count after {PATIENCE} s"
        time.sleep(0.1)
    yield found
    client.request("DELETE", f"/api/v1/namespaces/{name}")
    assert found.pods >= PODS


@settings(max_examples=PODS, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(containers(1, NONE), containers(0, STAYING))
def test_a_pod_asks_for_what_the_quota_counts(
    bound: Bound, running: list[dict[str, Any]], beginning: list[dict[str, Any]]
) -> None:
    spec = {
        "serviceAccountName": "of-this-test",
        "automountServiceAccountToken": False,
        "nodeSelector": {"paas-test/nowhere": "true"},  # they are counted, and never run
        "containers": [{"name": f"c{n}", "image": "none", **found} for n, found in enumerate(running)],
        "initContainers": [{"name": f"i{n}", "image": "none", **found} for n, found in enumerate(beginning)],
    }
    before = bound.used()
    bound.add(spec)
    after = bound.used()
    asked = of_pod(spec, exactly)
    assert {name: after[name] - before[name] for name in COUNTED} == {
        "requests.cpu": asked["cpu"],
        "requests.memory": asked["memory"],
        "pods": 1,
    }
