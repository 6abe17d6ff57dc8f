"""Whether what a review calls wider is what the API server then allows, on generated pairs of roles."""

import os
import random
import time
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from review.rbac import widened
from sandbox.engine.kubernetes.client import Client
from sandbox.engine.kubernetes.kubeconfig import load
from tests.review.rules import RULES, Probe, allows, probes

pytestmark = pytest.mark.e2e

RBAC = "/apis/rbac.authorization.k8s.io/v1"
REVIEWS = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
LABEL = {"paas-test": "review-rbac"}
PAIRS = 100
ASKED = 30  # requests for each role of a pair, besides those in which they differ
PATIENCE = 20  # seconds until the authorizer knows a role


class Authorizer:
    """The API server, asked what users with generated roles may do."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.asked = 0

    def give(self, rules: list[dict[str, Any]]) -> str:
        """Give a new user some rules, and return the user once the authorizer knows them."""
        user = f"review-{uuid.uuid4().hex[:12]}"
        known = Probe(verb="get", url=f"/{user}")
        rules = [*rules, {"nonResourceURLs": [known.url], "verbs": ["get"]}]
        metadata = {"name": user, "labels": LABEL}
        role = {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "ClusterRole",
            "metadata": metadata,
            "rules": rules,
        }
        binding = {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "ClusterRoleBinding",
            "metadata": metadata,
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": user},
            "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user}],
        }
        self.client.request("POST", f"{RBAC}/clusterroles", body=role)
        self.client.request("POST", f"{RBAC}/clusterrolebindings", body=binding)
        until = time.monotonic() + PATIENCE
        while not self.may(user, known):
            assert time.monotonic() < until, f"the authorizer does not know {user} after {PATIENCE} s"
            time.sleep(0.02)
        return user

    def may(self, user: str, probe: Probe) -> bool:
        """Return what the API server answers."""
        self.asked += 1
        spec: dict[str, Any] = {"user": user}
        if probe.url:
            spec["nonResourceAttributes"] = {"verb": probe.verb, "path": probe.url}
        else:
            spec["resourceAttributes"] = {key: value for key, value in probe._asdict().items() if key != "url"}
        review = {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": spec}
        answer = self.client.request("POST", REVIEWS, body=review).body["status"]["allowed"]
        assert isinstance(answer, bool)
        return answer

    def forget(self) -> None:
        """Remove all roles."""
        for kind in ("clusterrolebindings", "clusterroles"):
            self.client.request("DELETE", f"{RBAC}/{kind}", query={"labelSelector": "paas-test=review-rbac"})


@pytest.fixture(scope="module")
def authorizer() -> Iterator[Authorizer]:
    if not os.environ.get("KUBECONFIG"):
        pytest.fail('KUBECONFIG is not set: start the sandbox and `eval "$(python -m sandbox env)"`')
    found = Authorizer(Client(load(None)))
    yield found
    found.forget()
    assert found.asked > 2 * PAIRS * ASKED


@settings(max_examples=PAIRS, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(RULES, RULES, st.randoms(use_true_random=False))
def test_wider_is_what_the_api_server_newly_allows(
    authorizer: Authorizer, old: list[dict[str, Any]], new: list[dict[str, Any]], dice: random.Random
) -> None:
    if dice.random() < 0.4:  # two roles that know nothing of each other are seldom within each other
        new = dice.sample(old, dice.randint(0, len(old)))
    before, after = authorizer.give(old), authorizer.give(new)
    every = probes()
    differ = [probe for probe in every if allows(new, probe) and not allows(old, probe)]
    for probe in [*dice.sample(every, ASKED), *differ[:ASKED]]:
        assert authorizer.may(before, probe) is allows(old, probe), (old, probe)
        assert authorizer.may(after, probe) is allows(new, probe), (new, probe)
    assert bool(widened(old, new)) is any(
        authorizer.may(after, probe) and not authorizer.may(before, probe) for probe in differ[:ASKED]
    )
