"""How apps with hosts are reached from outside, as the program asks for it (F4, X7, L2)."""

from typing import Any

import pulumi
import pytest

from tests.builders import a_tenant, an_app
from tests.recording import PLATFORM_OUTPUTS, Deployed, deploy

SHOP = {"domains": ["acme.example"], "apps": {"web": an_app(hosts=["www.acme.example", "acme.example"])}}


@pytest.fixture(scope="module")
def shop() -> Deployed:
    return deploy(a_tenant(**SHOP))


def test_each_host_has_a_listener_for_tls_and_one_that_sends_on(shop: Deployed) -> None:
    gateway = shop.one("Gateway")
    assert gateway.metadata["namespace"] == "acme-prod"
    assert gateway.spec["gatewayClassName"] == "paas"
    found = [(each["name"], each["port"], each["protocol"], each.get("tls")) for each in gateway.spec["listeners"]]
    tls = {"mode": "Terminate", "certificateRefs": [{"name": "web-tls"}]}
    assert found == [
        ("http.www.acme.example", 80, "HTTP", None),
        ("https.www.acme.example", 443, "HTTPS", tls),
        ("http.acme.example", 80, "HTTP", None),
        ("https.acme.example", 443, "HTTPS", tls),
    ]
    assert {each["allowedRoutes"]["namespaces"]["from"] for each in gateway.spec["listeners"]} == {"Same"}


def test_the_app_answers_behind_tls_only(shop: Deployed) -> None:
    route = shop.one("HTTPRoute", "web").spec
    assert [each["sectionName"] for each in route["parentRefs"]] == ["https.www.acme.example", "https.acme.example"]
    assert route["rules"][0]["backendRefs"] == [{"name": "web", "port": 80}]
    assert route["rules"][0]["timeouts"] == {"request": "60s"}
    redirect = shop.one("HTTPRoute", "web-to-https").spec
    assert [each["sectionName"] for each in redirect["parentRefs"]] == ["http.www.acme.example", "http.acme.example"]
    assert redirect["rules"][0]["filters"] == [
        {"type": "RequestRedirect", "requestRedirect": {"scheme": "https", "statusCode": 301}}
    ]


def test_a_certificate_renews_itself_with_a_new_key_from_the_platforms_issuer(shop: Deployed) -> None:
    certificate = shop.one("Certificate")
    assert certificate.spec == {
        "secretName": "web-tls",
        "duration": "2160h",
        "renewBefore": "720h",
        "privateKey": {"algorithm": "ECDSA", "size": 256, "rotationPolicy": "Always"},
        "issuerRef": {"name": "paas", "kind": "ClusterIssuer", "group": "cert-manager.io"},
        "dnsNames": ["www.acme.example", "acme.example"],
        "usages": ["digital signature", "server auth"],
    }


def test_a_run_ends_when_what_it_asked_for_is_there_and_not_before(shop: Deployed) -> None:
    kinds = ("Certificate", "Gateway", "HTTPRoute")
    waits = {found.kind: found.metadata["annotations"] for kind in kinds for found in shop.many(kind)}
    assert waits["Certificate"]["pulumi.com/waitFor"] == "condition=Ready"
    assert waits["Gateway"]["pulumi.com/waitFor"] == "condition=Programmed"
    assert "Accepted" in waits["HTTPRoute"]["pulumi.com/waitFor"]
    assert {found["pulumi.com/timeoutSeconds"] for found in waits.values()} == {"180"}


def test_people_are_told_the_addresses(shop: Deployed) -> None:
    outputs = shop.one("TenantEnvironment").outputs
    assert outputs is not None
    assert outputs["hosts"] == {"web": ["https://www.acme.example", "https://acme.example"]}


def test_an_app_without_hosts_has_nothing_of_it() -> None:
    made = deploy(a_tenant(apps={"web": an_app()}))
    assert [found.kind for found in made.objects() if found.kind in ("Gateway", "HTTPRoute", "Certificate")] == []


def test_a_namespace_of_its_own_has_a_gateway_of_its_own() -> None:
    apps = {"web": an_app(hosts=["www.acme.example"]), "back": an_app(hosts=["back.acme.example"], namespace="batch")}
    made = deploy(a_tenant(domains=["acme.example"], namespaces={"batch": {"percent": 30}}, apps=apps))
    assert {found.metadata["namespace"] for found in made.many("Gateway")} == {"acme-prod", "acme-prod--batch"}


def test_a_platform_without_a_gateway_refuses_hosts_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    facts: Any = PLATFORM_OUTPUTS["facts"]
    monkeypatch.setitem(facts, "edge", {})
    with pytest.raises(pulumi.RunError) as raised:
        deploy(a_tenant(**SHOP))
    assert str(raised.value) == (
        'stacks/Pulumi.acme-prod.yaml: paas:tenant.apps.web.hosts: given ["www.acme.example", "acme.example"], wanted '
        "none: this platform lets nothing in from outside; remove the hosts, or add `operators.gateway` to the "
        "platform's stack file"
    )
