"""What the platform made in a tenant's namespaces stays as it is, whoever in the tenant tries. Rows X15, E3, O6."""

from collections.abc import Iterator

import pytest

from tests.e2e.access.conftest import BATCH, Tenants
from tests.e2e.access.live import Found, made_by_the_platform, overpowered, owned
from tests.e2e.access.people import Person, impersonated

pytestmark = pytest.mark.e2e

KINDS = {
    "configmaps",
    "cronjobs",
    "deployments",
    "endpoints",  # which take over the labels of their Service
    "horizontalpodautoscalers",
    "limitranges",
    "networkpolicies",
    "poddisruptionbudgets",
    "resourcequotas",
    "rolebindings",
    "serviceaccounts",
    "services",
}
WRITABLE = {"configmaps", "cronjobs", "deployments", "services"}
UNMARKED = {"metadata": {"labels": {"app.kubernetes.io/managed-by": None}}}
CHANGES = (
    ("PATCH", {"metadata": {"annotations": {"touched": "1"}}}),
    ("PATCH", UNMARKED),
    ("PATCH", {"metadata": {"ownerReferences": [{"apiVersion": "v1", "kind": "Pod", "name": "x", "uid": "0"}]}}),
    ("PATCH", {"metadata": {"finalizers": ["example.com/for-ever"]}}),
    ("PUT", None),
    ("DELETE", None),
)


@pytest.fixture(scope="module")
def mallory(tenants: Tenants) -> Iterator[Person]:
    """Somebody in the tenant's namespace with every right that a role could give by mistake."""
    with overpowered() as person:
        yield person


@pytest.fixture(scope="module")
def objects(tenants: Tenants) -> list[Found]:
    return made_by_the_platform(tenants.prod.namespace)


@pytest.fixture(scope="module")
def plain(objects: list[Found]) -> list[Found]:
    """Those that the platform itself may change by hand: endpoints nobody writes but the cluster, see rule N4."""
    return [found for found in objects if found.resource != "endpoints"]


def reason(found: Found) -> str:
    name = found.body["metadata"]["name"]
    return f"denied request: the platform made {found.resource}/{name} from the stack file of this environment"


def now(found: Found) -> dict:
    return Person().ask("GET", found.path).body


def test_the_platform_made_these_kinds(tenants: Tenants, objects: list[Found]) -> None:
    assert {found.resource for found in objects} == KINDS
    extra = {found.resource for found in made_by_the_platform(BATCH)}
    assert extra == {
        "configmaps",
        "limitranges",
        "networkpolicies",
        "resourcequotas",
        "rolebindings",
        "serviceaccounts",
    }


@pytest.mark.parametrize("role", ["viewer", "developer", "deployer", "admin"])
def test_no_role_changes_or_deletes_what_the_platform_made(tenants: Tenants, objects: list[Found], role: str) -> None:
    """By the guard where the role may write such a kind, by the role elsewhere."""
    who = tenants.person(tenants.prod, role)
    for found in objects:
        by_guard = role in ("deployer", "admin") and found.resource in WRITABLE
        for method, verb in (("PATCH", "patch"), ("DELETE", "delete")):
            answer = who.ask(method, found.path, CHANGES[0][1] if method == "PATCH" else None)
            assert answer.code == 403, found.path
            why = reason(found) if by_guard else f'cannot {verb} resource "{found.resource}"'
            assert why in answer.said, found.path


@pytest.mark.parametrize(("method", "body"), CHANGES, ids=["note", "mark", "owner", "finalizer", "replace", "delete"])
def test_the_guard_holds_where_a_role_fails(
    plain: list[Found], mallory: Person, method: str, body: dict | None
) -> None:
    for found in plain:
        answer = mallory.ask(method, found.path, body if method != "PUT" else now(found))
        while answer.code == 409:  # a controller wrote the object's status in between
            answer = mallory.ask(method, found.path, now(found))
        assert answer.code == 403, f"{found.path}: {answer.said}"
        assert reason(found) in answer.said
        if method != "PUT":
            assert Person().ask(method, found.path, body).code == 200, "the platform may; the request is in order"


def test_the_guard_lets_a_tenant_change_its_own(tenants: Tenants, mallory: Person) -> None:
    path = f"/api/v1/namespaces/{tenants.prod.namespace}/configmaps"
    own = {"metadata": {"name": "own"}, "data": {}}
    assert mallory.ask("POST", path, own, dry=False).code == 201
    assert mallory.ask("PATCH", f"{path}/own", {"data": {"a": "1"}}).code == 200
    assert mallory.ask("DELETE", f"{path}/own", dry=False).code == 200


def test_a_whole_collection_is_not_deleted_either(tenants: Tenants, mallory: Person) -> None:
    namespace = tenants.prod.namespace
    for path in (f"/apis/apps/v1/namespaces/{namespace}/deployments", f"/api/v1/namespaces/{namespace}/services"):
        answer = mallory.ask("DELETE", path)
        assert answer.code == 403
        assert "denied request: the platform made" in answer.said


def test_the_namespace_itself_is_neither_relabelled_nor_removed(tenants: Tenants, mallory: Person) -> None:
    """Pod Security, the tier and the guard itself go by its labels."""
    path = f"/api/v1/namespaces/{tenants.prod.namespace}"
    for label in ("paas.internal/tier", "app.kubernetes.io/managed-by"):
        body = {"metadata": {"labels": {label: None}}}
        for role in ("viewer", "developer", "deployer", "admin"):
            answer = tenants.person(tenants.prod, role).ask("PATCH", path, body)
            assert 'cannot patch resource "namespaces"' in answer.said
        assert "denied request: the platform made namespaces/vault-prod" in mallory.ask("PATCH", path, body).said
        assert Person().ask("PATCH", path, body).code == 200, "the platform may; the request is in order"
    assert "denied request: the platform made namespaces/vault-prod" in mallory.ask("DELETE", path).said
    unfinalized = Person().ask("GET", path).body | {"spec": {"finalizers": []}}
    answer = mallory.ask("PUT", f"{path}/finalize", unfinalized)
    assert "denied request: the platform made namespaces/vault-prod" in answer.said


def test_nobodys_pods_are_scaled_behind_the_stack_file(tenants: Tenants) -> None:
    """Row F2: the platform's autoscaler is the only one; neither another one nor the scale subresource is a way."""
    namespace = tenants.prod.namespace
    autoscaler = {
        "metadata": {"name": "own"},
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
            "minReplicas": 1,
            "maxReplicas": 50,
        },
    }
    path = f"/apis/autoscaling/v2/namespaces/{namespace}/horizontalpodautoscalers"
    scale = f"/apis/apps/v1/namespaces/{namespace}/deployments/web/scale"
    for role in ("developer", "deployer", "admin"):
        who = tenants.person(tenants.prod, role)
        assert 'cannot create resource "horizontalpodautoscalers"' in who.ask("POST", path, autoscaler).said
        assert 'cannot patch resource "deployments/scale"' in who.ask("PATCH", scale, {"spec": {"replicas": 0}}).said
    assert Person().ask("POST", path, owned(namespace, autoscaler)).code == 201, "the request is in order"


def test_what_the_clusters_controllers_do_is_left_alone(tenants: Tenants) -> None:
    path = f"/apis/apps/v1/namespaces/{tenants.prod.namespace}/deployments/web"
    controller = impersonated(
        "system:serviceaccount:kube-system:deployment-controller", "system:serviceaccounts:kube-system"
    )
    found = Person().ask("GET", path).body
    found["metadata"]["annotations"]["deployment.kubernetes.io/revision"] = "7"
    assert controller.ask("PUT", path, found).code == 200
    stranger = impersonated("system:serviceaccount:rival-dev:deployment-controller", "oidc:vault-deployers")
    answer = stranger.ask("PUT", path, found)
    assert "denied request: the platform made deployments/web" in answer.said, "the name alone is nothing"
