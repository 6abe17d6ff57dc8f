"""Ways around a preview, tried on the live cluster: each is refused by the rule's twin for the rule's reason (row I9).

By the pipeline, which is the platform and may write everything in tenants' namespaces, and by a tenant's own admin.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from policies.rules import BY_ID
from tests.e2e.access.conftest import Tenants
from tests.e2e.access.hostile import good
from tests.e2e.access.live import pipeline
from tests.e2e.access.people import Answer, Person
from tests.e2e.scratch import IMAGE

pytestmark = pytest.mark.e2e

FOREIGN = "docker.io/library/busybox:1.36"


@pytest.fixture(scope="module")
def ci(tenants: Tenants) -> Iterator[Person]:
    with pipeline() as person:
        yield person


@pytest.fixture(scope="module")
def admin(tenants: Tenants) -> Person:
    return tenants.person(tenants.prod, "admin")


def refused(answer: Answer, *rules: str) -> bool:
    """Tell whether the answer is the refusal of one of these rules, in its words; which comes first is not said."""
    assert answer.code == 403, answer
    return any(f"denied request: {rule}: {BY_ID[rule].title}" in answer.said for rule in rules)


def running(tenants: Tenants) -> tuple[str, dict[str, Any]]:
    """Return the platform's Deployment, and where it is."""
    path = f"/apis/apps/v1/namespaces/{tenants.prod.namespace}/deployments/web"
    return path, Person().ask("GET", path).body


def pod(tenants: Tenants) -> str:
    """Return where one of its pods is."""
    path = f"/api/v1/namespaces/{tenants.prod.namespace}/pods"
    items = Person().ask("GET", f"{path}?labelSelector=app.kubernetes.io%2Fname%3Dweb").body["items"]
    return f"{path}/{items[0]['metadata']['name']}"


def own(tenants: Tenants, image: str | None = None) -> tuple[str, dict[str, Any]]:
    """Return an object that a tenant may make, with another image where one is named."""
    path, body = good("deployment", tenants.prod.namespace)
    if image:
        body["spec"]["template"]["spec"]["containers"][0]["image"] = image
    return path, body


def test_a_tenants_admin_gets_nothing_past_by_kubectl(tenants: Tenants, admin: Person) -> None:
    path, body = own(tenants)
    assert admin.ask("POST", path, body).code == 201
    path, body = own(tenants, FOREIGN)
    assert refused(admin.ask("POST", path, body), "I1")


def test_nor_does_the_pipeline_without_a_preview(tenants: Tenants, ci: Person) -> None:
    path, found = running(tenants)
    assert ci.ask("PATCH", path, {"metadata": {"annotations": {"note": "1"}}}).code == 200
    image = found["spec"]["template"]["spec"]["containers"][0]
    changed = {"spec": {"template": {"spec": {"containers": [image | {"image": FOREIGN}]}}}}
    assert refused(ci.ask("PATCH", path, changed), "I1")


def test_replacing_the_raw_object_is_judged(tenants: Tenants, ci: Person) -> None:
    path, found = running(tenants)
    found["metadata"].pop("resourceVersion")
    assert ci.ask("PUT", path, found).code == 200
    found["spec"]["template"]["spec"]["containers"][0]["image"] = FOREIGN
    assert refused(ci.ask("PUT", path, found), "I1")


def test_server_side_apply_with_force_is_judged(tenants: Tenants, ci: Person) -> None:
    path, found = running(tenants)
    name = found["spec"]["template"]["spec"]["containers"][0]["name"]
    applied = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web"},
        "spec": {"template": {"spec": {"containers": [{"name": name, "image": FOREIGN}]}}},
    }
    assert refused(ci.apply(path, applied), "I1")
    applied["spec"] = {"template": {"metadata": {"annotations": {"note": "1"}}}}
    assert ci.apply(path, applied).code == 200, "the way itself is open"


def test_a_label_of_another_tenant_is_refused(tenants: Tenants, ci: Person) -> None:
    path, _ = running(tenants)
    for labels in ({"paas.internal/tenant": "rival"}, {"paas.internal/cost-centre": None}):
        assert refused(ci.ask("PATCH", path, {"metadata": {"labels": labels}}), "L1")


def test_a_subresource_is_judged(tenants: Tenants, ci: Person) -> None:
    """Ephemeral containers come past the pod's own resource; roles of tenants do not have them at all."""
    path = pod(tenants)
    debugger = {
        "name": "debugger",
        "image": FOREIGN,
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
        },
    }
    body = {"spec": {"ephemeralContainers": [debugger]}}
    assert refused(ci.ask("PATCH", f"{path}/ephemeralcontainers", body), "I1")
    debugger["image"] = IMAGE
    answer = ci.ask("PATCH", f"{path}/ephemeralcontainers", body)
    assert answer.code == 200, answer.said


def test_an_old_version_of_the_api_is_the_same_or_not_served(tenants: Tenants, ci: Person) -> None:
    namespace = tenants.prod.namespace
    _, body = own(tenants, FOREIGN)
    for version, resource in (("extensions/v1beta1", "deployments"), ("batch/v1beta1", "cronjobs")):
        answer = ci.ask("POST", f"/apis/{version}/namespaces/{namespace}/{resource}", body)
        assert answer.code in (403, 404), answer
        assert "could not find the requested resource" in answer.said or "cannot create resource" in answer.said


def test_exempt_labels_exempt_nobody(tenants: Tenants, ci: Person) -> None:
    """Neither what other systems take for an exemption, nor our own mark of one without an exception behind it."""
    path, body = own(tenants, FOREIGN)
    body["metadata"]["labels"] |= {
        "admission.gatekeeper.sh/ignore": "true",
        "policies.kyverno.io/ignore": "true",
        "control-plane": "controller-manager",
    }
    admin = tenants.person(tenants.prod, "admin")
    assert refused(admin.ask("POST", path, body), "I1")


@pytest.mark.parametrize(
    "labels",
    [{"paas.internal/tenant": None}, {"paas.internal/tenant": "rival"}, {"paas.internal/environment": "dev"}],
    ids=str,
)
def test_a_namespace_leaves_no_rule_behind(tenants: Tenants, ci: Person, labels: dict[str, Any]) -> None:
    path = f"/api/v1/namespaces/{tenants.prod.namespace}"
    answer = ci.ask("PATCH", path, {"metadata": {"labels": labels}})
    assert answer.code == 403
    assert "denied request: rules find a tenant's namespace by its labels" in answer.said
    assert ci.ask("PATCH", path, {"metadata": {"annotations": {"note": "1"}}}).code == 200


def test_pod_security_stays_on(tenants: Tenants, ci: Person) -> None:
    path = f"/api/v1/namespaces/{tenants.prod.namespace}"
    for value in (None, "privileged"):
        body = {"metadata": {"labels": {"pod-security.kubernetes.io/enforce": value}}}
        assert refused(ci.ask("PATCH", path, body), "P1")


def test_a_role_that_a_tenant_may_not_have_is_not_bound(tenants: Tenants, ci: Person) -> None:
    path = f"/apis/rbac.authorization.k8s.io/v1/namespaces/{tenants.prod.namespace}/rolebindings"
    body = {
        "metadata": {"name": "by-mistake"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "oidc:vault-admins"}],
    }
    assert refused(Person().ask("POST", path, body), "R1", "L1", "R10")
    assert ci.ask("POST", path, body).code == 403


def test_a_quota_is_not_raised_by_hand(tenants: Tenants, ci: Person) -> None:
    path = f"/api/v1/namespaces/{tenants.prod.namespace}/resourcequotas/environment"
    assert refused(ci.ask("PATCH", path, {"spec": {"hard": {"requests.cpu": "1k"}}}), "Q3")
    assert ci.ask("PATCH", path, {"spec": {"hard": {"requests.cpu": "1m"}}}).code == 200, "narrower is in order"


def test_the_rules_themselves_are_not_the_pipelines(tenants: Tenants, ci: Person) -> None:
    path = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings/paas-i1"
    answer = ci.ask("DELETE", path)
    assert 'cannot delete resource "validatingadmissionpolicybindings"' in answer.said
    assert Person().ask("GET", path).code == 200
