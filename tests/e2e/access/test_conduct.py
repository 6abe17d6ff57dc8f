"""What may stand in a tenant's own objects: each refusal with its reason, and an accepted twin. Rows E3, F6."""

import pytest

from tests.e2e.access.conftest import Tenants
from tests.e2e.access.hostile import (
    BACKGROUND,
    BAD,
    CLASSES,
    FINE,
    GOOD,
    INSECURE,
    MARKS,
    RESTRICTED,
    TOKENS,
    VOLUME,
    WAY_IN,
    Change,
    good,
    insecure_pod,
    privileged_pod,
)
from tests.e2e.access.live import owned
from tests.e2e.access.people import Answer, Person, impersonated

pytestmark = pytest.mark.e2e

STATEFULSETS = impersonated("system:serviceaccount:kube-system:statefulset-controller", "system:serviceaccounts")
REPLICASETS = impersonated("system:serviceaccount:kube-system:replicaset-controller", "system:serviceaccounts")


def said(change: Change) -> str:
    value = str(change.value)
    return f"{change.kind}-{change.at.rpartition('|')[2]}-{value if len(value) < 40 else '...'}"


def post(who: Person, namespace: str, change: Change) -> Answer:
    path, body = good(change.kind, namespace)
    return who.ask("POST", path, change.applied(body))


@pytest.mark.parametrize("kind", GOOD)
def test_a_tenants_own_objects_are_accepted(tenants: Tenants, kind: str) -> None:
    for column in ("deployer", "admin", "dev-developer"):
        who, namespace = tenants.of(column)
        path, body = good(kind, namespace)
        answer = who.ask("POST", path, body)
        assert answer.code == 201, answer.said
        assert answer.warnings == ()


@pytest.mark.parametrize("change", BAD, ids=said)
def test_a_hostile_change_is_refused_for_its_reason(tenants: Tenants, change: Change) -> None:
    who, namespace = tenants.of("deployer")
    answer = post(who, namespace, change)
    assert answer.code == 403, answer.said
    assert f"denied request: {change.why}" in answer.said


@pytest.mark.parametrize("change", FINE, ids=said)
def test_a_change_as_near_as_may_be_is_accepted(tenants: Tenants, change: Change) -> None:
    who, namespace = tenants.of("deployer")
    assert post(who, namespace, change).code == 201


def test_the_tier_decides_which_priority_is_too_high(tenants: Tenants) -> None:
    standard = Change("deployment", "spec|template|spec|priorityClassName", "paas-standard")
    assert post(tenants.person(tenants.prod, "deployer"), tenants.prod.namespace, standard).code == 201
    assert post(tenants.person(tenants.dev, "deployer"), tenants.dev.namespace, standard).code == 403


def test_no_secret_mints_a_token(tenants: Tenants) -> None:
    """Row F8: such a Secret would be filled with a token that never ends."""
    who, namespace = tenants.of("deployer")
    path, body = good("secret", namespace)
    body |= {"type": "kubernetes.io/service-account-token", "stringData": {}}
    body["metadata"]["annotations"] = {"kubernetes.io/service-account.name": "default"}
    answer = who.ask("POST", path, body)
    assert f"denied request: {TOKENS}" in answer.said
    mine = owned(namespace, body)
    assert f"denied request: {TOKENS}" in Person().ask("POST", path, mine).said, "nor does the platform's pipeline"
    assert who.ask("POST", *good("secret", namespace)).code == 201


@pytest.mark.parametrize("way", ["propagationPolicy=Foreground", "propagationPolicy=Orphan", "orphanDependents=true"])
def test_a_delete_does_not_show_what_a_secret_holds(tenants: Tenants, way: str) -> None:
    """Rows E3, F6: whoever may delete a Secret, even in a dry run, would otherwise read it by that."""
    who, namespace = tenants.of("deployer")
    path, body = good("secret", namespace)
    body["metadata"]["name"] = "held"
    own = f"{path}/held"
    assert who.ask("POST", path, body, dry=False).code == 201
    try:
        answer = who.ask("DELETE", f"{own}?{way}")
        assert f"denied request: {BACKGROUND}" in answer.said
        assert "data" in Person().ask("DELETE", f"{own}?{way}").body, "to the platform it is shown"
        quiet = who.ask("DELETE", f"{own}?propagationPolicy=Background")
        assert (quiet.code, quiet.body["kind"]) == (200, "Status")
    finally:
        assert who.ask("DELETE", own, dry=False).body["kind"] == "Status"


def test_a_change_of_an_object_is_judged_as_its_making_is(tenants: Tenants) -> None:
    who, namespace = tenants.of("deployer")
    path, body = good("claim", namespace)
    body["metadata"]["name"] = "changed"
    assert who.ask("POST", path, body, dry=False).code == 201
    own = f"{path}/changed"
    try:
        assert who.ask("PATCH", own, {"metadata": {"labels": {"more": "1"}}}).code == 200
        answer = who.ask("PATCH", own, {"metadata": {"labels": {"paas.internal/tenant": "rival"}}})
        assert f"denied request: {MARKS}" in answer.said
        answer = who.ask("PATCH", own, {"spec": {"volumeName": "pv-of-another-tenant"}})
        assert f"denied request: {VOLUME}" in answer.said
        assert Person().ask("PATCH", own, {"spec": {"volumeName": "pv"}}).code == 200, "Kubernetes itself allows it"
    finally:
        assert who.ask("DELETE", own, dry=False).code == 200


def test_what_a_controller_makes_for_a_tenant_is_no_way_round(tenants: Tenants) -> None:
    """A StatefulSet's claim is judged as if its author had made it."""
    namespace = tenants.prod.namespace
    for change in (change for change in BAD if change.kind == "claim" and change.why in (CLASSES, VOLUME)):
        assert f"denied request: {change.why}" in post(STATEFULSETS, namespace, change).said
    path, body = good("claim", namespace)
    assert STATEFULSETS.ask("POST", path, body).code == 201
    body["spec"]["storageClassName"] = "paas-retained"
    body["metadata"]["labels"]["app.kubernetes.io/managed-by"] = "pulumi"
    assert STATEFULSETS.ask("POST", path, body).code == 201, "the platform's own StatefulSets keep their data"
    who, _ = tenants.of("deployer")
    assert f"denied request: {MARKS}" in who.ask("POST", path, body).said


@pytest.mark.parametrize(("part", "why"), [row[1:] for row in INSECURE], ids=[row[0] for row in INSECURE])
def test_pod_security_refuses_what_reaches_for_the_node(tenants: Tenants, part: dict, why: str) -> None:
    """Refused where it is written, by the rule's twin, and once more where the pod would start."""
    who, namespace = tenants.of("deployer")
    path, body = good("deployment", namespace)
    body["spec"]["template"]["spec"] = insecure_pod(part)["spec"]
    answer = who.ask("POST", path, body)
    assert answer.code == 403, "its pods would never start"
    assert f"denied request: {RESTRICTED}" in answer.said
    assert any('would violate PodSecurity "restricted:v1.35"' in text and why in text for text in answer.warnings)
    answer = REPLICASETS.ask("POST", f"/api/v1/namespaces/{namespace}/pods", insecure_pod(part))
    assert answer.code == 403
    assert 'violates PodSecurity "restricted:v1.35"' in answer.said
    assert why in answer.said


def test_pod_security_refuses_privileged_containers_and_takes_restricted_ones(tenants: Tenants) -> None:
    path = f"/api/v1/namespaces/{tenants.prod.namespace}/pods"
    answer = REPLICASETS.ask("POST", path, privileged_pod())
    assert 'violates PodSecurity "restricted:v1.35": privileged' in answer.said
    assert REPLICASETS.ask("POST", path, insecure_pod({})).code == 201


@pytest.mark.parametrize("kind", ["NodePort", "LoadBalancer"])
def test_no_port_of_a_node_is_given_away_whoever_asks(tenants: Tenants, kind: str) -> None:
    """By the rule's twin; where that is not in force the quota has no room for it either."""
    namespace = tenants.prod.namespace
    path, body = good("service", namespace)
    answer = Person().ask("POST", path, owned(namespace, Change("service", "spec|type", kind).applied(body)))
    assert answer.code == 403
    assert f"denied request: {WAY_IN}" in answer.said
    hard = Person().ask("GET", f"/api/v1/namespaces/{namespace}/resourcequotas/environment").body["spec"]["hard"]
    assert (hard["services.nodeports"], hard["services.loadbalancers"]) == ("0", "0")
