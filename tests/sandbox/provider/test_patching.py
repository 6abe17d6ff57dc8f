"""Patch kinds own fields of somebody else's object, and give them back."""

import pytest
from google.protobuf.empty_pb2 import Empty

from sandbox.engine.kubernetes.values import Object, get
from tests.sandbox.provider.builders import annotated, config_map
from tests.sandbox.provider.cluster import Cluster
from tests.sandbox.provider.conftest import Make
from tests.sandbox.provider.driving import Refused, running

pytestmark = pytest.mark.e2e
TOKEN = "kubernetes:core/v1:ConfigMapPatch"


def patch(namespace: str, **data: str) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"namespace": namespace, "name": "settings"},
        "data": data,
    }


def test_a_patch_adds_its_fields(make: Make, apiserver: Cluster, namespace: str) -> None:
    apiserver.make(config_map(namespace))
    made = make(patch(namespace), token=TOKEN).up(patch(namespace, extra="1"))
    assert made.id == f"{namespace}/settings"
    assert get(apiserver.get(config_map(namespace)), "data") == {"colour": "blue", "extra": "1"}


def test_a_patch_of_nothing_is_refused(make: Make, namespace: str) -> None:
    with pytest.raises(Refused, match=f"no ConfigMap {namespace}/settings to patch"):
        make(patch(namespace), token=TOKEN).up(patch(namespace, extra="1"))


def test_a_preview_of_a_patch_of_nothing_says_so(make: Make, namespace: str) -> None:
    made = make(patch(namespace), token=TOKEN)
    assert made.preview(patch(namespace, extra="1"))["data"] == {"extra": "1"}
    assert any("to patch" in text for text in made.plugin.engine.texts())


def test_a_patch_without_a_name_is_refused(make: Make, namespace: str) -> None:
    value = patch(namespace, extra="1")
    del value["metadata"]["name"]
    with pytest.raises(Refused, match=r"metadata\.name"):
        make(value, token=TOKEN).check(value)


def test_a_patch_does_not_steal(make: Make, apiserver: Cluster, namespace: str) -> None:
    apiserver.make(config_map(namespace))
    with pytest.raises(Refused, match=r'"somebody" owns \.data\.colour'):
        make(patch(namespace), token=TOKEN).up(patch(namespace, colour="red"))


def test_a_forced_patch_does(make: Make, apiserver: Cluster, namespace: str) -> None:
    apiserver.make(config_map(namespace))
    value = annotated(patch(namespace, colour="red"), patchForce="true")
    make(value, token=TOKEN).up(value)
    assert get(apiserver.get(config_map(namespace)), "data") == {"colour": "red"}


def test_deleting_a_patch_gives_its_fields_back(make: Make, apiserver: Cluster, namespace: str) -> None:
    apiserver.make(config_map(namespace))
    made = make(patch(namespace), token=TOKEN).up(patch(namespace, extra="1"))
    made.destroy()
    assert get(apiserver.get(config_map(namespace)), "data") == {"colour": "blue"}


def test_changing_a_patch_updates_in_place(make: Make, apiserver: Cluster, namespace: str) -> None:
    apiserver.make(config_map(namespace))
    made = make(patch(namespace), token=TOKEN).up(patch(namespace, extra="1"))
    assert not made.diff(made.check(patch(namespace, extra="2"))).replaces
    made.up(patch(namespace, extra="2"))
    assert get(apiserver.get(config_map(namespace)), "data") == {"colour": "blue", "extra": "2"}


def test_two_patches_of_one_object_live_side_by_side(make: Make, apiserver: Cluster, namespace: str) -> None:
    apiserver.make(config_map(namespace))
    one = make(patch(namespace), "one", token=TOKEN).up(patch(namespace, one="1"))
    make(patch(namespace), "two", token=TOKEN).up(patch(namespace, two="2"))
    one.destroy()
    assert get(apiserver.get(config_map(namespace)), "data") == {"colour": "blue", "two": "2"}


def test_drift_of_a_patch_is_its_own_fields_only(make: Make, apiserver: Cluster, namespace: str) -> None:
    apiserver.make(config_map(namespace))
    made = make(patch(namespace), token=TOKEN).up(patch(namespace, extra="1"))
    apiserver.change(config_map(namespace), {"data": {"colour": "green"}})
    assert not made.refresh()
    apiserver.change(config_map(namespace), {"data": {"extra": "9"}})
    assert made.refresh()
    assert made.inputs["data"] == {"extra": "9"}


def test_cancel_ends_the_wait_for_what_a_new_namespace_gets(make: Make, namespace: str) -> None:
    made = f"{namespace}-new"
    space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": made}}
    with running() as mine:
        own = make(space, of=mine).up(space)
        waiting = make(patch(made), token=TOKEN, of=mine)
        answer = mine.start("Create", waiting.create_request(waiting.check(patch(made, extra="1"))))
        assert not answer.done()
        mine.call("Cancel", Empty())
        with pytest.raises(Refused, match=r"cancelled while ConfigMap .*/settings, which is to be patched"):
            answer.result(5)
    with running() as mine:
        own.plugin = mine
        own.destroy()
