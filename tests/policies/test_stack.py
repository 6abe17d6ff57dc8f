"""Whose stack it is, however it is told."""

import json

import pytest

from policies._stack import Stack, Unusable, deployed, read
from policies._view import Undecided
from tests.builders import a_platform, a_tenant, a_tenant_document

URN = "urn:pulumi:acme-prod::paas::paas:tenant:TenantEnvironment::tenant"
TENANT = "paas:tenant:TenantEnvironment"


def test_where_nobody_says_anything() -> None:
    assert Stack() == Stack(name="", spec=None, unusable=False, settings={})
    assert not Stack().known
    with pytest.raises(Undecided, match=r"the stack's configuration.*is not given to this run"):
        _ = Stack().tenant


@pytest.mark.parametrize("config", [{}, {"paas:tenant": ""}, {"other:tenant": json.dumps(a_tenant_document())}])
def test_a_configuration_without_a_tenant(config: dict[str, str]) -> None:
    assert read("acme-prod", config) == Stack(name="acme-prod")


def test_a_configuration_with_one() -> None:
    told = {"paas:tenant": json.dumps(a_tenant_document())}
    assert read("acme-prod", told) == Stack(name="acme-prod", spec=a_tenant())


def test_a_configuration_with_mistakes() -> None:
    found = read("acme-prod", {"paas:tenant": json.dumps(a_tenant_document(tier="huge"))})
    assert found == Stack(name="acme-prod", unusable=True)
    assert found.known
    with pytest.raises(Unusable, match=r"^the stack file cannot be used$"):
        _ = found.tenant


def test_the_top_of_a_stored_state() -> None:
    assert deployed(URN, TENANT, a_tenant_document()) == Stack(name="acme-prod", spec=a_tenant())
    assert deployed(URN, "paas:isolation:IsolatedNamespace", a_tenant_document()) is None


def test_the_platform_is_no_tenant() -> None:
    with pytest.raises(Undecided):
        _ = Stack(spec=a_platform()).tenant


def test_namespaces_are_those_of_the_plan() -> None:
    stack = Stack(spec=a_tenant(namespaces={"batch": {"percent": 10}}))
    space = stack.space("acme-prod--batch")
    assert space is not None
    assert (space.name, space.key) == ("acme-prod--batch", "batch")
    assert stack.space("globex-prod") is None
