"""The platform's objects say whose they are; what a tenant's people make need not, and stays possible (row I10).

Whose object it is goes by who makes it. Objects are made for real, so that they can be changed.
"""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from kubernetes.client import AuthorizationV1Api, CoreV1Api, RbacAuthorizationV1Api
from kubernetes.client.exceptions import ApiException

from policies.admission import BY_RULE
from spec.labels import OWNER, labels
from tests.builders import a_tenant
from tests.e2e.api import connected
from tests.e2e.policies.court import PATIENCE, court

pytestmark = pytest.mark.e2e

TENANT = a_tenant(name="paying")
NAMESPACE = "paying-prod"
WRITER = "system:aggregate-to-edit"  # `edit` itself is filled by a controller, which not every API server has
L1 = "L1: Everything says whose it is"


@pytest.fixture(scope="module")
def platform() -> Iterator[CoreV1Api]:
    """Ask as the platform does, where the twin of L1 refuses and one person may write."""
    with court([BY_RULE["L1"].policy()], refusing=["l1"]) as it:
        it.sits_for(TENANT)
        binding = {  # of the whole cluster: in the namespace the rules about roles would refuse it
            "metadata": {"name": "paas-test-writer"},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": WRITER},
            "subjects": [{"kind": "User", "name": "alice"}],
        }
        roles = RbacAuthorizationV1Api(connected())
        roles.create_cluster_role_binding(binding)
        yield CoreV1Api(connected())
        roles.delete_cluster_role_binding("paas-test-writer")


@pytest.fixture(scope="module")
def alice(platform: CoreV1Api) -> CoreV1Api:
    api = connected()
    api.set_default_header("Impersonate-User", "alice")
    deadline = time.monotonic() + PATIENCE
    wanted = {"namespace": NAMESPACE, "verb": "create", "resource": "configmaps"}
    review = {"spec": {"resourceAttributes": wanted}}
    while not AuthorizationV1Api(api).create_self_subject_access_review(review).status.allowed:
        assert time.monotonic() < deadline, "nobody lets alice write"
        time.sleep(0.05)
    return CoreV1Api(api)


def a_config_map(name: str, given: dict[str, str]) -> dict[str, Any]:
    return {"metadata": {"name": name, "labels": given}}


def test_what_people_make_needs_no_labels_and_the_platform_may_change_it(platform: CoreV1Api, alice: CoreV1Api) -> None:
    alice.create_namespaced_config_map(NAMESPACE, a_config_map("own", {}))
    changed = platform.patch_namespaced_config_map("own", NAMESPACE, {"data": {"a": "1"}})
    assert changed.data == {"a": "1"}


def test_what_the_platform_makes_needs_them(platform: CoreV1Api) -> None:
    with pytest.raises(ApiException) as raised:
        platform.create_namespaced_config_map(NAMESPACE, a_config_map("platform", {}))
    assert L1 in str(raised.value.body)
    platform.create_namespaced_config_map(NAMESPACE, a_config_map("platform", labels(TENANT)))


def test_what_the_platform_made_keeps_them(platform: CoreV1Api) -> None:
    platform.create_namespaced_config_map(NAMESPACE, a_config_map("kept", labels(TENANT)))
    with pytest.raises(ApiException) as raised:
        platform.patch_namespaced_config_map("kept", NAMESPACE, {"metadata": {"labels": {OWNER: "somebody"}}})
    assert L1 in str(raised.value.body)
    platform.patch_namespaced_config_map("kept", NAMESPACE, {"data": {"a": "1"}})
