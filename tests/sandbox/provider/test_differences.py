"""What differs, and what has to be replaced for it: pure."""

import pytest
from hypothesis import given

from sandbox.engine.kubernetes.diff import Change, compare, difference
from sandbox.engine.kubernetes.immutable import FIXED, replaces
from sandbox.engine.kubernetes.managers import holds
from sandbox.engine.kubernetes.naming import Autonaming, Mode, made_up, named
from sandbox.engine.kubernetes.objects import AUTONAMED
from sandbox.engine.kubernetes.quantity import same
from sandbox.engine.kubernetes.values import UNKNOWN, Object
from tests.sandbox.provider.builders import config_map, deployment
from tests.sandbox.provider.test_values import OBJECTS


@given(OBJECTS)
def test_nothing_differs_from_itself(value: dict) -> None:
    assert all(change is Change.UPDATE for change in compare(value, value).values())
    if not compare(value, value):
        assert compare(value, value) == {}


@given(OBJECTS, OBJECTS)
def test_the_way_back_is_the_opposite(old: dict, new: dict) -> None:
    opposite = {Change.ADD: Change.DELETE, Change.DELETE: Change.ADD, Change.UPDATE: Change.UPDATE}
    assert compare(new, old) == {path: opposite[change] for path, change in compare(old, new).items()}


def test_each_change_has_its_path_and_kind() -> None:
    old = {"a": 1, "b": {"c": "x", "gone": True}, "list": [1, 2]}
    new = {"a": 2, "b": {"c": "x", "new": None}, "list": [1, 2, 3]}
    assert compare(old, new) == {
        ("a",): Change.UPDATE,
        ("b", "gone"): Change.DELETE,
        ("b", "new"): Change.ADD,
        ("list", 2): Change.ADD,
    }


def test_a_number_is_a_number_but_no_truth() -> None:
    assert compare({"x": 1}, {"x": 1.0}) == {}
    assert compare({"x": 1}, {"x": True}) == {("x",): Change.UPDATE}


def test_unknown_differs_from_everything() -> None:
    assert compare({"x": UNKNOWN}, {"x": UNKNOWN}) == {("x",): Change.UPDATE}


def change(value: Object, *path: str, to: object) -> Object:
    if not path:
        return to  # type: ignore[return-value]  # an object but at the leaf
    return {**value, path[0]: change(value.get(path[0], {}), *path[1:], to=to)}


def differ(old: Object, new: Object, *, mutable: bool = False) -> tuple[set[str], bool]:
    found = difference(old, new, mutable_content=lambda _: mutable)
    return {".".join(map(str, path)) for path in found.replacing}, found.delete_first


def test_a_new_name_replaces_and_the_old_one_can_go_last() -> None:
    old = config_map("demo", "one")
    assert differ(old, change(old, "metadata", "name", to="two")) == ({"metadata.name"}, False)


def test_a_fixed_field_replaces_a_named_object_delete_first() -> None:
    old = deployment("demo")
    new = change(old, "spec", "selector", "matchLabels", "app", to="other")
    assert differ(old, new) == ({"spec.selector.matchLabels.app"}, True)


def test_a_free_field_does_not() -> None:
    old = deployment("demo")
    assert differ(old, change(old, "spec", "replicas", to=3)) == (set(), False)


def test_an_unknown_in_a_fixed_field_replaces() -> None:
    old = deployment("demo")
    assert differ(old, change(old, "spec", "selector", to=UNKNOWN))[0] == {"spec.selector"}


def test_a_parent_that_goes_with_a_fixed_field_replaces() -> None:
    old = deployment("demo")
    new = {key: value for key, value in old.items() if key != "spec"}
    assert differ(old, new)[0] == {"spec"}


def test_an_exception_below_a_fixed_field_is_free() -> None:
    pod: Object = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "x"},
        "spec": {"containers": [{"image": "a"}]},
    }
    assert not replaces(("spec", "containers", 0, "image"), pod, mutable_content=False)
    assert replaces(("spec", "containers", 0, "command"), pod, mutable_content=False)


def test_another_group_or_kind_replaces_but_another_version_does_not() -> None:
    old: Object = {"apiVersion": "autoscaling/v1", "kind": "HorizontalPodAutoscaler", "metadata": {"name": "x"}}
    assert differ(old, {**old, "apiVersion": "autoscaling/v2"}) == (set(), False)
    assert differ(old, {**old, "apiVersion": "other/v1"})[0] == {"apiVersion"}
    assert differ(old, {**old, "kind": "Other"})[0] == {"kind"}


@pytest.mark.parametrize("kind", FIXED, ids=[kind for _, kind in FIXED])
def test_labels_never_replace(kind: tuple[str, str]) -> None:
    group, name = kind
    value: Object = {"apiVersion": f"{group}/v1".removeprefix("/"), "kind": name}
    assert not replaces(("metadata", "labels", "x"), value, mutable_content=False)


@pytest.mark.parametrize(
    ("mutable", "frozen", "wanted"), [(False, False, True), (True, False, False), (True, True, True)]
)
def test_contents_of_config_maps(mutable: bool, frozen: bool, wanted: bool) -> None:
    value = {**config_map("demo"), "immutable": frozen}
    assert replaces(("data", "colour"), value, mutable_content=mutable) is wanted


# --- names


def test_a_made_up_name_has_eight_digits_and_fits_a_label() -> None:
    name = made_up("My App." * 20, b"seed")
    assert len(name) <= 63
    assert name.startswith("my-app.my-app")
    assert all(letter in "0123456789abcdef" for letter in name[-8:])


def test_the_same_seed_makes_the_same_name() -> None:
    assert made_up("web", b"one") == made_up("web", b"one") != made_up("web", b"two")


def give(news: Object, olds: Object | None = None, **options: object) -> Object:
    return named(news, olds or {}, logical="web", seed=b"x", **options)  # type: ignore[arg-type]  # the caller names them


def test_a_given_name_stays() -> None:
    assert give(config_map("demo", "mine")) == config_map("demo", "mine")


def test_a_missing_name_is_made_up_and_marked() -> None:
    found = give(config_map("demo", None))
    assert found["metadata"]["name"] == made_up("web", b"x")
    assert found["metadata"]["annotations"] == {AUTONAMED: "true"}


def test_a_made_up_name_is_kept() -> None:
    olds = give(config_map("demo", None))
    assert named(config_map("demo", None), olds, logical="web", seed=b"y") == olds


def test_a_name_that_left_the_program_is_made_up_anew() -> None:
    assert give(config_map("demo", None), config_map("demo", "mine"))["metadata"]["name"] == made_up("web", b"x")


def test_an_orphan_gives_its_name() -> None:
    assert give(config_map("demo", None), orphan=lambda: "web-of-before")["metadata"]["name"] == "web-of-before"


def test_the_engines_proposal_is_taken() -> None:
    found = give(config_map("demo", None), autonaming=Autonaming(Mode.PROPOSE, "prod-web"))
    assert found["metadata"]["name"] == "prod-web"


def test_disabled_autonaming_wants_a_name() -> None:
    with pytest.raises(Exception, match="Automatic naming is disabled"):
        give(config_map("demo", None), autonaming=Autonaming(Mode.DISABLE, ""))


def test_generate_name_is_the_prefix() -> None:
    news = config_map("demo", None)
    news["metadata"]["generateName"] = "job-"
    assert give(news)["metadata"]["name"] == made_up("job", b"x")


def test_unknown_metadata_is_left_alone() -> None:
    assert give({"kind": "ConfigMap", "metadata": UNKNOWN}) == {"kind": "ConfigMap", "metadata": UNKNOWN}


# --- quantities and ownership


@pytest.mark.parametrize(
    ("one", "other"), [("1000m", "1"), ("1Gi", "1024Mi"), ("0.5", "500m"), (2, "2"), ("1e3", "1k")]
)
def test_the_same_quantity_in_other_words(one: object, other: object) -> None:
    assert same(one, other)


@pytest.mark.parametrize(("one", "other"), [("1G", "1Gi"), ("1", "one"), ("a", "b"), (True, "1")])
def test_other_quantities_and_texts(one: object, other: object) -> None:
    assert not same(one, other)


def test_ownership_follows_keys_of_lists() -> None:
    fields: Object = {"f:spec": {"f:containers": {'k:{"name":"web"}': {"f:image": {}}}, "f:args": {}}}
    live = {"spec": {"containers": [{"name": "other"}, {"name": "web"}], "args": ["a"]}}
    assert holds(fields, live, ("spec", "containers", 1, "image"))
    assert not holds(fields, live, ("spec", "containers", 0, "image"))
    assert not holds(fields, live, ("spec", "containers", 1, "command"))
    assert holds(fields, live, ("spec", "args", 0))
    assert not holds(fields, live, ("spec", "replicas"))
