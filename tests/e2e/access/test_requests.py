"""Real requests, row by row of the tables: refused in the API server's own words, or not refused. Rows I8, F8, X15."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.e2e.access.attempts import METHODS, attempt, refusal
from tests.e2e.access.conftest import Tenants
from tests.e2e.access.tables import CLUSTER_ROWS, COLUMNS, ROWS

pytestmark = pytest.mark.e2e

TRIED = [row for row in ROWS if row.verb in METHODS]
TRIED_IN_CLUSTER = [row for row in CLUSTER_ROWS if row.verb in METHODS]
CONFIG = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "notes"}, "data": {"a": "1"}}
SECRET = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "hidden"}, "stringData": {"password": "tiger"}}


@pytest.mark.parametrize("column", COLUMNS)
def test_a_real_request_is_refused_exactly_where_the_table_says_so(tenants: Tenants, column: str) -> None:
    who, namespace = tenants.of(column)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda row: attempt(who, row, namespace), TRIED))
    for row, answer in zip(TRIED, answers, strict=True):
        refused = refusal(row, namespace) in answer.said
        assert refused == (column not in row.can), f"{row.verb} {row.what}: {answer.code} {answer.said}"
        assert refused == (answer.code == 403), f"{row.verb} {row.what}: {answer.code} {answer.said}"


@pytest.mark.parametrize("column", ["admin", "dev-admin"])
def test_a_real_request_for_what_is_the_clusters_is_refused(tenants: Tenants, column: str) -> None:
    who, _ = tenants.of(column)
    for row in TRIED_IN_CLUSTER:
        answer = attempt(who, row)
        assert answer.code == 403, f"{row.verb} {row.what}"
        assert refusal(row) in answer.said


def test_a_neighbours_objects_are_not_even_seen(tenants: Tenants) -> None:
    """Rows U5, F8: what exists in another tenant's namespace is refused like what does not."""
    who, _ = tenants.of("dev-admin")
    for path in (
        "/api/v1/namespaces/vault-prod",
        "/api/v1/namespaces/vault-prod/configmaps",
        "/apis/apps/v1/namespaces/vault-prod/deployments/web",
        "/apis/apps/v1/namespaces/vault-prod/deployments/there-is-none",
        "/api/v1/namespaces/vault-prod/services/web",
    ):
        seen, changed = who.ask("GET", path), who.ask("DELETE", path)
        assert (seen.code, changed.code) == (403, 403), path
        assert 'in the namespace "vault-prod"' in seen.said
        assert "denied request" not in changed.said, "refused before any rule looks at the object"


def test_a_deployer_works_with_what_is_its_own(tenants: Tenants) -> None:
    who, namespace = tenants.of("deployer")
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    assert who.ask("POST", path, CONFIG, dry=False).code == 201
    assert who.ask("PATCH", f"{path}/notes", {"data": {"a": "2"}}, dry=False).body["data"] == {"a": "2"}
    assert who.ask("DELETE", f"{path}/notes", dry=False).code == 200
    assert who.ask("GET", f"{path}/notes").code == 404


def test_a_secret_is_written_and_never_given_back(tenants: Tenants) -> None:
    """Row F8. A patch that changes nothing would answer with everything, so nobody may patch Secrets."""
    writer, namespace = tenants.of("deployer")
    admin, _ = tenants.of("admin")
    path = f"/api/v1/namespaces/{namespace}/secrets"
    assert admin.ask("POST", path, SECRET, dry=False).code == 201
    try:
        for method, verb in (("GET", "get"), ("PATCH", "patch")):
            answer = writer.ask(method, f"{path}/hidden", {} if verb == "patch" else None)
            assert f'cannot {verb} resource "secrets"' in answer.said
        without = {key: value for key, value in SECRET.items() if key != "stringData"}
        answer = writer.ask("PUT", f"{path}/hidden", without)
        assert answer.code == 200
        assert "data" not in answer.body, "an update answers with what was sent, not with what was there"
    finally:
        answer = writer.ask("DELETE", f"{path}/hidden", dry=False)
    assert answer.code == 200
    assert "data" not in answer.body
