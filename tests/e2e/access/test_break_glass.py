"""Break-glass: who looks into production's containers, and that it ends by itself. Rows K4, X15, O6."""

import subprocess
import time
from collections.abc import Iterator

import pytest

from spec.labels import BREAK_GLASS
from tests.e2e.access.conftest import BATCH, Tenants, group, moment
from tests.e2e.access.live import RBAC, overpowered
from tests.e2e.access.people import Answer, Person, impersonated
from tests.e2e.stacks import kubectl

pytestmark = pytest.mark.e2e

REFUSED = "denied request: containers of production are open to groups in `breakGlass` of the stack file"
LEASES = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases"
PATIENCE = 60  # seconds; API servers renew their Leases every ten
NAMESPACE = "vault-prod"
WAYS = ("exec?command=true&stdout=true", "attach?stdout=true", "portforward")


def look(who: Person, way: str, namespace: str = NAMESPACE) -> Answer:
    """Ask for a way into a container that does not exist: whoever may look is told that there is none."""
    return who.ask("POST", f"/api/v1/namespaces/{namespace}/pods/there-is-none/{way}", dry=False)


def closed(who: Person) -> Answer:
    """Wait until `who` is refused: the API server's own copies follow at once, and not in the same instant."""
    return awaited(who, 403)


def opened(who: Person) -> Answer:
    """Wait until `who` may look, for the same reason."""
    return awaited(who, 404)


def awaited(who: Person, code: int) -> Answer:
    until = time.monotonic() + PATIENCE
    while (answer := look(who, WAYS[0])).code != code:
        assert time.monotonic() < until, f"still {answer.code} {PATIENCE} s later: {answer.said}"
        time.sleep(0.1)
    return answer


@pytest.fixture(scope="module")
def colleague(tenants: Tenants) -> Person:
    return impersonated("oncall", group("vault", "glass"))


@pytest.fixture
def annotated(tenants: Tenants) -> Iterator[str]:
    """The namespace's own words on break-glass, which come back afterwards."""
    annotations = Person().ask("GET", f"/api/v1/namespaces/{NAMESPACE}").body["metadata"]["annotations"]
    yield annotations[BREAK_GLASS]
    say(annotations[BREAK_GLASS])


def say(text: str) -> None:
    """Let the namespace say `text`, as a run of the stack would."""
    body = {"metadata": {"annotations": {BREAK_GLASS: text}}}
    assert Person().ask("PATCH", f"/api/v1/namespaces/{NAMESPACE}", body, dry=False).code == 200


@pytest.mark.node
def test_a_group_in_force_really_gets_in_and_others_do_not(tenants: Tenants, colleague: Person) -> None:
    [pod, *_] = kubectl("get", "pods", "-n", NAMESPACE, "-l", "app.kubernetes.io/name=web", "-o", "name").split()

    def run(group: str) -> subprocess.CompletedProcess[str]:
        command = [
            "kubectl",
            "exec",
            "-n",
            NAMESPACE,
            pod,
            "--as=oncall",
            f"--as-group={group}",
            "--",
            "/agnhost",
            "help",
        ]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    let_in = run(group("vault", "glass"))
    assert let_in.returncode == 0, let_in.stderr
    assert "netexec" in let_in.stdout
    for other, why in (
        (group("vault", "admin"), 'cannot create resource "pods/exec"'),
        (group("vault", "past"), 'cannot get resource "pods"'),
        (group("rival", "developer"), 'cannot get resource "pods"'),
    ):
        refused = run(other)
        assert refused.returncode != 0
        assert why in refused.stderr


@pytest.mark.parametrize("way", WAYS)
def test_each_way_in_is_open_to_the_group_alone(tenants: Tenants, colleague: Person, way: str) -> None:
    for namespace in (NAMESPACE, BATCH):
        assert look(colleague, way, namespace).code == 404
    with overpowered() as mallory:
        answer = look(mallory, way)
    assert answer.code == 403, "a role alone, such as a binding that was made by mistake, does not open production"
    assert REFUSED in answer.said


def test_what_is_over_is_not_even_bound(tenants: Tenants) -> None:
    names = kubectl("get", "rolebindings", "-n", NAMESPACE, "-o", "jsonpath={..subjects[*].name}").split()
    assert group("vault", "glass") in names
    assert group("vault", "past") not in names


def test_it_ends_at_its_moment_without_a_run_of_the_stack(tenants: Tenants, colleague: Person, annotated: str) -> None:
    end = moment(seconds=12)
    say(f"{end} {group('vault', 'glass')}")
    opened(colleague)
    assert REFUSED in closed(colleague).said
    assert moment() >= end, "it was open until then"
    assert colleague.can("create", "pods/exec", NAMESPACE), "the binding is still there: the clock alone decided"
    say(annotated)
    opened(colleague)


def test_of_several_api_servers_the_latest_clock_decides(tenants: Tenants, colleague: Person) -> None:
    """One that lags, or is gone and has left its Lease, keeps nothing open."""
    opened(colleague)
    lease = {
        "metadata": {"name": "apiserver-of-a-test", "labels": {"apiserver.kubernetes.io/identity": "kube-apiserver"}},
        "spec": {
            "holderIdentity": "a-test",
            "leaseDurationSeconds": 3600,
            "renewTime": moment(hours=2).replace("Z", ".000000Z"),
        },
    }
    administrator = Person()
    assert administrator.ask("POST", LEASES, lease, dry=False).code == 201
    try:
        assert REFUSED in closed(colleague).said
    finally:
        assert administrator.ask("DELETE", f"{LEASES}/apiserver-of-a-test", dry=False).code == 200
    opened(colleague)


@pytest.mark.parametrize(
    "text", ["", "{}", "2020-01-01T00:00:00Z {}", "{} 2999-01-01T00:00:00Z", "2999-01-01T00:00:00Z {}-not"]
)
def test_words_that_open_nothing(tenants: Tenants, colleague: Person, annotated: str, text: str) -> None:
    opened(colleague)
    say(text.format(group("vault", "glass")))
    assert "'paas-glass'" in closed(colleague).said


def test_elsewhere_developers_look_in_without_ceremony(tenants: Tenants) -> None:
    who, namespace = tenants.of("dev-developer")
    for way in WAYS:
        assert look(who, way, namespace).code == 404
    viewer, _ = tenants.of("dev-viewer")
    assert 'cannot create resource "pods/exec"' in look(viewer, WAYS[0], namespace).said


def test_no_tenant_turns_back_the_clock_or_the_moment(tenants: Tenants) -> None:
    body = {"metadata": {"annotations": {BREAK_GLASS: f"{moment(hours=1)} {group('vault', 'admin')}"}}}
    who = tenants.person(tenants.prod, "admin")
    assert 'cannot patch resource "namespaces"' in who.ask("PATCH", f"/api/v1/namespaces/{NAMESPACE}", body).said
    assert 'cannot list resource "leases"' in who.ask("GET", LEASES).said
    path = f"{RBAC}/namespaces/{NAMESPACE}/rolebindings"
    assert 'cannot create resource "rolebindings"' in who.ask("POST", path, {}).said
