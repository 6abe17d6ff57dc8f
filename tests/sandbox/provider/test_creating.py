"""Creates are strict: what is new is made, what is ours is taken back, what is foreign is refused."""

import grpc
import pytest

from sandbox.engine.kubernetes.managers import applied_by, derived, entries
from sandbox.engine.kubernetes.values import get
from tests.sandbox.provider.builders import annotated, config_map, deployment, secret
from tests.sandbox.provider.cluster import Cluster
from tests.sandbox.provider.conftest import Make
from tests.sandbox.provider.driving import PROVIDER_ID, Plugin, Refused, running

pytestmark = pytest.mark.e2e


def test_create_makes_the_object(make: Make, apiserver: Cluster, namespace: str) -> None:
    made = make(config_map(namespace)).up(config_map(namespace))
    assert made.id == f"{namespace}/settings"
    assert get(apiserver.get(config_map(namespace)), "data") == {"colour": "blue"}


@pytest.mark.parametrize(
    "text", ["😀", r"\ud83d\ude00", "\\😀", "\u2028 \x85 é", "\x00 \x7f \ufeff", "a: {b}\n- \t'\"", "\ufffe \U0010ffff"]
)
def test_every_text_arrives_as_it_is(make: Make, apiserver: Cluster, namespace: str, text: str) -> None:
    """The API server reads an apply as YAML, in which JSON's escapes of rare letters mean nothing."""
    make(config_map(namespace)).up(config_map(namespace, odd=text))
    assert get(apiserver.get(config_map(namespace)), "data") == {"odd": text}


def test_create_uses_a_field_manager_of_its_own(make: Make, apiserver: Cluster, namespace: str) -> None:
    one = make(config_map(namespace, "a"), "a").up(config_map(namespace, "a"))
    other = make(config_map(namespace, "b"), "b").up(config_map(namespace, "b"))
    live = apiserver.get(config_map(namespace, "a"))
    assert live is not None
    assert one.outputs["__fieldManager"] == derived(PROVIDER_ID, one.urn)
    assert applied_by(live, one.outputs["__fieldManager"])
    assert one.outputs["__fieldManager"] != other.outputs["__fieldManager"]


def test_create_refuses_a_foreign_object(make: Make, apiserver: Cluster, namespace: str) -> None:
    apiserver.make(config_map(namespace, colour="red"), manager="somebody")
    with pytest.raises(Refused) as refused:
        make(config_map(namespace)).up(config_map(namespace))
    assert refused.value.code is grpc.StatusCode.ALREADY_EXISTS
    assert f"ConfigMap {namespace}/settings" in refused.value.message
    assert f"pulumi import kubernetes:core/v1:ConfigMap NAME {namespace}/settings" in refused.value.message
    assert "upsertExistingObjects" in refused.value.message
    assert "somebody" in refused.value.message
    live = apiserver.get(config_map(namespace))
    assert get(live, "data") == {"colour": "red"}
    assert [entry["manager"] for entry in entries(live or {})] == ["somebody"]


def test_upsert_takes_over_a_foreign_object(make: Make, apiserver: Cluster, namespace: str) -> None:
    apiserver.make(config_map(namespace, shape="round"))
    with running({"upsertExistingObjects": "true"}) as upserting:
        make(config_map(namespace), of=upserting).up(config_map(namespace))
    assert get(apiserver.get(config_map(namespace)), "data") == {"colour": "blue", "shape": "round"}


def test_upsert_still_does_not_steal_fields(make: Make, apiserver: Cluster, namespace: str) -> None:
    apiserver.make(config_map(namespace, colour="red"))
    with running({"upsertExistingObjects": "true"}) as upserting, pytest.raises(Refused) as refused:
        make(config_map(namespace), of=upserting).up(config_map(namespace))
    assert '"somebody" owns .data.colour' in refused.value.message


def test_a_rerun_takes_back_what_a_crash_left_behind(make: Make, apiserver: Cluster, namespace: str) -> None:
    first = make(config_map(namespace)).up(config_map(namespace))
    again = make(config_map(namespace)).up(config_map(namespace))  # the state never heard of the first
    assert again.outputs["metadata"]["uid"] == first.outputs["metadata"]["uid"]


def test_a_rerun_brings_what_a_crash_left_behind_up_to_date(make: Make, apiserver: Cluster, namespace: str) -> None:
    make(config_map(namespace)).up(config_map(namespace, colour="blue", shape="round"))
    make(config_map(namespace)).up(config_map(namespace, colour="green"))
    assert get(apiserver.get(config_map(namespace)), "data") == {"colour": "green"}


@pytest.mark.parametrize("kind", ["ServiceAccount", "ConfigMap"])
def test_even_an_object_that_is_nothing_but_a_name_is_known_again(make: Make, namespace: str, kind: str) -> None:
    bare = {"apiVersion": "v1", "kind": kind, "metadata": {"namespace": namespace, "name": "bare"}}
    first = make(bare).up(bare)
    assert not first.refresh()
    assert make(bare).up(bare).outputs["metadata"]["uid"] == first.outputs["metadata"]["uid"]
    with pytest.raises(Refused, match="exists already"):
        make(bare, "another").up(bare)


def test_another_resource_of_the_same_stack_does_not_take_it(make: Make, namespace: str) -> None:
    make(config_map(namespace), "old-name").up(config_map(namespace))
    with pytest.raises(Refused, match="exists already"):
        make(config_map(namespace), "new-name").up(config_map(namespace))


def test_the_same_resource_of_another_state_does_not_take_it(make: Make, namespace: str) -> None:
    make(config_map(namespace)).up(config_map(namespace))
    with running(provider_id="0b0e7c3c-5a3f-4a53-9a43-aaaaaaaaaaaa") as elsewhere:
        other = make(config_map(namespace), of=elsewhere)
        with pytest.raises(Refused, match="exists already"):
            other.up(config_map(namespace))


def test_a_rerun_finds_its_autonamed_object(make: Make, apiserver: Cluster, namespace: str) -> None:
    nameless = config_map(namespace, None)
    first = make(nameless).up(nameless)
    with running() as rerun:
        again = make(nameless, of=rerun).up(nameless)
    assert again.id == first.id
    assert again.inputs["metadata"]["name"] == first.inputs["metadata"]["name"]
    names = [one["metadata"]["name"] for one in apiserver.list("v1", "ConfigMap", namespace)]
    assert len([name for name in names if name.startswith("thing-")]) == 1


def test_an_autonamed_object_of_another_resource_is_left_alone(make: Make, namespace: str) -> None:
    nameless = config_map(namespace, None)
    assert make(nameless, "one").up(nameless).id != make(nameless, "two").up(nameless).id


def test_create_waits_for_a_predecessor_that_is_still_going(make: Make, apiserver: Cluster, namespace: str) -> None:
    held = config_map(namespace)
    old = apiserver.make({**held, "metadata": {**held["metadata"], "finalizers": ["conformance.example/hold"]}})
    apiserver.delete(held)
    resource = make(held)
    coming = resource.plugin.start("Create", resource.create_request(resource.check(held)))
    said = resource.plugin.engine.texts
    apiserver.wait(lambda: any("still being deleted" in text for text in said()), "the status line")
    apiserver.change(held, {"metadata": {"finalizers": None}})
    answer = coming.result(30)
    live = apiserver.get(held)
    assert answer.id == f"{namespace}/settings"
    assert get(live, "metadata", "uid") not in (None, old["metadata"]["uid"])


def test_an_object_without_namespace_goes_to_the_providers(make: Make, namespace: str) -> None:
    loose = config_map(namespace)
    del loose["metadata"]["namespace"]
    with running({"namespace": namespace}) as elsewhere:
        assert make(loose, of=elsewhere).up(loose).id == f"{namespace}/settings"


def test_objects_of_the_whole_cluster_get_no_namespace(make: Make, apiserver: Cluster, namespace: str) -> None:
    role = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": {"name": namespace},
        "rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}],
    }
    made = make(role).up(role)
    assert made.id == namespace
    assert "namespace" not in made.inputs["metadata"]
    made.destroy()


def test_a_secret_is_secret_in_the_state(make: Make, namespace: str) -> None:
    made = make(secret(namespace))
    inputs = made.check(secret(namespace, stringData={"password": "sesame-open"}))
    assert ("stringData",) in made.secrets
    answer = made.plugin.call("Create", made.create_request(inputs))
    assert "sesame-open" not in str(answer.properties.fields["metadata"])
    assert "4dabf18193072939515e22adb298388d" in answer.properties.fields["data"].struct_value.fields


def test_a_config_map_is_not_secret_in_the_state(make: Make, namespace: str) -> None:
    made = make(config_map(namespace))
    made.check(config_map(namespace))
    assert not made.secrets


def test_an_invalid_object_is_refused_with_the_servers_words(make: Make, namespace: str) -> None:
    bad = deployment(namespace, selector={"matchLabels": {"app": "other"}})
    with pytest.raises(Refused, match=r"selector.* does not match template"):
        make(bad).up(bad)


def test_a_refusal_does_not_show_secrets(make: Make, namespace: str) -> None:
    bad = secret(namespace, data={"password": "this is no base64 at all"})
    with pytest.raises(Refused) as refused:
        make(bad).up(bad)
    assert "this is no base64 at all" not in refused.value.message
    assert f"Secret {namespace}/keys" in refused.value.message


def test_the_patch_field_manager_annotation_names_the_manager(make: Make, apiserver: Cluster, namespace: str) -> None:
    value = annotated(config_map(namespace), patchFieldManager="team-blue")
    make(value).up(value)
    assert applied_by(apiserver.get(value) or {}, "team-blue")


def test_changing_the_patch_field_manager_hands_all_fields_over(make: Make, apiserver: Cluster, namespace: str) -> None:
    value = config_map(namespace)
    made = make(value).up(value)
    before = made.outputs["__fieldManager"]
    made.up(annotated(config_map(namespace, colour="green"), patchFieldManager="team-blue"))
    live = apiserver.get(value) or {}
    assert applied_by(live, "team-blue")
    assert not applied_by(live, before)
    assert live["data"] == {"colour": "green"}


def test_many_creates_at_once(plugin: Plugin, make: Make, namespace: str) -> None:
    resources = [make(config_map(namespace, f"m{index}"), f"m{index}") for index in range(50)]
    coming = [
        plugin.start("Create", one.create_request(one.check(config_map(namespace, one.name)))) for one in resources
    ]
    assert {one.result(60).id for one in coming} == {f"{namespace}/m{index}" for index in range(50)}


def test_objects_of_a_new_namespace_are_strict_too(make: Make, apiserver: Cluster, namespace: str) -> None:
    """A controller may fill a new namespace before the program does."""
    inner = f"{namespace}-new"
    space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": inner}}
    with running() as mine:
        made = make(space, of=mine).up(space)
        apiserver.make(config_map(inner, shape="round"))
        with pytest.raises(Refused, match="exists already"):
            make(config_map(inner), of=mine).up(config_map(inner))
        assert get(apiserver.get(config_map(inner)), "data") == {"shape": "round"}
        made.destroy()


def test_a_namespace_refills_after_a_crash(make: Make, apiserver: Cluster, namespace: str) -> None:
    inner = f"{namespace}-new"
    space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": inner}}
    with running() as mine:
        make(space, "space", of=mine).up(space)
        first = make(config_map(inner), of=mine).up(config_map(inner))
    with running() as rerun:
        again = make(space, "space", of=rerun).up(space)
        assert make(config_map(inner), of=rerun).up(config_map(inner)).id == first.id
        again.destroy()
