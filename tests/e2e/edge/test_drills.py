"""Certificates are renewed under load and nobody notices; a drill that sees otherwise fails (F4, O5)."""

import pytest

from tests.e2e.commands import Paas
from tests.e2e.stacks import ROOT, kubectl, standing

pytestmark = [pytest.mark.e2e, pytest.mark.node]


@pytest.fixture(scope="module")
def paas() -> Paas:
    standing("platform")
    standing("acme-prod")
    return Paas(ROOT)


@pytest.mark.parametrize("drill", ["certificate", "expiry"])
def test_three_renewals_are_served_and_no_request_fails(paas: Paas, drill: str) -> None:
    ended = paas("drill", drill, "acme-prod", "web", "--output", "json")
    assert ended.code == 0, ended.out + ended.err
    verdict = ended.json()["verdict"]
    checks = {check["name"]: check for check in verdict["checks"]}
    assert int(checks["serials served"]["found"]) >= 4
    assert checks["keys served"]["found"] == checks["serials served"]["found"]
    assert verdict["figures"]["failures"] == 0
    assert verdict["figures"]["requests"] > 100
    left = kubectl("get", "certificates,gateways,httproutes,secrets", "-n", "acme-prod", "-o", "name")
    assert "paas-drill" not in left


def test_where_nobody_answers_the_drill_fails_and_cleans_up(paas: Paas) -> None:
    """The negative twin: an address at which there is no gateway."""
    ended = paas("drill", "certificate", "acme-prod", "web", "--renewals", "1", "--address", "127.0.0.1", "-o", "json")
    assert ended.code == 1
    assert "the drill could not be done: www.acme.example at 127.0.0.1:443: no handshake" in ended.err


def test_an_app_without_hosts_has_nothing_to_drill(paas: Paas) -> None:
    ended = paas("drill", "certificate", "acme-prod", "api")
    assert ended.code == 64
    assert "acme-prod has no app api with hosts" in ended.err
