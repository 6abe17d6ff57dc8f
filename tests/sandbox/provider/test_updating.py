"""Updates: only what the program set changes, and what others own is reported, not stolen."""

import pytest

from sandbox.engine.kubernetes.values import get
from tests.sandbox.provider.builders import annotated, config_map, deployment, secret
from tests.sandbox.provider.cluster import Cluster
from tests.sandbox.provider.conftest import Make
from tests.sandbox.provider.driving import Refused, replaced, running

pytestmark = pytest.mark.e2e

MUTABLE = {"enableConfigMapMutable": "true", "enableSecretMutable": "true"}


def labelled(namespace: str, **labels: str) -> dict:
    value = config_map(namespace)
    return {**value, "metadata": {**value["metadata"], "labels": labels}}


def test_update_changes_a_field(make: Make, apiserver: Cluster, namespace: str) -> None:
    make(labelled(namespace)).up(labelled(namespace, tier="one")).up(labelled(namespace, tier="two"))
    assert get(apiserver.get(labelled(namespace)), "metadata", "labels") == {"tier": "two"}


def test_update_removes_what_left_the_program(make: Make, apiserver: Cluster, namespace: str) -> None:
    make(labelled(namespace)).up(labelled(namespace, tier="one", owner="us")).up(labelled(namespace, tier="one"))
    assert get(apiserver.get(labelled(namespace)), "metadata", "labels") == {"tier": "one"}


def test_update_leaves_what_others_added(make: Make, apiserver: Cluster, namespace: str) -> None:
    made = make(labelled(namespace)).up(labelled(namespace, tier="one"))
    apiserver.change(labelled(namespace), {"metadata": {"labels": {"cost": "low"}}})
    made.up(labelled(namespace, tier="two"))
    assert get(apiserver.get(labelled(namespace)), "metadata", "labels") == {"tier": "two", "cost": "low"}


def test_no_change_asks_nobody(make: Make, namespace: str) -> None:
    made = make(labelled(namespace)).up(labelled(namespace, tier="one"))
    answer = made.diff(made.check(labelled(namespace, tier="one")))
    assert answer.changes == answer.DIFF_NONE


def test_a_conflict_names_the_owner_and_the_fields(make: Make, apiserver: Cluster, namespace: str) -> None:
    made = make(deployment(namespace)).up(annotated(deployment(namespace, replicas=0), skipAwait="true"))
    apiserver.change(deployment(namespace), {"spec": {"replicas": 3}}, manager="the-autoscaler")
    with pytest.raises(Refused) as refused:
        made.up(annotated(deployment(namespace, replicas=1), skipAwait="true"))
    assert '"the-autoscaler" owns .spec.replicas' in refused.value.message
    assert "pulumi.com/patchForce" in refused.value.message
    assert get(apiserver.get(deployment(namespace)), "spec", "replicas") == 3


def test_patch_force_takes_the_field(make: Make, apiserver: Cluster, namespace: str) -> None:
    made = make(deployment(namespace)).up(annotated(deployment(namespace, replicas=0), skipAwait="true"))
    apiserver.change(deployment(namespace), {"spec": {"replicas": 3}}, manager="the-autoscaler")
    made.up(annotated(deployment(namespace, replicas=1), skipAwait="true", patchForce="true"))
    assert get(apiserver.get(deployment(namespace)), "spec", "replicas") == 1


def test_enable_patch_force_takes_the_field(make: Make, apiserver: Cluster, namespace: str) -> None:
    with running({"enablePatchForce": "true"}) as forcing:
        made = make(labelled(namespace), of=forcing).up(labelled(namespace, tier="one"))
        apiserver.change(labelled(namespace), {"metadata": {"labels": {"tier": "theirs"}}})
        made.up(labelled(namespace, tier="two"))
    assert get(apiserver.get(labelled(namespace)), "metadata", "labels") == {"tier": "two"}


def test_the_annotation_wins_over_the_providers_force(make: Make, apiserver: Cluster, namespace: str) -> None:
    with running({"enablePatchForce": "true"}) as forcing:
        made = make(labelled(namespace), of=forcing).up(labelled(namespace, tier="one"))
        apiserver.change(labelled(namespace), {"metadata": {"labels": {"tier": "theirs"}}})
        with pytest.raises(Refused, match="kubectl-edit"):
            made.up(annotated(labelled(namespace, tier="two"), patchForce="false"))


def test_an_ignored_field_of_another_manager_is_not_fought_over(make: Make, apiserver: Cluster, namespace: str) -> None:
    first = annotated(deployment(namespace, replicas=0), skipAwait="true")
    made = make(first).up(first)
    apiserver.change(first, {"spec": {"replicas": 3}}, manager="the-autoscaler")
    made.up({**first, "spec": {**first["spec"], "minReadySeconds": 5}}, ignored=["spec.replicas"])
    live = apiserver.get(first)
    assert get(live, "spec", "replicas") == 3
    assert get(live, "spec", "minReadySeconds") == 5


def test_an_ignored_field_of_our_own_stays_ours(make: Make, apiserver: Cluster, namespace: str) -> None:
    made = make(labelled(namespace)).up(labelled(namespace, tier="one", owner="us"))
    made.up(labelled(namespace, tier="one", owner="them"), ignored=["metadata.labels.tier"])
    assert get(apiserver.get(labelled(namespace)), "metadata", "labels") == {"tier": "one", "owner": "them"}


def test_an_object_that_has_gone_is_made_again(make: Make, apiserver: Cluster, namespace: str) -> None:
    made = make(labelled(namespace)).up(labelled(namespace, tier="one"))
    apiserver.delete(labelled(namespace))
    made.up(labelled(namespace, tier="two"))
    assert get(apiserver.get(labelled(namespace)), "metadata", "labels") == {"tier": "two"}
    assert any("had gone" in text for text in made.plugin.engine.texts())


def test_config_map_data_replaces_by_default(make: Make, namespace: str) -> None:
    made = make(config_map(namespace)).up(config_map(namespace, colour="blue"))
    answer = made.diff(made.check(config_map(namespace, colour="red")))
    assert replaced(answer) == {"data.colour"}
    assert answer.deleteBeforeReplace


def test_config_map_data_updates_in_place_where_allowed(make: Make, apiserver: Cluster, namespace: str) -> None:
    with running(MUTABLE) as mutable:
        made = make(config_map(namespace), of=mutable).up(config_map(namespace, colour="blue"))
        uid = made.outputs["metadata"]["uid"]
        made.up(config_map(namespace, colour="red"))
    live = apiserver.get(config_map(namespace))
    assert (get(live, "metadata", "uid"), get(live, "data", "colour")) == (uid, "red")


def test_an_immutable_config_map_replaces_even_where_mutable(make: Make, namespace: str) -> None:
    with running(MUTABLE) as mutable:
        made = make(config_map(namespace), of=mutable).up({**config_map(namespace, a="1"), "immutable": True})
        answer = made.diff(made.check({**config_map(namespace, a="2"), "immutable": True}))
    assert replaced(answer) == {"data.a"}


def test_text_secrets_follow_the_program(make: Make, apiserver: Cluster, namespace: str) -> None:
    with running(MUTABLE) as mutable:
        made = make(secret(namespace), of=mutable).up(secret(namespace, stringData={"a": "one", "b": "two"}))
        made.up(secret(namespace, stringData={"a": "three"}))
    assert get(apiserver.get(secret(namespace)), "data") == {"a": "dGhyZWU="}


def test_replacing_a_named_object_deletes_it_first(make: Make, apiserver: Cluster, namespace: str) -> None:
    made = make(config_map(namespace)).up(config_map(namespace, colour="blue"))
    uid = made.outputs["metadata"]["uid"]
    made.up(config_map(namespace, colour="red"))
    assert made.outputs["metadata"]["uid"] != uid
    assert get(apiserver.get(config_map(namespace)), "data", "colour") == "red"


def test_replacing_an_autonamed_object_makes_the_new_one_first(make: Make, apiserver: Cluster, namespace: str) -> None:
    made = make(config_map(namespace, None)).up(config_map(namespace, None, colour="blue"))
    first = made.id
    answer = made.diff(made.check(config_map(namespace, None, colour="red")))
    assert not answer.deleteBeforeReplace
    made.up(config_map(namespace, None, colour="red"))
    assert made.id != first
    assert made.inputs["metadata"]["name"].startswith("thing-")
    left = [one["metadata"]["name"] for one in apiserver.list("v1", "ConfigMap", namespace)]
    assert [name for name in left if name.startswith("thing-")] == [made.inputs["metadata"]["name"]]


def test_an_autonamed_object_keeps_its_name(make: Make, namespace: str) -> None:
    made = make(config_map(namespace, None)).up(config_map(namespace, None))
    inputs = made.check(config_map(namespace, None))
    assert inputs["metadata"]["name"] == made.inputs["metadata"]["name"]
    assert made.diff(inputs).changes == made.diff(inputs).DIFF_NONE


def test_another_version_of_the_same_kind_is_no_replacement(make: Make, apiserver: Cluster, namespace: str) -> None:
    scaler = {
        "apiVersion": "autoscaling/v1",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"namespace": namespace, "name": "web"},
        "spec": {"maxReplicas": 3, "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}},
    }
    made = make(scaler).up(scaler)
    newer = {**scaler, "apiVersion": "autoscaling/v2"}
    assert not made.diff(made.check(newer)).replaces
    uid = made.outputs["metadata"]["uid"]
    assert made.up(newer).outputs["metadata"]["uid"] == uid


def test_an_api_deprecation_is_a_warning(make: Make, namespace: str) -> None:
    endpoints = {"apiVersion": "v1", "kind": "Endpoints", "metadata": {"namespace": namespace, "name": "old"}}
    made = make(endpoints).up(endpoints)
    assert any("the API server warns" in text for text in made.plugin.engine.texts())


def test_suppressed_deprecations_are_silent(make: Make, namespace: str) -> None:
    endpoints = {"apiVersion": "v1", "kind": "Endpoints", "metadata": {"namespace": namespace, "name": "old"}}
    with running({"suppressDeprecationWarnings": "true"}) as quiet:
        make(endpoints, of=quiet).up(endpoints)
        assert not any("the API server warns" in text for text in quiet.engine.texts())


def test_replace_unready_replaces_what_is_not_ready(make: Make, namespace: str) -> None:
    value = annotated(deployment(namespace), replaceUnready="true", timeoutSeconds="1")
    made = make(value)
    with pytest.raises(Refused):
        made.up(value)
    answer = made.diff(made.check(value))
    assert replaced(answer) == {'metadata.annotations["pulumi.com/replaceUnready"]'}
