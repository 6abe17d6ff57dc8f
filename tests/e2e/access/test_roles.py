"""Each role's can/cannot table on the live cluster, acting as the role's OIDC group. Rows I8, X15, K4, E3."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.e2e.access.conftest import BATCH, ROLES, Tenants
from tests.e2e.access.people import Person, impersonated
from tests.e2e.access.tables import CLUSTER_ROWS, COLUMNS, ROWS, Row

pytestmark = pytest.mark.e2e

every_column = pytest.mark.parametrize("column", COLUMNS)
NOBODY = impersonated("somebody-else", "oidc:somebody-else")
OTHERS = ("default", "kube-system", "kube-public", "kube-node-lease")


def answers(who: Person, rows: list[Row], namespace: str) -> dict[tuple[str, str], bool]:
    """Ask the API server for every row, several at a time."""
    name = {"namespaces": namespace}

    def ask(row: Row) -> bool:
        return who.can(row.verb, row.what, namespace, name.get(row.what, "") if namespace else "")

    with ThreadPoolExecutor(8) as pool:
        return dict(zip([(row.verb, row.what) for row in rows], pool.map(ask, rows), strict=True))


@every_column
def test_a_role_can_what_its_table_says_and_nothing_else_of_it(tenants: Tenants, column: str) -> None:
    who, namespace = tenants.of(column)
    assert answers(who, ROWS, namespace) == {(row.verb, row.what): column in row.can for row in ROWS}


@every_column
def test_the_table_leaves_out_nothing_that_a_role_can(tenants: Tenants, column: str) -> None:
    who, namespace = tenants.of(column)
    named = {(row.verb, row.what) for row in ROWS if column in row.can}
    assert who.rules(namespace) - NOBODY.rules(namespace) == named


@pytest.mark.parametrize("column", ["admin", "dev-developer"])
def test_no_role_can_anything_in_the_cluster(tenants: Tenants, column: str) -> None:
    who, _ = tenants.of(column)
    assert {row for row, can in answers(who, CLUSTER_ROWS, "").items() if can} == set()
    everything = {(row.verb, row.what) for row in CLUSTER_ROWS}
    assert {row for row, can in answers(Person(), CLUSTER_ROWS, "").items() if can} == everything


@pytest.mark.parametrize("role", ROLES)
def test_each_role_is_held_against_at_least_forty_rows(role: str) -> None:
    columns = {column for column, (_, found) in COLUMNS.items() if found == role}
    assert len(ROWS) + len(CLUSTER_ROWS) >= 40
    for column in columns:
        can = [row for row in ROWS if column in row.can]
        assert len(can) >= 40
        assert len(ROWS) - len(can) >= 40


@every_column
def test_nobody_of_one_tenant_can_anything_where_another_is(tenants: Tenants, column: str) -> None:
    """Row U5: isolation, for every role and every namespace that is not its own."""
    who, own = tenants.of(column)
    nothing = NOBODY.rules("default")
    other = {tenants.prod.namespace: [tenants.dev.namespace], tenants.dev.namespace: [tenants.prod.namespace, BATCH]}
    for namespace in (*other[own], *OTHERS):
        assert who.rules(namespace) == nothing, namespace
    assert who.rules(own) > nothing


def test_an_extra_namespace_is_its_tenants_own(tenants: Tenants) -> None:
    who, own = tenants.of("deployer")
    assert who.rules(BATCH) == who.rules(own)
