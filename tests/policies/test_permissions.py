"""What a rule of a role allows, as Kubernetes' own authorizer reads it; and every resource that roles must not have."""

from typing import Any

import pytest

from policies._object import Object, Resource
from policies._permissions import allows, chosen, every, means, unnamed
from policies._stack import Stack
from policies._values import UNKNOWN
from policies._view import Reading, Undecided, View
from policies.rules import BY_ID
from tests.builders import a_tenant
from tests.policies.judging import judged

STACK = Stack(name="acme-prod", spec=a_tenant())


@pytest.mark.parametrize(
    ("text", "resource", "meant"),
    [
        ("*", "pods", True),
        ("*", "pods/exec", True),
        ("pods", "pods", True),
        ("pods", "pods/exec", False),
        ("pods/exec", "pods/exec", True),
        ("pods/exec", "pods", False),
        ("*/exec", "pods/exec", True),
        ("*/exec", "pods/attach", False),
        ("*/exec", "pods", False),
        ("pods/*", "pods/exec", False),
        ("*/*", "pods/exec", False),
        ("*/", "pods", False),
    ],
)
def test_what_a_text_means(text: str, resource: str, meant: bool) -> None:
    assert means(text, resource) is meant


def _view(value: Any) -> View:
    return View(value, "rules[0]", Reading())


def _unknown() -> bool:
    raise Undecided("it")


def test_what_is_known_decides() -> None:
    assert chosen(_view([UNKNOWN, "get", "list"]), "get".__eq__) == ["get"]
    assert chosen(_view(["list"]), "get".__eq__) == []
    with pytest.raises(Undecided):
        chosen(_view([UNKNOWN, "list"]), "get".__eq__)
    assert not every(_unknown, lambda: False)
    assert every(lambda: True, lambda: True)
    with pytest.raises(Undecided):
        every(_unknown, lambda: True)


@pytest.mark.parametrize(
    ("given", "any_name"), [(None, True), ([], True), (["web"], False), (["*"], False), (["web", ""], True)]
)
def test_names(given: list[str] | None, any_name: bool) -> None:
    assert unnamed(_view({"resourceNames": given})) is any_name


@pytest.mark.parametrize("field", ["apiGroups", "resources", "verbs"])
def test_what_is_not_known_of_a_harmless_rule_is_nobodys_question(field: str) -> None:
    """One part that cannot match decides, whatever stands in the others."""
    for harmless in {"apiGroups", "resources", "verbs"} - {field}:
        rule = {"apiGroups": [""], "resources": ["pods/exec"], "verbs": ["create"]} | {
            harmless: ["none"],
            field: UNKNOWN,
        }
        view = _view(rule)
        assert list(allows(view, {"": ("pods/exec",)}, "create".__eq__)) == []
        assert not view.reading.undecided


REFUSED = {
    "R4": {
        "*": {
            "rbac.authorization.k8s.io": "roles clusterroles",
            "": "users groups serviceaccounts",
            "authentication.k8s.io": "users groups serviceaccounts nodes uids userextras userextras/scopes",
        }
    },
    "R6": {
        "get": {
            "": "pods/exec pods/attach pods/portforward pods/proxy services/proxy nodes/proxy nodes/log nodes/pods"
            " nodes/configz nodes/checkpoint",
            "certificates.k8s.io": "signers",
        },
        "update": {
            "": "pods/ephemeralcontainers pods/binding bindings serviceaccounts/token services/status"
            " namespaces/status namespaces/finalize",
            "certificates.k8s.io": "certificatesigningrequests/approval certificatesigningrequests/status",
        },
    },
    "R7": {
        verb: {
            "": "namespaces nodes persistentvolumes resourcequotas limitranges endpoints",
            "admissionregistration.k8s.io": "validatingwebhookconfigurations mutatingwebhookconfigurations"
            " validatingadmissionpolicies validatingadmissionpolicybindings"
            " mutatingadmissionpolicies mutatingadmissionpolicybindings",
            "apiextensions.k8s.io": "customresourcedefinitions",
            "apiregistration.k8s.io": "apiservices",
            "certificates.k8s.io": "clustertrustbundles",
            "discovery.k8s.io": "endpointslices",
            "extensions": "networkpolicies",
            "flowcontrol.apiserver.k8s.io": "flowschemas prioritylevelconfigurations",
            "gateway.networking.k8s.io": "gatewayclasses",
            "networking.k8s.io": "networkpolicies ingressclasses",
            "node.k8s.io": "runtimeclasses",
            "resource.k8s.io": "deviceclasses resourceslices",
            "scheduling.k8s.io": "priorityclasses",
            "storage.k8s.io": "storageclasses volumeattachments csidrivers csinodes volumeattributesclasses",
            "rbac.authorization.k8s.io": "roles rolebindings clusterroles clusterrolebindings",
        }
        for verb in ("create", "update", "patch", "delete", "deletecollection")
    },
}


@pytest.mark.parametrize(
    ("rule", "verb", "group", "resource"),
    [
        (rule, verb, group, resource)
        for rule, verbs in REFUSED.items()
        for verb, groups in verbs.items()
        for group, resources in groups.items()
        for resource in resources.split()
    ],
)
def test_each_resource_that_roles_must_not_have(rule: str, verb: str, group: str, resource: str) -> None:
    def refused(found: dict[str, Any]) -> list[str]:
        role = Resource(
            type="kubernetes:rbac.authorization.k8s.io/v1:ClusterRole", urn="", name="", properties={"rules": [found]}
        )
        return [refusal.sentence for refusal in judged(BY_ID[rule], (role,), STACK).refusals]

    given = {"apiGroups": [group], "resources": [resource], "verbs": [verb]}
    [sentence] = refused(given)
    assert sentence.startswith(f"rules[0] allows {verb} of {resource}")
    assert refused(given | {"apiGroups": ["acme.example"]}) == []
    assert refused(given | {"verbs": ["view"]}) == ([sentence.replace(verb, "view", 1)] if verb == "get" else [])


def test_an_object_is_read_by_the_api_group_whatever_the_version() -> None:
    old = {"apiVersion": "rbac.authorization.k8s.io/v1beta1", "kind": "Role", "rules": [{"verbs": ["bind"]}]}
    role = Resource(type="kubernetes:core/v1:ConfigMap", urn="", name="", properties=old)
    assert judged(BY_ID["R4"], (role,), STACK).refusals
    assert Object(role, role.located[0], Reading()).kind.name == "Role"
