"""What keeps an environment to itself, as the program asks for it."""

from datetime import UTC, datetime, timedelta

import pulumi
import pytest

from spec import plan
from spec.labels import BREAK_GLASS, MAINTENANCE, REASON, RESIDENCY, TTL, UNTIL
from tests.builders import Document, a_tenant, an_app
from tests.recording import Deployed, deploy

MEMBERS = {role: [f"oidc:{role}s"] for role in ("admin", "developer", "viewer", "deployer")}
PAYMENTS = {"payments": {"cidr": "0.0.0.0/0", "ports": [443, 8443], "reason": "card payments"}}


def policy(made: Deployed, name: str) -> Document:
    return made.one("NetworkPolicy", name).spec


def test_everything_is_closed_both_ways_first() -> None:
    closed = policy(deploy(a_tenant()), "default-deny")
    assert closed == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def test_names_are_looked_up_at_the_clusters_dns_only() -> None:
    assert policy(deploy(a_tenant()), "allow-dns")["egress"] == [
        {
            "to": [
                {
                    "namespaceSelector": {
                        "matchExpressions": [
                            {"key": "kubernetes.io/metadata.name", "operator": "In", "values": ["kube-system"]}
                        ]
                    },
                    "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
                }
            ],
            "ports": [{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}],
        }
    ]


def test_only_the_environments_own_namespaces_reach_each_other() -> None:
    made = deploy(a_tenant(namespaces={"batch": {"percent": 20}}))
    for namespace in ("acme-prod", "acme-prod--batch"):
        [own] = [
            found
            for found in made.many("NetworkPolicy")
            if found.metadata["name"] == "allow-own" and found.metadata["namespace"] == namespace
        ]
        [ingress], [egress] = own.spec["ingress"], own.spec["egress"]
        assert ingress["from"] == egress["to"]
        [expression] = ingress["from"][0]["namespaceSelector"]["matchExpressions"]
        assert expression["values"] == ["acme-prod", "acme-prod--batch"]


def test_the_gateway_reaches_apps_with_hosts_at_their_port() -> None:
    made = deploy(a_tenant(domains=["acme.example"], apps={"web": an_app(hosts=["acme.example"]), "api": an_app()}))
    open_to_gateway = policy(made, "allow-gateway-web")
    assert open_to_gateway["podSelector"]["matchLabels"]["app.kubernetes.io/name"] == "web"
    assert open_to_gateway["ingress"][0]["ports"] == [{"protocol": "TCP", "port": 8080}]
    assert not [found for found in made.many("NetworkPolicy") if found.metadata["name"] == "allow-gateway-api"]


def test_declared_egress_leaves_out_metadata_and_the_cluster_itself() -> None:
    [rule] = policy(deploy(a_tenant(egress=PAYMENTS)), "egress-payments")["egress"]
    [peer] = rule["to"]
    assert peer["ipBlock"]["cidr"] == "0.0.0.0/0"
    assert {"169.254.0.0/16", "10.244.0.0/16", "10.96.0.0/12"} <= set(peer["ipBlock"]["except"])
    assert rule["ports"] == [{"protocol": "TCP", "port": 443}, {"protocol": "TCP", "port": 8443}]


def test_egress_into_the_cluster_is_refused() -> None:
    inside = {"other": {"cidr": "10.244.7.0/24", "ports": [80], "reason": "a neighbour"}}
    with pytest.raises(pulumi.RunError) as raised:
        deploy(a_tenant(egress=inside))
    assert str(raised.value) == (
        'stacks/Pulumi.acme-prod.yaml: paas:tenant.egress: given "10.244.7.0/24", wanted a network outside the '
        "cluster's own: 10.244.0.0/16, 10.96.0.0/12; call what runs in the cluster by its name"
    )


def test_each_namespace_has_its_share_and_everything_that_confines_it() -> None:
    made = deploy(a_tenant(members=MEMBERS, namespaces={"batch": {"percent": 25}}))
    quotas = {found.metadata["namespace"]: found.spec["hard"]["requests.cpu"] for found in made.many("ResourceQuota")}
    assert quotas == {"acme-prod": "6", "acme-prod--batch": "2"}
    for kind in ("LimitRange", "NetworkPolicy", "RoleBinding"):
        namespaces = [found.metadata["namespace"] for found in made.many(kind)]
        assert namespaces.count("acme-prod") == namespaces.count("acme-prod--batch") > 0


def test_people_get_cluster_roles_in_their_namespaces_only() -> None:
    made = deploy(a_tenant(members=MEMBERS))
    bindings = {found.metadata["name"]: found.props for found in made.many("RoleBinding")}
    assert bindings.keys() == {"paas-admin", "paas-developer", "paas-viewer", "paas-deployer"}
    assert bindings["paas-admin"]["roleRef"] == {
        "apiGroup": "rbac.authorization.k8s.io",
        "kind": "ClusterRole",
        "name": "paas-admin",
    }
    assert bindings["paas-admin"]["subjects"] == [
        {"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "oidc:admins"}
    ]
    assert not made.many("ClusterRoleBinding")


def test_an_environment_without_members_binds_nobody() -> None:
    assert deploy(a_tenant()).many("RoleBinding") == []


def test_every_bound_role_is_one_of_the_platforms() -> None:
    for environment in ("dev", "prod"):
        made = deploy(a_tenant(environment=environment, members=MEMBERS))
        assert {found.props["roleRef"]["name"] for found in made.many("RoleBinding")} <= plan.roles().keys()


def ahead(**time: float) -> str:
    return (datetime.now(UTC) + timedelta(**time)).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_broken_glass_says_until_when_and_why() -> None:
    until = ahead(hours=71)
    made = deploy(a_tenant(breakGlass=[{"group": "oidc:sre/on-call", "until": until, "reason": "INC-42"}]))
    [binding] = made.many("RoleBinding")
    assert binding.props["roleRef"]["name"] == "paas-debugger"
    assert binding.props["subjects"][0]["name"] == "oidc:sre/on-call"
    assert binding.metadata["annotations"][UNTIL] == until
    assert binding.metadata["annotations"][REASON] == "INC-42"


def test_every_namespace_tells_the_guard_when_broken_glass_is_whole_again() -> None:
    soon, later, over = ahead(hours=1), ahead(hours=2), ahead(hours=-1)
    glass = [
        {"group": group, "until": until, "reason": "INC-42"}
        for group, until in (("oidc:a", soon), ("oidc:b", later), ("oidc:c", over))
    ]
    made = deploy(a_tenant(breakGlass=glass, namespaces={"batch": {"percent": 20}}))
    for namespace in made.many("Namespace"):
        assert namespace.metadata["annotations"][BREAK_GLASS] == f"{soon} oidc:a\n{later} oidc:b"
    assert BREAK_GLASS not in deploy(a_tenant()).one("Namespace").metadata["annotations"]


def test_glass_whose_time_is_over_is_whole_again() -> None:
    glass = {"group": "oidc:sre", "until": "2020-01-01T00:00:00Z", "reason": "INC-1"}
    made = deploy(a_tenant(breakGlass=[glass]))
    assert made.many("RoleBinding") == []
    assert BREAK_GLASS not in made.one("Namespace").metadata["annotations"]


def test_glass_is_not_broken_for_ever() -> None:
    until = ahead(hours=73)
    with pytest.raises(pulumi.RunError) as raised:
        deploy(a_tenant(breakGlass=[{"group": "oidc:sre", "until": until, "reason": "INC-1"}]))
    assert str(raised.value) == (
        f'stacks/Pulumi.acme-prod.yaml: paas:tenant.breakGlass: given "{until}", wanted a moment at most 72 hours '
        "ahead; write an earlier one, and a later one when that is over"
    )


def test_a_pod_that_names_no_account_holds_no_token() -> None:
    patch = deploy(a_tenant()).one("ServiceAccountPatch")
    assert (patch.metadata["name"], patch.metadata["namespace"]) == ("default", "acme-prod")
    assert patch.props["automountServiceAccountToken"] is False


def test_data_stays_in_its_region() -> None:
    assert deploy(a_tenant(residency="eu")).one("Namespace").metadata["labels"][RESIDENCY] == "eu"
    assert RESIDENCY not in deploy(a_tenant()).one("Namespace").metadata["labels"]
    with pytest.raises(pulumi.RunError) as raised:
        deploy(a_tenant(residency="us"))
    assert str(raised.value) == (
        'stacks/Pulumi.acme-prod.yaml: paas:tenant.residency: given "us", wanted eu, where this platform is; '
        "deploy to a platform in that region, or change the residency"
    )


def test_a_namespace_says_when_it_ends_and_when_it_may_be_restarted() -> None:
    window = {"days": ["sat", "sun"], "start": "02:00", "duration": "4h", "timezone": "Europe/Berlin"}
    sandbox = deploy(a_tenant(name="pr-1", environment="sandbox", ttl="72h", maintenance=window)).one("Namespace")
    assert sandbox.metadata["annotations"][TTL] == "72h"
    assert sandbox.metadata["annotations"][MAINTENANCE] == "sat,sun 02:00 +4h Europe/Berlin"
    assert not {TTL, MAINTENANCE} & deploy(a_tenant()).one("Namespace").metadata["annotations"].keys()
