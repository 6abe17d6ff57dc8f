"""The matrix of who reaches whom: what it must never open, whatever the specs ask for."""

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from spec import TenantSpec, addresses, plan
from tests.builders import a_job, a_tenant, an_app

OWN = ["10.244.0.0/16", "10.96.0.0/12", "fd12:3456::/48"]

addresses_of_both = st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6))


def calling(cidr: str) -> list[TenantSpec]:
    """A tenant that asks for `cidr` at port 443, and its neighbour."""
    egress = {"out": {"cidr": cidr, "ports": [443], "reason": "whatever"}}
    return [a_tenant(egress=egress), a_tenant(name="globex", environment="dev")]


@given(addresses_of_both, st.integers(0, 32))
def test_no_egress_opens_what_nobody_may_reach(address: object, prefix: int) -> None:
    asked = ip_network(f"{address}/{prefix}", strict=False)
    assume(not addresses.inside(asked, (*addresses.FORBIDDEN, addresses.MAPPED)))  # refused: see bad_tenants
    found = plan.matrix(calling(str(asked)), OWN)
    for text in addresses.METADATA:
        assert found["acme-prod/web", text] == plan.CLOSED, text
    assert found["acme-prod/web", "globex-dev/web"] == found["globex-dev/web", "acme-prod/web"] == plan.CLOSED
    assert not [pair for pair, ports in found.items() if pair[0] == "globex-dev/web" and ports and pair[1] != plan.DNS]


@given(addresses_of_both, st.integers(0, 32))
def test_policies_leave_out_what_the_matrix_closes(address: object, prefix: int) -> None:
    """Two readings of the same egress: the policy's range with its holes, and the matrix address by address."""
    asked = ip_network(f"{address}/{prefix}", strict=False)
    assume(not addresses.inside(asked, (*addresses.FORBIDDEN, addresses.MAPPED, *map(addresses.parse, OWN))))
    holes = [ip_network(hole) for hole in plan.holes(str(asked), OWN)]
    tenants = calling(str(asked))
    found = plan.matrix(tenants, OWN)
    for text in plan.probes(tenants, OWN):
        where = ip_address(text)
        left_out = any(where in hole for hole in holes)
        assert bool(found["acme-prod/web", text]) == (where in asked and not left_out), text


@pytest.mark.parametrize("text", addresses.METADATA)
def test_every_metadata_service_is_forbidden(text: str) -> None:
    assert any(ip_address(text) in network for network in addresses.FORBIDDEN)


def test_a_network_is_asked_at_its_edges_and_just_outside() -> None:
    asked = plan.probes([a_tenant(egress={"x": {"cidr": "203.0.113.0/24", "ports": [443], "reason": "cards"}})], [])
    assert {"203.0.112.255", "203.0.113.0", "203.0.113.255", "203.0.114.0"} <= set(asked)
    assert {"169.253.255.255", "169.254.0.0", "169.254.255.255", "169.255.0.0"} <= set(asked)


def test_the_gateway_reaches_what_has_a_host_and_nothing_else() -> None:
    apps = {"web": an_app(hosts=["acme.example"], port=8443), "api": an_app()}
    found = plan.matrix(
        [a_tenant(domains=["acme.example"], apps=apps, jobs={"report": a_job(schedule="0 3 * * *")})], OWN
    )
    assert plan.told(found[plan.GATEWAY, "acme-prod/web"]) == "TCP 8443"
    assert {found[plan.GATEWAY, f"acme-prod/{name}"] for name in ("api", "report")} == {plan.CLOSED}


def test_ports_are_told_in_words() -> None:
    assert plan.told(plan.CLOSED) == "nothing"
    assert plan.told(plan.EVERY) == "everything"
    assert plan.told(frozenset({("UDP", 53), ("TCP", 53)})) == "TCP 53, UDP 53"
