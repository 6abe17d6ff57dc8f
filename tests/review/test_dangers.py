"""What is dangerous, and what only looks like it: a case and its twin for each check."""

from typing import Any

import pytest

from review.dangers import CHECKS, STATEFUL, dangers
from tests.review.stacks import (
    Z,
    a_deployment,
    an_object,
    changed,
    deleted,
    grave,
    held,
    kept,
    made,
    replaced,
    stack_of,
)

POLICY = "networking.k8s.io/v1"
RBAC = "rbac.authorization.k8s.io/v1"
GATEWAY = "gateway.networking.k8s.io/v1"
CERTIFICATES = "cert-manager.io/v1"


def policy(**spec: Any) -> dict[str, Any]:
    return an_object("NetworkPolicy", of=POLICY, spec={"podSelector": {}, **spec})


@pytest.mark.parametrize("kind", sorted(STATEFUL))
def test_the_end_of_what_keeps_state_is_grave(kind: tuple[str, str]) -> None:
    group, name = kind
    value = an_object(name, of=f"{group}/v1" if group else "v1", spec={})
    assert grave(deleted(value)) == [f"is deleted: {STATEFUL[kind]}"]
    assert grave(replaced(value, value, "spec.x", "spec.y")) == [
        f"is replaced, because of spec.x, spec.y: {STATEFUL[kind]}"
    ]
    assert grave(deleted(value, retainOnDelete=True)) == []
    assert grave(kept(value)) == []


def test_what_comes_and_goes_with_its_content_is_not_grave() -> None:
    value = an_object("ConfigMap", data={})
    assert grave(deleted(value), replaced(value | {"data": {"a": "b"}}, value, "data.a")) == []
    service = an_object("Service", spec={})
    assert grave(replaced(service, service, "spec.clusterIP")) == [
        "is deleted and made anew, because of spec.clusterIP"
    ]


def test_what_is_protected_is_said_to_be() -> None:
    service = an_object("Service", spec={})
    assert grave(deleted(service, protect=True)) == ["is protected, and is to be deleted"]


def test_a_renamed_resource_is_one_object_twice() -> None:
    service = an_object("Service", spec={})
    old = deleted(service)
    old["resourcePreEvent"]["metadata"]["urn"] += "-old"
    assert grave(made(service), old) == ["is made as it and deleted as it-old: give the new one an alias"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (held(), held(privileged=True), ["container c: privileged is True"]),
        (held(), held(allowPrivilegeEscalation=True), ["container c: allowPrivilegeEscalation is not false"]),
        (
            held(),
            held(runAsNonRoot=False, runAsUser=0),
            ["container c: runAsNonRoot is not true", "container c: runAsUser is 0"],
        ),
        (held(), held(capabilities={"drop": ["ALL"], "add": ["NET_ADMIN"]}), ["container c: has capability NET_ADMIN"]),
        (held(), held(seccompProfile={"type": "Unconfined"}), ["container c: seccomp is Unconfined"]),
        (
            held(),
            {"securityContext": None},
            [
                "container c: allowPrivilegeEscalation is not false: not set",
                "container c: capabilities are not dropped: not set",
                "container c: has no seccomp profile: not set",
                "container c: readOnlyRootFilesystem is not true: not set",
                "container c: runAsNonRoot is not true: not set",
            ],
        ),
        ({}, held(), []),
        (held(privileged=True), held(), []),
        (held(), held(), []),
    ],
)
def test_containers_that_may_do_more(old: dict[str, Any], new: dict[str, Any], said: list[str]) -> None:
    assert grave(changed(a_deployment(container=old), a_deployment(container=new))) == said


@pytest.mark.parametrize(
    ("pod", "said"),
    [
        ({"hostNetwork": True}, ["pods use the node's hostNetwork"]),
        ({"volumes": [{"name": "v", "hostPath": {"path": "/"}}]}, ["pods mount / of the node"]),
        ({"volumes": [{"name": "v", "emptyDir": {}}]}, []),
        ({"automountServiceAccountToken": True}, ["pods get credentials of the API server"]),
    ],
)
def test_pods_that_come_nearer_to_their_node(pod: dict[str, Any], said: list[str]) -> None:
    assert grave(changed(a_deployment(), a_deployment(pod=pod))) == said
    assert grave(made(a_deployment(pod=pod))) == said


def test_a_namespace_whose_pod_security_goes_down() -> None:
    def space(level: str | None) -> dict[str, Any]:
        labels = {"pod-security.kubernetes.io/enforce": level} if level else {}
        return an_object("Namespace", namespace=None, metadata={"labels": labels})

    assert grave(changed(space("restricted"), space("baseline"))) == ["Pod Security is baseline, no longer restricted"]
    assert grave(changed(space("baseline"), space(None))) == ["Pod Security is privileged, no longer baseline"]
    assert grave(changed(space("baseline"), space("restricted"))) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            an_object("Service", spec={}),
            an_object("Service", spec={"type": "LoadBalancer"}),
            ["is a LoadBalancer, reachable from outside the cluster"],
        ),
        (an_object("Service", spec={"type": "LoadBalancer"}), an_object("Service", spec={"type": "NodePort"}), []),
        (
            an_object("Service", spec={}),
            an_object("Service", spec={"externalIPs": ["192.0.2.1"]}),
            ["takes over the addresses 192.0.2.1"],
        ),
        (
            an_object("Service", spec={"loadBalancerSourceRanges": ["192.0.2.0/24"]}),
            an_object("Service", spec={}),
            ["is open to all addresses"],
        ),
        (
            an_object("Service", spec={"loadBalancerSourceRanges": ["192.0.2.0/24"]}),
            an_object("Service", spec={"loadBalancerSourceRanges": ["0.0.0.0/0"]}),
            ["is open to more addresses"],
        ),
        (
            policy(policyTypes=["Ingress"]),
            policy(policyTypes=["Ingress"], ingress=[{}]),
            ["now opens ingress from everything on all ports"],
        ),
        (
            policy(
                policyTypes=["Egress"],
                egress=[{"to": [{"ipBlock": {"cidr": "192.0.2.0/24"}}], "ports": [{"port": 443}]}],
            ),
            policy(
                policyTypes=["Egress"],
                egress=[
                    {
                        "to": [{"ipBlock": {"cidr": "192.0.2.0/24"}}],
                        "ports": [{"port": 443}, {"port": 80, "endPort": 90}],
                    }
                ],
            ),
            ["now opens egress to 192.0.2.0/24 on TCP 80-90"],
        ),
        (policy(policyTypes=["Ingress", "Egress"]), policy(policyTypes=["Ingress"]), ["no longer closes egress"]),
        (policy(ingress=[{"from": [{"podSelector": {}}]}]), policy(ingress=[]), []),
        (
            policy(ingress=[]),
            policy(ingress=[{"from": [{"namespaceSelector": {}, "podSelector": {"a": "b"}}]}]),
            ['now opens ingress from all namespaces, pods {"a": "b"} on all ports'],
        ),
        (
            policy(podSelector={}),
            policy(podSelector={"matchLabels": {"app": "web"}}),
            ["is about other pods than before: those that it leaves, it no longer closes"],
        ),
        (policy(podSelector={"matchLabels": {"app": "web"}}), policy(podSelector={}), []),
        (
            an_object("Ingress", of=POLICY, spec={"rules": [{"host": "a"}]}),
            an_object("Ingress", of=POLICY, spec={"rules": [{"host": "a"}, {"host": "b"}, {}]}),
            ["now serves b, every host"],
        ),
        (
            an_object("HTTPRoute", of=GATEWAY, spec={"hostnames": ["a"]}),
            an_object("HTTPRoute", of=GATEWAY, spec={}),
            ["now serves every host of its gateway"],
        ),
        (
            an_object("Gateway", of=GATEWAY, spec={}),
            an_object("Gateway", of=GATEWAY, spec={"listeners": [{"protocol": "HTTP", "port": 80}]}),
            ["now serves every host on HTTP 80"],
        ),
    ],
)
def test_what_opens(old: dict[str, Any], new: dict[str, Any], said: list[str]) -> None:
    assert grave(changed(old, new)) == said
    assert grave(changed(new, new)) == []


def test_what_comes_with_its_namespace_opens_nothing_that_was_closed() -> None:
    space = an_object("Namespace", name=Z, namespace=None)
    hole = policy(policyTypes=["Ingress"], ingress=[{}])
    role = an_object("Role", of=RBAC, rules=[{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}])
    assert grave(made(space), made(hole), made(role)) == []
    assert len(grave(kept(space), made(hole), made(role))) == 2


def test_access() -> None:
    rule = {
        "apiGroups": [""],
        "resources": ["secrets"],
        "verbs": ["get", "list", "watch", "create", "update", "patch", "delete"],
    }
    role = an_object("Role", of=RBAC, rules=[])
    assert grave(changed(role, role | {"rules": [rule]})) == [
        "now also allows get secrets, list secrets, watch secrets, create secrets, update secrets, patch secrets"
        " and 1 more"
    ]
    assert grave(changed(role | {"rules": [rule]}, role)) == []
    assert grave(changed(role, role | {"rules": "04da6b54-80e4-46f7-96ec-b56ff0331ba9"})) == [
        "what it allows is not known at preview"
    ]
    aggregated = an_object("ClusterRole", of=RBAC, namespace=None, aggregationRule={"clusterRoleSelectors": [{}]})
    assert grave(made(aggregated)) == ["collects other roles than before: what it allows depends on the cluster"]


def test_bindings() -> None:
    def binding(role: str, *groups: str) -> dict[str, Any]:
        subjects = [{"kind": "Group", "name": group} for group in groups]
        return an_object("RoleBinding", of=RBAC, roleRef={"kind": "ClusterRole", "name": role}, subjects=subjects)

    assert grave(changed(binding("view", "a"), binding("view", "a", "b"))) == [
        "now also gives ClusterRole view to Group b"
    ]
    assert grave(changed(binding("view", "a", "b"), binding("view", "a"))) == []
    assert grave(replaced(binding("view", "a"), binding("admin", "a"), "roleRef")) == [
        "is deleted and made anew, because of roleRef",
        "gives ClusterRole admin instead of ClusterRole view",
    ]


def test_certificates() -> None:
    def certificate(**spec: Any) -> dict[str, Any]:
        return an_object("Certificate", of=CERTIFICATES, spec={"issuerRef": {"name": "a"}, **spec})

    assert grave(changed(certificate(), certificate(issuerRef={"name": "b"}))) == [
        "another issuer signs it: spec.issuerRef.name"
    ]
    assert grave(changed(certificate(), certificate(privateKey={"size": 2048}))) == [
        "its key is made otherwise: spec.privateKey.size"
    ]
    assert grave(changed(certificate(), certificate(dnsNames=["x"]))) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("r.example/a:1.9@sha256:00", "r.example/a:2.0@sha256:00", ["container c goes from version 1 to 2"]),
        ("r.example/a:v1.9@sha256:00", "r.example/a:v1.10@sha256:00", []),
        ("r.example/a:1@sha256:00", "r.example/a:1", ["container c names its image no longer by digest"]),
        ("r.example/a:1", "r.example/b:1", ["container c runs r.example/b instead of r.example/a"]),
        ("r.example/a:stable", "r.example/a:1", []),
    ],
)
def test_images(old: str, new: str, said: list[str]) -> None:
    assert grave(changed(a_deployment(container={"image": old}), a_deployment(container={"image": new}))) == said


def test_a_tag_alone_is_only_worth_knowing() -> None:
    found = dangers(stack_of(made(a_deployment(container={"image": "r.example/a:1"}))))
    assert [(each.id, each.grave) for each in found] == [("image-unpinned", False)]


def test_what_runs_no_more() -> None:
    assert grave(changed(a_deployment(), a_deployment(replicas=0))) == ["replicas go to 0: nothing of it runs any more"]
    assert (
        grave(
            changed(
                a_deployment(replicas=0), a_deployment(replicas=0, container={"image": "r.example/web:1.2@sha256:01"})
            )
        )
        == []
    )


def test_every_check_has_a_name_of_its_own() -> None:
    assert len({check.id for check in CHECKS}) == len(CHECKS)
