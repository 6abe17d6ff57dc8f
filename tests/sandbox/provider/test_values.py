"""Values come back from the engine's structs as they went in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.engine.kubernetes.errors import InvalidInput
from sandbox.engine.kubernetes.paths import parse
from sandbox.engine.kubernetes.values import (
    SECRET,
    SIGNATURE,
    UNKNOWN,
    UNKNOWN_SENTINELS,
    Path,
    decode,
    dotted,
    encode,
    get,
    holds_unknown,
    walk,
)

KEYS = st.text(max_size=8).filter(lambda key: key != SIGNATURE)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text().filter(lambda text: text not in UNKNOWN_SENTINELS)
    | st.just(UNKNOWN)
)
JSON = st.recursive(LEAVES, lambda below: st.lists(below, max_size=4) | st.dictionaries(KEYS, below, max_size=4))
OBJECTS = st.dictionaries(KEYS, JSON, max_size=4)


@given(OBJECTS)
def test_roundtrip(value: dict) -> None:
    assert decode(encode(value)).value == value


@given(OBJECTS, st.data())
def test_secrets_survive(value: dict, data: st.DataObject) -> None:
    paths = [path for path, _ in walk(value) if path]
    chosen = frozenset(data.draw(st.sets(st.sampled_from(paths)))) if paths else frozenset[Path]()
    found = decode(encode(value, chosen))
    assert found.value == value
    assert found.secrets == chosen


def test_whole_numbers_are_ints() -> None:
    assert repr(decode(encode({"port": 80})).value) == "{'port': 80}"
    assert repr(decode(encode({"ratio": 0.5})).value) == "{'ratio': 0.5}"


@pytest.mark.parametrize("sentinel", sorted(UNKNOWN_SENTINELS))
def test_every_sentinel_is_unknown(sentinel: str) -> None:
    assert decode(encode({"x": sentinel})).value["x"] is UNKNOWN


def test_a_secret_is_wrapped() -> None:
    wrapped = encode({"a": {"b": "c"}}, frozenset({("a",)})).fields["a"].struct_value.fields
    assert wrapped[SIGNATURE].string_value == SECRET


def test_a_secret_path_that_leads_nowhere_is_ignored() -> None:
    assert decode(encode({"a": 1}, frozenset({("b", "c"), ("a", "x")}))).secrets == frozenset()


def test_an_output_value_without_value_is_unknown() -> None:
    output = {SIGNATURE: "d0e6a833031e9bbcd3f4e8bde6ca49a4", "secret": True}
    found = decode(encode({"x": output}))
    assert found.value == {"x": UNKNOWN}
    assert found.secrets == {("x",)}


@pytest.mark.parametrize(
    ("signature", "kind"),
    [("c44067f5952c0a294b673a41bacd8c17", "an asset"), ("5cf8f73096256a8f31e491e813e4eb8e", "a reference")],
)
def test_what_no_object_can_hold_is_refused_by_its_path(signature: str, kind: str) -> None:
    with pytest.raises(InvalidInput, match=rf"`data\.file` is {kind}"):
        decode(encode({"data": {"file": {SIGNATURE: signature}}}))


@given(st.lists(st.text(min_size=1).filter(lambda part: "\\" not in part) | st.integers(0, 99), min_size=1))
def test_paths_are_read_as_they_are_written(path: list[str | int]) -> None:
    assert parse(dotted(tuple(path))) == tuple(path)


@pytest.mark.parametrize("text", ["a[", "a[x]", 'a["b', "]"])
def test_what_is_no_path_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="is no property path"):
        parse(text)


def test_get_ends_early() -> None:
    assert get({"a": [{"b": 1}]}, "a", 0, "b") == 1
    assert get({"a": [{"b": 1}]}, "a", 1, "b") is None
    assert get({"a": "text"}, "a", "b") is None


def test_unknown_is_found_anywhere() -> None:
    assert holds_unknown({"a": [1, {"b": UNKNOWN}]})
    assert not holds_unknown({"a": [1, {"b": None}]})
