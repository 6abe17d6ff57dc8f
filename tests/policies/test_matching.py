"""What a rule finds: kinds whatever the version, patches, lists, and pods wherever they stand."""

from typing import Any

import pytest

from policies import _kinds
from policies._judge import judge, judge_stack
from policies._kinds import Kind
from policies._object import Object, Resource
from policies._rule import Whole
from policies._stack import Stack
from policies._view import Reading
from policies._wire import plain
from policies.rules import BY_ID
from tests.builders import a_tenant
from tests.policies.asking import secret

STACK = Stack(name="acme-prod", spec=a_tenant(), settings={"registries": [], "digest": False})
BAD = "evil.example/web"


def resource(token: str, properties: dict[str, Any]) -> Resource:
    return Resource(type=token, urn=f"urn:{token}", name="it", properties=plain(properties), provider="cluster")


def nested(path: str, value: Any) -> Any:
    head, _, rest = path.partition(".")
    below = nested(rest, value) if rest else value
    return {head.removesuffix("[]"): [below] if head.endswith("[]") else below} if head else value


@pytest.mark.parametrize(
    ("kind", "path"), [(kind, path) for kind, paths in _kinds.TEMPLATES.items() for path in paths], ids=str
)
@pytest.mark.parametrize("version", ["v1", "v1beta1"])
def test_every_kind_that_starts_pods_is_looked_into(kind: Kind, path: str, version: str) -> None:
    api = f"{kind.group}/{version}" if kind.group else version
    template = {"spec": {"containers": [{"name": "c", "image": BAD}]}}
    found = resource(
        f"kubernetes:{api if kind.group else f'core/{version}'}:{kind.name}",
        {"apiVersion": api, "kind": kind.name, **nested(path, template)},
    )
    where = f"{path.replace('[]', '[0]')}.spec" if path else "spec"
    sentences = [refusal.sentence for refusal in judge(BY_ID["I2"], found, STACK).refusals]
    assert sentences == [f"{where}.containers[0].image: no fixed tag, so it means `latest`"]


QUOTA = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"namespace": "acme-prod"}}


@pytest.mark.parametrize("kind", ["ResourceQuota", "ResourceQuotaPatch"])
def test_a_patch_is_judged_by_what_it_changes(kind: str) -> None:
    found = resource("kubernetes:core/v1:ResourceQuotaPatch", QUOTA | {"kind": kind, "spec": {"hard": {"pods": "101"}}})
    assert judge(BY_ID["Q3"], found, STACK).refusals
    assert not judge(BY_ID["Q2"], found, STACK).refusals  # what it leaves out may be there


def test_a_patch_is_not_the_object_that_must_be_there() -> None:
    namespace = resource("kubernetes:core/v1:Namespace", {"metadata": {"name": "acme-prod"}})
    limits = resource("kubernetes:core/v1:LimitRange", {"metadata": {"namespace": "acme-prod"}})
    whole = resource("kubernetes:core/v1:ResourceQuota", QUOTA)
    patch = resource("kubernetes:core/v1:ResourceQuotaPatch", QUOTA)
    assert not judge_stack(BY_ID["Q1"], (namespace, limits, whole), STACK).refusals
    assert judge_stack(BY_ID["Q1"], (namespace, limits, patch), STACK).refusals


def test_a_patch_is_an_object_unless_one_must_be_there() -> None:
    found = Whole(resources=(resource("kubernetes:core/v1:ResourceQuotaPatch", QUOTA),), reading=Reading())
    assert len(found.objects([Kind("", "ResourceQuota")])) == 1
    assert found.objects([Kind("", "ResourceQuota")], patches=False) == []


@pytest.mark.parametrize("token", ["kubernetes:core/v1:List", "kubernetes:core/v1:ResourceQuotaList"])
def test_each_item_of_a_list_is_judged(token: str) -> None:
    items = [QUOTA | {"spec": {"hard": {"pods": "1"}}}, QUOTA | {"spec": {"hard": {"pods": "101"}}}]
    found = resource(token, {"apiVersion": "v1", "kind": token.rpartition(":")[2], "items": items})
    assert [refusal.sentence for refusal in judge(BY_ID["Q3"], found, STACK).refusals] == [
        "items[1].spec.hard.pods is above 100, which tier standard has"
    ]


def test_items_of_a_typed_list_need_not_say_their_kind() -> None:
    item = {"metadata": {"namespace": "acme-prod"}, "spec": {"hard": {"pods": "101"}}}
    found = resource("kubernetes:core/v1:ResourceQuotaList", {"items": [item]})
    assert judge(BY_ID["Q3"], found, STACK).refusals


@pytest.mark.parametrize(
    ("token", "properties"),
    [
        ("kubernetes:core/v1:ConfigMap", {}),
        ("kubernetes:core/v1:ConfigMap", {"kind": "ConfigMap"}),
        ("kubernetes:core/v1:ConfigMap", {"apiVersion": "v1"}),
        ("kubernetes:core/v1:ConfigMapPatch", {"apiVersion": "v1", "kind": "ConfigMapPatch"}),
    ],
)
def test_an_object_need_not_say_what_its_type_says(token: str, properties: dict[str, Any]) -> None:
    found = resource(token, {"metadata": {"name": "it", "namespace": "acme-prod"}} | properties)
    assert judge(BY_ID["O1"], found, STACK).refusals == ()


def test_an_objects_own_fields_decide_what_it_is() -> None:
    disguised = resource("kubernetes:core/v1:ConfigMap", QUOTA | {"spec": {"hard": {"pods": "101"}}})
    assert judge(BY_ID["Q3"], disguised, STACK).refusals


@pytest.mark.parametrize("field", ["apiVersion", "kind"])
def test_a_secret_does_not_hide_what_an_object_is(field: str) -> None:
    found = QUOTA | {"spec": {"hard": {"pods": "101"}}}
    assert judge(
        BY_ID["Q3"], resource("kubernetes:core/v1:ConfigMap", found | {field: secret(found[field])}), STACK
    ).refusals


def test_a_secret_does_not_hide_what_is_in_a_list() -> None:
    items = [QUOTA | {"spec": {"hard": {"pods": "hunter2"}}}]
    found = resource("kubernetes:core/v1:List", {"apiVersion": "v1", "kind": "List", "items": secret(items)})
    [refusal] = judge(BY_ID["Q3"], found, STACK).refusals
    assert "items[0].spec.hard.pods is text that is none" in refusal.sentence
    image = {"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [{"image": "hunter2.example/web:1"}]}}
    listed = resource("kubernetes:core/v1:List", {"apiVersion": "v1", "kind": "List", "items": secret([image])})
    [refusal] = judge(BY_ID["I1"], listed, STACK).refusals
    assert "hunter2" not in refusal.sentence


def test_labels_of_a_pod_are_judged_once() -> None:
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web", "namespace": "acme-prod"}, "spec": {}}
    found = judge(BY_ID["L1"], resource("kubernetes:core/v1:Pod", pod), STACK)
    assert [refusal.sentence for refusal in found.refusals] == [
        "metadata.labels lacks paas.internal/tenant: acme",
        "metadata.labels lacks paas.internal/environment: prod",
        "metadata.labels lacks paas.internal/owner: storefront",
        "metadata.labels lacks paas.internal/cost-centre: cc-1001",
    ]


def test_a_resource_has_no_provider_and_no_protection_unless_it_says_so() -> None:
    found = Resource(type="kubernetes:core/v1:Pod", urn="", name="", properties={})
    assert (found.provider, found.protect) == (None, False)
    [whole] = found.located
    assert (whole.kind, whole.path, whole.patch) == (Kind("", "Pod"), "", False)


def test_items_of_a_list_are_no_patches() -> None:
    found = resource("kubernetes:core/v1:ResourceQuotaList", {"items": [QUOTA]})
    assert [(each.path, each.patch) for each in found.located] == [("", False), ("items[0]", False)]


def test_items_are_objects_in_lists_only() -> None:
    bad = QUOTA | {"spec": {"hard": {"pods": "101"}}}
    found = resource("kubernetes:core/v1:ConfigMap", {"apiVersion": "v1", "kind": "ConfigMap", "items": [bad]})
    assert len(found.located) == 1
    assert len(resource("kubernetes:core/v1:ConfigMapList", {}).located) == 1


def test_what_is_no_object_in_a_list_is_told() -> None:
    found = resource("kubernetes:core/v1:ResourceQuotaList", {"items": ["x"]})
    assert [refusal.sentence for refusal in judge(BY_ID["Q3"], found, STACK).refusals] == [
        "items[0] is text, and must be an object"
    ]


def test_components_are_no_objects() -> None:
    assert resource("kubernetes:yaml/v2:ConfigGroup", QUOTA).located == []
    assert resource("paas:isolation:IsolatedNamespace", QUOTA).located == []


def test_ephemeral_containers_are_containers_without_resources() -> None:
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "spec": {"containers": [{}], "initContainers": [{}], "ephemeralContainers": [{}]},
    }
    found = resource("kubernetes:core/v1:Pod", pod)
    [template] = Object(found, found.located[0], Reading()).pods
    assert len(template.containers) == 3
    assert len(template.lasting) == 2


HOMELESS = [
    "Pod",
    "Deployment.apps",
    "CronJob.batch",
    "ConfigMap",
    "Secret",
    "Service",
    "ServiceAccount",
    "PersistentVolumeClaim",
    "ResourceQuota",
    "LimitRange",
    "Endpoints",
    "Role.rbac.authorization.k8s.io",
    "RoleBinding.rbac.authorization.k8s.io",
    "NetworkPolicy.networking.k8s.io",
    "Ingress.networking.k8s.io",
    "PodDisruptionBudget.policy",
    "HorizontalPodAutoscaler.autoscaling",
    "ServiceMonitor.monitoring.coreos.com",
    "PodMonitor.monitoring.coreos.com",
    "Probe.monitoring.coreos.com",
]


@pytest.mark.parametrize(
    ("kinds", "refused"),
    [(HOMELESS, True), (["Namespace", "PersistentVolume", "PriorityClass.scheduling.k8s.io"], False)],
)
def test_what_lives_in_a_namespace_says_which(kinds: list[str], refused: bool) -> None:
    for kind in kinds:
        name, _, group = kind.partition(".")
        found = resource(
            f"kubernetes:{group or 'core'}/v1:{name}",
            {"apiVersion": f"{group}/v1" if group else "v1", "kind": name, "metadata": {"name": "acme-prod"}},
        )
        sentences = [refusal.sentence for refusal in judge(BY_ID["O1"], found, STACK).refusals]
        assert any("it names no namespace" in sentence for sentence in sentences) is refused, kind
