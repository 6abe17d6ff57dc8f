"""Refresh finds drift of what the program set, and nothing else; import gives inputs that show no change."""

import pytest

from sandbox.engine.kubernetes.values import Object, get
from tests.sandbox.provider.builders import annotated, claim, config_map, crd, custom, deployment, secret, service
from tests.sandbox.provider.cluster import Cluster
from tests.sandbox.provider.conftest import Make
from tests.sandbox.provider.driving import Refused, running
from tests.sandbox.provider.test_previewing import NOWHERE

pytestmark = pytest.mark.e2e


def quiet(namespace: str) -> Object:
    return annotated(deployment(namespace, replicas=0), skipAwait="true")


def bounds(namespace: str) -> Object:
    limit = {"type": "Container", "default": {"cpu": "1000m", "memory": "1024Mi"}}
    return {
        "apiVersion": "v1",
        "kind": "LimitRange",
        "metadata": {"namespace": namespace, "name": "limits"},
        "spec": {"limits": [limit]},
    }


def test_an_untouched_object_has_not_drifted(make: Make, namespace: str) -> None:
    made = make(quiet(namespace)).up(quiet(namespace))
    assert not made.refresh()
    assert made.diff(made.check(quiet(namespace))).changes == 1


def test_quantities_in_other_words_are_no_drift(make: Make, apiserver: Cluster, namespace: str) -> None:
    made = make(bounds(namespace)).up(bounds(namespace))
    assert get(apiserver.get(bounds(namespace)), "spec", "limits", 0, "default") == {"cpu": "1", "memory": "1Gi"}
    assert not made.refresh()


def test_a_changed_field_is_drift_and_heals(make: Make, apiserver: Cluster, namespace: str) -> None:
    value = quiet(namespace)
    made = make(value).up(value)
    apiserver.change(value, {"spec": {"replicas": 2}})
    assert made.refresh()
    assert get(made.inputs, "spec", "replicas") == 2
    answer = made.diff(made.check(value))
    assert set(answer.detailedDiff) == {"spec.replicas"}
    with pytest.raises(Refused, match="kubectl-edit"):
        made.up(value)
    made.up(annotated(value, patchForce="true"))
    assert get(apiserver.get(value), "spec", "replicas") == 0


def test_a_removed_field_is_drift_and_heals_without_force(make: Make, apiserver: Cluster, namespace: str) -> None:
    value = config_map(namespace)
    value["metadata"]["labels"] = {"owner": "us", "tier": "one"}
    made = make(value).up(value)
    apiserver.change(value, {"metadata": {"labels": {"owner": None}}})
    assert made.refresh()
    made.up(value)
    assert get(apiserver.get(value), "metadata", "labels", "owner") == "us"


def test_fields_of_others_are_no_drift(make: Make, apiserver: Cluster, namespace: str) -> None:
    value = quiet(namespace)
    made = make(value).up(value)
    apiserver.change(value, {"metadata": {"labels": {"theirs": "yes"}}, "spec": {"minReadySeconds": 7}})
    assert not made.refresh()


def test_an_injected_container_is_no_drift(make: Make, apiserver: Cluster, namespace: str) -> None:
    value = quiet(namespace)
    made = make(value).up(value)
    sidecar = {"name": "sidecar", "image": "example/sidecar:1"}
    template = {"spec": {"containers": [sidecar]}}
    patch = {key: value[key] for key in ("apiVersion", "kind")} | {
        "metadata": {"name": "web", "namespace": namespace},
        "spec": {"selector": value["spec"]["selector"], "template": template},
    }
    apiserver.apply(patch, manager="injector")
    live = apiserver.get(value)
    assert {one["name"] for one in get(live, "spec", "template", "spec", "containers")} == {"web", "sidecar"}
    assert not made.refresh()


def test_a_changed_image_in_a_list_is_drift(make: Make, apiserver: Cluster, namespace: str) -> None:
    value = quiet(namespace)
    made = make(value).up(value)
    live = apiserver.get(value) or {}
    containers = get(live, "spec", "template", "spec", "containers")
    containers[0]["image"] = "example/web:2"
    apiserver.change(value, {"spec": {"template": {"spec": {"containers": containers}}}})
    assert made.refresh()
    answer = made.diff(made.check(value))
    assert set(answer.detailedDiff) == {"spec.template.spec.containers[0].image"}


def test_a_deleted_object_is_gone_from_the_state(make: Make, apiserver: Cluster, namespace: str) -> None:
    made = make(config_map(namespace)).up(config_map(namespace))
    apiserver.delete(config_map(namespace))
    assert made.refresh()
    assert made.id == ""


def test_a_changed_secret_is_drift_in_the_programs_words(make: Make, apiserver: Cluster, namespace: str) -> None:
    value = secret(namespace, stringData={"password": "one-two"})
    made = make(value).up(value)
    assert not made.refresh()
    apiserver.change(value, {"data": {"password": "dGhyZWU="}})
    assert made.refresh()
    assert made.inputs["stringData"] == {"password": "three"}


def test_drift_of_a_secret_stays_secret(make: Make, apiserver: Cluster, namespace: str) -> None:
    value = secret(namespace, stringData={"password": "one-two"})
    made = make(value).up(value)
    apiserver.change(value, {"data": {"password": "dGhyZWU="}})
    answer = made.read()
    assert "4dabf18193072939515e22adb298388d" in answer.inputs.fields["stringData"].struct_value.fields
    assert "4dabf18193072939515e22adb298388d" in answer.properties.fields["data"].struct_value.fields


def product_objects(namespace: str) -> list[Object]:
    """One object of every kind that tenants are made of."""
    rbac, meta = "rbac.authorization.k8s.io/v1", {"namespace": namespace, "name": "thing", "labels": {"tier": "one"}}
    subject = {"kind": "ServiceAccount", "name": "default", "namespace": namespace}
    rules = [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]
    unawaited = {**meta, "annotations": {"pulumi.com/skipAwait": "true"}}
    selector = {"matchLabels": {"app": "web"}}
    wide = {"name": f"{namespace}-thing", "labels": {"tier": "one"}}
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    once = {"restartPolicy": "Never", "containers": [{"name": "x", "image": "x"}]}
    cron = {"schedule": "@daily", "jobTemplate": {"spec": {"template": {"spec": once}}}}
    backend = {"service": {"name": "web", "port": {"number": 80}}}
    return [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": wide},
        {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": meta, "spec": {"hard": {"limits.cpu": "4"}}},
        {
            "apiVersion": "v1",
            "kind": "LimitRange",
            "metadata": meta,
            "spec": {"limits": [{"type": "Pod", "max": {"cpu": "2"}}]},
        },
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": meta, "automountServiceAccountToken": False},
        {"apiVersion": rbac, "kind": "Role", "metadata": meta, "rules": rules},
        {"apiVersion": rbac, "kind": "ClusterRole", "metadata": wide, "rules": rules},
        {
            "apiVersion": rbac,
            "kind": "RoleBinding",
            "metadata": meta,
            "subjects": [subject],
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "thing"},
        },
        {
            "apiVersion": rbac,
            "kind": "ClusterRoleBinding",
            "metadata": wide,
            "subjects": [subject],
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": wide["name"]},
        },
        {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "NetworkPolicy",
            "metadata": meta,
            "spec": {"podSelector": {}, "policyTypes": ["Ingress"]},
        },
        {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "Ingress",
            "metadata": unawaited,
            "spec": {"defaultBackend": backend},
        },
        {**quiet(namespace), "metadata": unawaited},
        {**service(namespace, clusterIP="None"), "metadata": meta},
        {**config_map(namespace), "metadata": meta},
        {**secret(namespace, stringData={"a": "b"}), "metadata": meta},
        {**claim(namespace, "none"), "metadata": unawaited},
        {
            "apiVersion": "policy/v1",
            "kind": "PodDisruptionBudget",
            "metadata": meta,
            "spec": {"minAvailable": 1, "selector": selector},
        },
        {
            "apiVersion": "autoscaling/v2",
            "kind": "HorizontalPodAutoscaler",
            "metadata": meta,
            "spec": {"maxReplicas": 3, "scaleTargetRef": target},
        },
        {"apiVersion": "batch/v1", "kind": "CronJob", "metadata": meta, "spec": cron},
        {"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": wide, "value": 7},
        {
            "apiVersion": "storage.k8s.io/v1",
            "kind": "StorageClass",
            "metadata": wide,
            "provisioner": "conformance.example/x",
        },
    ]


@pytest.mark.parametrize("position", range(20), ids=[one["kind"] for one in product_objects("x")])
def test_drift_is_found_and_healed_for_every_kind(
    make: Make, apiserver: Cluster, namespace: str, position: int
) -> None:
    value = product_objects(namespace)[position]
    made = make(value, f"drifting-{position}").up(value)
    try:
        assert not made.refresh(), "an untouched object has not drifted"
        apiserver.change(value, {"metadata": {"labels": {"tier": None, "theirs": "yes"}}})
        assert made.refresh()
        made.up(value)
        assert get(apiserver.get(value), "metadata", "labels", "tier") == "one"
        assert get(apiserver.get(value), "metadata", "labels", "theirs") == "yes"
        assert not made.refresh()
    finally:
        made.destroy()


@pytest.mark.parametrize("position", range(20), ids=[one["kind"] for one in product_objects("x")])
def test_an_import_of_our_own_object_shows_no_change(make: Make, namespace: str, position: int) -> None:
    value = product_objects(namespace)[position]
    made = make(value, f"imported-{position}").up(value)
    try:
        fresh = make(value, f"imported-{position}").import_(made.id)
        if value["kind"] == "Secret":  # the API server gives no text back
            value = {**secret(namespace, data={"a": "Yg=="}), "metadata": value["metadata"]}
        assert dict(fresh.diff(fresh.check(value)).detailedDiff) == {}
    finally:
        made.destroy()


def test_an_import_of_a_foreign_object_gives_inputs_that_hold(make: Make, apiserver: Cluster, namespace: str) -> None:
    apiserver.make(quiet(namespace))
    made = make(quiet(namespace)).import_(f"{namespace}/web")
    assert "status" not in made.inputs
    assert "uid" not in made.inputs["metadata"]
    assert made.diff(made.check(made.inputs)).changes == 1
    made.up({**made.inputs, "metadata": {**made.inputs["metadata"], "labels": {"now": "ours"}}})
    assert get(apiserver.get(quiet(namespace)), "metadata", "labels") == {"now": "ours"}


def test_an_import_of_what_is_not_there_says_so(make: Make, namespace: str) -> None:
    assert make(config_map(namespace)).read(f"{namespace}/nothing").id == ""


def test_refresh_of_an_unreachable_cluster_is_an_error(make: Make, namespace: str) -> None:
    made = make(config_map(namespace)).up(config_map(namespace))
    with running({"kubeconfig": NOWHERE}) as lost:
        made.plugin = lost
        with pytest.raises(Refused, match="does not answer"):
            made.read()


def test_refresh_with_delete_unreachable_drops_it(make: Make, namespace: str) -> None:
    made = make(config_map(namespace)).up(config_map(namespace))
    with running({"kubeconfig": NOWHERE, "deleteUnreachable": "true"}) as lost:
        made.plugin = lost
        assert made.read().id == ""


def test_drift_of_a_custom_object(make: Make, apiserver: Cluster, namespace: str) -> None:
    definition = crd(f"dials{namespace[-4:]}", f"Dial{namespace[-4:]}")
    value = custom(namespace, definition["spec"]["names"]["kind"])
    kind = make(definition, "crd").up(definition)
    made = make(value).up(value)
    apiserver.change(value, {"spec": {"size": 2, "theirs": True}})
    assert made.refresh()
    assert made.inputs["spec"] == {"size": 2}
    made.destroy()
    kind.destroy()
