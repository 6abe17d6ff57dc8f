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


def limited(monkeypatch: pytest.MonkeyPatch, limits: str | None = "traefik", **rate: int) -> Deployed:
    """Return the shop with a limit, on a platform whose gateway `limits` rates by this controller's kinds."""
    edge = {"class": "paas", "issuer": "paas"} | ({} if limits is None else {"limits": limits})
    facts: Any = PLATFORM_OUTPUTS["facts"]
    monkeypatch.setitem(facts, "edge", edge)
    apps = {"web": an_app(hosts=["www.acme.example"], rateLimit=rate), "api": an_app(hosts=["api.acme.example"])}
    return deploy(a_tenant(domains=["acme.example"], apps=apps))


def test_traefik_is_told_the_limit_by_a_middleware_that_the_route_goes_through(monkeypatch: pytest.MonkeyPatch) -> None:
    made = limited(monkeypatch, requests=20, burst=40)
    limit = made.one("Middleware")
    assert limit.type == "kubernetes:traefik.io/v1alpha1:Middleware"
    assert limit.metadata["namespace"] == "acme-prod"
    client = {"ipStrategy": {"ipv6Subnet": 64}}
    assert limit.spec == {"rateLimit": {"average": 20, "burst": 40, "sourceCriterion": client}}
    [rule] = made.one("HTTPRoute", "web").spec["rules"]
    reference = {"group": "traefik.io", "kind": "Middleware", "name": limit.metadata["name"]}
    assert rule["filters"] == [{"type": "ExtensionRef", "extensionRef": reference}]
    assert limit.parent in made.one("HTTPRoute", "web").depends_on, "no moment without the limit"
    assert "filters" not in made.one("HTTPRoute", "api").spec["rules"][0], "each app has its own limit, or none"


def test_envoy_is_told_the_limit_by_a_policy_for_the_route(monkeypatch: pytest.MonkeyPatch) -> None:
    made = limited(monkeypatch, "envoy", requests=20)
    limit = made.one("BackendTrafficPolicy")
    assert limit.type == "kubernetes:gateway.envoyproxy.io/v1alpha1:BackendTrafficPolicy"
    assert limit.spec["targetRefs"] == [{"group": "gateway.networking.k8s.io", "kind": "HTTPRoute", "name": "web"}]
    assert limit.spec["rateLimit"] == {
        "type": "Local",
        "local": {
            "rules": [
                {
                    "clientSelectors": [{"sourceCIDR": {"type": "Distinct", "value": clients}}],
                    "limit": {"requests": 20, "unit": "Second"},
                }
                for clients in ("0.0.0.0/0", "::/0")
            ]
        },
    }
    assert made.one("HTTPRoute", "web").spec["rules"][0]["filters"] == []


def test_a_burst_that_nobody_names_is_a_second_of_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    assert limited(monkeypatch, requests=20).one("Middleware").spec["rateLimit"]["burst"] == 20


@pytest.mark.parametrize("limits", [None, "another"])
def test_a_gateway_that_we_do_not_know_to_keep_limits_is_asked_for_none(
    monkeypatch: pytest.MonkeyPatch, limits: str | None
) -> None:
    with pytest.raises(pulumi.RunError) as raised:
        limited(monkeypatch, limits, requests=20)
    assert str(raised.value) == (
        'stacks/Pulumi.acme-prod.yaml: paas:tenant.apps.web.rateLimit: given {"requests": 20}, wanted none: we do not '
        "know that this platform's gateway keeps any; remove it; or, if the gateway can, write `rateLimits: true` "
        "under `operators.gateway` in the platform's stack file and run: pulumi up -s platform"
    )


def test_envoy_has_no_bursts_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(pulumi.RunError) as raised:
        limited(monkeypatch, "envoy", requests=20, burst=40)
    assert str(raised.value) == (
        "stacks/Pulumi.acme-prod.yaml: paas:tenant.apps.web.rateLimit.burst: given 40, wanted 20, as `requests`: with "
        "Envoy Gateway as many come at once as in a second; remove it"
    )


def test_limits_of_two_tenants_never_have_one_name_at_traefik() -> None:
    """It joins namespace and name by `-`: `acme-prod` `dev-web` would else be `acme-prod-dev` `web`."""

    def known(name: str, environment: str, app: str) -> str:
        apps = {app: an_app(hosts=["www.acme.example"], rateLimit={"requests": 20})}
        limit = deploy(a_tenant(name=name, environment=environment, domains=["acme.example"], apps=apps))
        metadata = limit.one("Middleware").metadata
        return f"{metadata['namespace']}-{metadata['name']}"

    ours, theirs = known("acme", "prod", "dev-web"), known("acme-prod", "dev", "web")
    assert ours.rpartition("-")[0] == theirs.rpartition("-")[0]
    assert ours != theirs
