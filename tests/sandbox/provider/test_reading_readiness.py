"""Refresh tells what is not ready, and leaves an autoscaler's work to the autoscaler."""

import pytest

from sandbox.engine.kubernetes.values import get
from tests.sandbox.provider.builders import annotated, deployment
from tests.sandbox.provider.cluster import Cluster
from tests.sandbox.provider.conftest import Make
from tests.sandbox.provider.driving import Refused

pytestmark = pytest.mark.e2e


def test_refresh_tells_that_an_object_is_not_ready(make: Make, apiserver: Cluster, namespace: str) -> None:
    value = deployment(namespace)
    made = make(value)
    with pytest.raises(Refused):
        made.up(value, timeout=1)
    with pytest.raises(Refused) as refused:
        made.read()
    assert refused.value.partial is not None
    assert refused.value.partial.id == made.id
    assert "not ready" in refused.value.partial.reasons[0]
    apiserver.pods_become_ready(namespace, 1)
    apiserver.wait(lambda: get(apiserver.get(value), "status", "availableReplicas"), "the Deployment")
    assert made.read().id == made.id


def test_an_autoscaler_at_work_does_not_make_a_workload_unready(make: Make, apiserver: Cluster, namespace: str) -> None:
    value = deployment(namespace)
    del value["spec"]["replicas"]
    made = make(value)
    with pytest.raises(Refused):
        made.up(value, timeout=1)
    apiserver.pods_become_ready(namespace, 1)
    apiserver.wait(lambda: get(apiserver.get(value), "status", "availableReplicas"), "the Deployment")
    made.up(value)
    scaled = apiserver.change(value, {"spec": {"replicas": 3}}, manager="autoscaler")
    generation = get(scaled, "metadata", "generation")
    apiserver.wait(lambda: get(apiserver.get(value), "status", "observedGeneration") == generation, "the scaling")
    assert made.read().id == made.id, "two more replicas are the autoscaler's business"
    ours = {**value, "spec": {**value["spec"], "replicas": 3}}
    with pytest.raises(Refused):
        made.up(annotated(ours, patchForce="true"), timeout=1)
    with pytest.raises(Refused, match="1 of 3"):
        made.read()
