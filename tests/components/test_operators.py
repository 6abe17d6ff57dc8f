"""The platform's operators, as the program asks for them (L2, F4, I7)."""

from base64 import b64encode
from typing import Any

import pytest
from pulumi import ResourceOptions, ResourceTransformArgs
from pydantic import ValidationError

from components._packages import outranking
from components.shared.authority import _certificate
from tests.builders import a_platform
from tests.recording import Deployed, deploy

FROM_FILES = {
    "certManager": {"source": "manifest", "manifest": "manifests/cert-manager.yaml"},
    "gateway": {"source": "manifest", "controller": "traefik", "manifest": "manifests/gateway-api.yaml"},
    "cloudnativePg": {"source": "manifest", "manifest": "https://example.com/cnpg.yaml"},
}


def built(**operators: Any) -> Deployed:
    return deploy(a_platform(operators=operators))


@pytest.fixture(scope="module")
def from_files() -> Deployed:
    return built(**FROM_FILES)


def test_a_platform_that_says_nothing_has_none() -> None:
    assert deploy(a_platform()).many("InstalledOperator") == []


def test_charts_come_from_upstream_at_a_pinned_version() -> None:
    charts = built(certManager={}, gateway={}, cloudnativePg={}).many("Chart")
    found = {
        made.name: (made.props["chart"], made.props["version"], made.props.get("repositoryOpts")) for made in charts
    }
    assert found == {
        "operator-cert-manager-chart": ("cert-manager", "v1.21.1", {"repo": "https://charts.jetstack.io"}),
        "operator-envoy-chart": ("oci://docker.io/envoyproxy/gateway-helm", "1.9.0", None),
        "operator-cloudnative-pg-chart": (
            "cloudnative-pg",
            "0.29.0",
            {"repo": "https://cloudnative-pg.github.io/charts"},
        ),
    }


def test_a_mirror_and_another_version_are_taken_where_they_are_named() -> None:
    chart = {"repository": "https://mirror.example.com/charts", "version": "v1.20.3"}
    [made] = built(certManager={"chart": chart}).many("Chart")
    assert (made.props["repositoryOpts"], made.props["version"]) == ({"repo": chart["repository"]}, "v1.20.3")


def test_manifests_are_the_plugins_to_read(from_files: Deployed) -> None:
    assert {made.props["file"] for made in from_files.many("ConfigFile")} == {
        operator["manifest"] for operator in FROM_FILES.values()
    }


@pytest.mark.parametrize(
    ("type_", "said", "becomes"),
    [
        ("kubernetes:apps/v1:Deployment", None, "system-cluster-critical"),
        ("kubernetes:apps/v1:Deployment", "their-own", "their-own"),
        ("kubernetes:batch/v1:Job", None, None),
    ],
)
def test_what_a_package_deploys_outranks_tenants_unless_it_says_otherwise(
    type_: str, said: str | None, becomes: str | None
) -> None:
    """E1: on a full node no tenant's pod takes the place of an operator."""
    pod: dict[str, Any] = {"containers": []} | ({"priorityClassName": said} if said else {})
    props = {"spec": {"replicas": 1, "template": {"spec": pod}}}
    asked = ResourceTransformArgs(custom=True, type_=type_, name="any", props=props, opts=ResourceOptions())
    found = outranking(asked)
    changed: Any = props if found is None else found.props
    assert changed["spec"]["template"]["spec"].get("priorityClassName") == becomes
    assert changed["spec"]["replicas"] == 1
    assert pod.get("priorityClassName") == said, "what was asked for is not written into"


def test_what_is_adopted_is_left_alone_and_its_class_and_issuer_are_used() -> None:
    made = built(
        certManager={"source": "adopt", "issuer": "letsencrypt"},
        gateway={"source": "adopt", "controller": "traefik"},
    )
    assert made.many("Chart") == made.many("ConfigFile") == made.many("Deployment") == []
    assert made.one("GatewayClass").spec == {"controllerName": "traefik.io/gateway-controller"}
    assert made.many("ClusterIssuer") == []
    outputs = made.one("Platform").outputs
    assert outputs is not None
    assert outputs["facts"]["edge"] == {"class": "paas", "issuer": "letsencrypt"}, "nothing is known of limits"


@pytest.mark.parametrize(
    ("gateway", "limits"),
    [
        ({}, "envoy"),
        ({"rateLimits": False}, None),
        ({"source": "adopt"}, None),
        ({"source": "adopt", "rateLimits": True}, "envoy"),
        ({"source": "adopt", "controller": "traefik", "rateLimits": True}, "traefik"),
    ],
)
def test_tenants_are_told_who_keeps_limits_of_rates(gateway: dict[str, Any], limits: str | None) -> None:
    outputs = built(certManager={}, gateway=gateway).one("Platform").outputs
    assert outputs is not None
    assert outputs["facts"]["edge"].get("limits") == limits


def test_traefik_reads_limits_that_the_platform_made_and_no_other_kind_of_its_own(from_files: Deployed) -> None:
    [container] = from_files.one("Deployment").spec["template"]["spec"]["containers"]
    assert "--providers.kubernetesCRD.labelSelector=app.kubernetes.io/managed-by=pulumi" in container["args"]
    kinds = {made.spec["names"]["kind"]: made for made in from_files.many("CustomResourceDefinition")}
    schemas = {kind: made.spec["versions"][0]["schema"]["openAPIV3Schema"] for kind, made in kinds.items()}
    assert len(kinds) == 10
    assert {kind for kind, schema in schemas.items() if "x-kubernetes-validations" not in schema} == {"Middleware"}
    assert list(schemas["Middleware"]["properties"]["spec"]["properties"]) == ["rateLimit"]
    [rule] = [
        rule
        for rule in from_files.one("ClusterRole", "paas-gateway").props["rules"]
        if "traefik.io" in rule["apiGroups"]
    ]
    assert set(rule["resources"]) == {made.spec["names"]["plural"] for made in kinds.values()}
    assert rule["verbs"] == ["get", "list", "watch"]
    needed = _needed(from_files, from_files.one("Deployment").urn)
    assert {made.urn for made in kinds.values()} <= needed, "it waits for them, and they for it when it goes"


def test_without_limits_traefik_has_no_kinds_of_its_own() -> None:
    made = built(**{**FROM_FILES, "gateway": {**FROM_FILES["gateway"], "rateLimits": False}})
    assert made.many("CustomResourceDefinition") == []
    [container] = made.one("Deployment").spec["template"]["spec"]["containers"]
    assert not [argument for argument in container["args"] if "kubernetesCRD" in argument]


def test_what_only_an_operator_understands_is_made_after_it_and_goes_before_it(from_files: Deployed) -> None:
    manifests = {made.name: made.urn for made in from_files.many("ConfigFile")}
    issuers = [made for made in from_files.many("ClusterIssuer") if "ca" in made.spec]
    assert manifests["operator-cert-manager-manifest"] in _needed(from_files, issuers[0].urn)
    assert manifests["operator-traefik-manifest"] in _needed(from_files, from_files.one("GatewayClass").urn)


def test_operators_live_in_restricted_namespaces_with_limits_and_few_ways_in(from_files: Deployed) -> None:
    homes = [*from_files.many("Namespace"), *from_files.many("NamespacePatch")]
    names = {made.metadata["name"] for made in homes}
    assert names == {"cert-manager", "paas-gateway", "cnpg-system"}
    assert {made.metadata["labels"]["pod-security.kubernetes.io/enforce"] for made in homes} == {"restricted"}
    for kind in ("LimitRange", "NetworkPolicy"):
        assert {made.metadata["namespace"] for made in from_files.many(kind)} == names
    for policy in from_files.many("NetworkPolicy"):
        assert policy.spec["ingress"][0]["ports"], "ports are named"


def test_the_gateways_pods_are_restricted_and_listen_where_listeners_say(from_files: Deployed) -> None:
    pod = from_files.one("Deployment").spec["template"]["spec"]
    [container] = pod["containers"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert [port["containerPort"] for port in container["ports"]] == [80, 443, 8080]


@pytest.mark.parametrize(("replicas", "budgets"), [(None, 1), (2, 1), (1, 0)])
def test_only_what_the_platform_runs_in_copies_has_a_budget(replicas: int | None, budgets: int) -> None:
    gateway = FROM_FILES["gateway"] | ({"replicas": replicas} if replicas else {})
    made = built(**FROM_FILES | {"gateway": gateway})
    found = made.many("PodDisruptionBudget")
    assert [budget.spec["maxUnavailable"] for budget in found] == [1] * budgets
    pods = made.one("Deployment").spec["template"]["metadata"]["labels"]
    assert all(budget.spec["selector"]["matchLabels"].items() <= pods.items() for budget in found)


def test_the_root_signs_itself_and_its_issuer_signs_for_tenants(from_files: Deployed) -> None:
    root = from_files.one("Certificate").spec
    assert (root["isCA"], root["privateKey"]["algorithm"]) == (True, "ECDSA")
    assert from_files.one("ClusterIssuer", "paas").spec == {"ca": {"secretName": root["secretName"]}}


def test_the_roots_certificate_is_read_where_no_key_is_and_by_a_webhook_that_is_for_no_request(
    from_files: Deployed,
) -> None:
    shown = from_files.one("ValidatingWebhookConfiguration")
    assert shown.metadata["annotations"]["cert-manager.io/inject-ca-from"] == "cert-manager/paas-root"
    assert "caBundle" in shown.metadata["annotations"]["pulumi.com/waitFor"]
    [webhook] = shown.props["webhooks"]
    assert "rules" not in webhook
    assert webhook["clientConfig"]["url"].endswith(".invalid")
    assert from_files.reads == []
    [root] = from_files.many("Certificate")
    assert root.urn in _needed(from_files, shown.urn)


def test_a_first_preview_does_not_know_the_certificate(from_files: Deployed) -> None:
    """The mock answers like it: with what was asked for, before cert-manager has seen it."""
    outputs = from_files.one("Platform").outputs
    assert outputs is not None
    assert outputs["facts"].get("authority") is None


def test_the_certificate_is_a_fact_once_cert_manager_has_written_it() -> None:
    assert _certificate([{"clientConfig": {"caBundle": b64encode(b"PEM").decode()}}]) == "PEM"


def test_an_issuer_of_somebody_elses_is_not_the_platforms_authority() -> None:
    made = built(certManager={"issuer": "letsencrypt"})
    assert made.many("ValidatingWebhookConfiguration") == []
    outputs = made.one("Platform").outputs
    assert outputs is not None
    assert outputs["facts"].get("authority") is None


@pytest.mark.parametrize(
    ("operators", "wanted"),
    [
        ({"certManager": {"source": "manifest"}}, "wanted it with `source: manifest`, and only there"),
        ({"certManager": {"manifest": "a.yaml"}}, "wanted it with `source: manifest`, and only there"),
        ({"gateway": {}}, "wanted `certManager` with it"),
        ({"certManager": {}, "gateway": {"controller": "traefik"}}, "wanted `manifest` or `adopt` with traefik"),
        (
            {"certManager": {"source": "adopt", "chart": {"repository": "oci://x.example/y", "version": "1.0.0"}}},
            "wanted it with `source: chart` only",
        ),
        ({"certManager": {"source": "manifest", "manifest": "../up.yaml"}}, "wanted a file below the root"),
    ],
)
def test_what_cannot_be_meant_is_refused(operators: Any, wanted: str) -> None:
    with pytest.raises(ValidationError, match=wanted.replace("`", ".")):
        a_platform(operators=operators)


def _needed(made: Deployed, urn: str) -> set[str]:
    """Return all that must be there before a resource, however indirectly."""
    found: set[str] = set()
    left = [urn]
    while left:
        for needed in made.all[left.pop()].depends_on:
            if needed in made.all and needed not in found:
                found.add(needed)
                left.append(needed)
    return found
