"""The tables again without impersonation: certificates and tokens, as the API server authenticates them. Row I8."""

from pathlib import Path

import pytest

from tests.e2e.access.attempts import METHODS, attempt, refusal
from tests.e2e.access.conftest import BATCH, Tenants, group
from tests.e2e.access.identities import account, certified, known_as
from tests.e2e.access.tables import ROWS
from tests.e2e.access.test_roles import NOBODY, answers

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("role", ["viewer", "developer", "deployer", "admin"])
def test_a_certificate_of_a_group_gives_the_groups_table(tenants: Tenants, role: str, tmp_path: Path) -> None:
    who = certified(tmp_path, f"alice-{role}", group("vault", role))
    assert known_as(who) == (f"alice-{role}", [group("vault", role), "system:authenticated"])
    own, other = tenants.prod.namespace, tenants.dev.namespace
    assert answers(who, ROWS, own) == {(row.verb, row.what): role in row.can for row in ROWS}
    assert who.rules(other) == NOBODY.rules(other)


def test_a_certificate_of_no_members_group_gives_nothing(tenants: Tenants, tmp_path: Path) -> None:
    who = certified(tmp_path, "mallory", "oidc:vault-admin")  # a letter short of the members' group
    assert who.rules(tenants.prod.namespace) == NOBODY.rules(tenants.prod.namespace)


@pytest.mark.parametrize(
    ("namespace", "name"),
    [("vault-prod", "default"), ("vault-prod", "web"), (BATCH, "default"), ("rival-dev", "default")],
)
def test_a_token_of_a_tenants_program_opens_nothing(tenants: Tenants, namespace: str, name: str) -> None:
    """What a hostile program could have mounted is worth nothing: in its own namespace no more than elsewhere."""
    who = account(namespace, name)
    assert known_as(who)[0] == f"system:serviceaccount:{namespace}:{name}"
    assert not any(answers(who, ROWS, namespace).values())
    row = next(row for row in ROWS if row.verb in METHODS and row.what == "secrets")
    answer = attempt(who, row, namespace)
    assert answer.code == 403
    assert refusal(row, namespace) in answer.said


def test_a_token_for_somebody_else_is_no_token_here(tenants: Tenants) -> None:
    answer = account(tenants.prod.namespace, "web", audience="elsewhere").ask("GET", "/api/v1/namespaces/vault-prod")
    assert (answer.code, answer.said) == (401, "Unauthorized")
