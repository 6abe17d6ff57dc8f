"""How fields are read: by type, exactly, and with an end to each question."""

from decimal import Decimal
from typing import Any

import pytest
from pulumi_policy.deserialize import SPECIAL_SIG_KEY

from policies._values import UNKNOWN, Opaque, Secret
from policies._view import Malformed, Reading, Undecided, View, apart, some
from policies._wire import plain
from tests.policies.asking import UNKNOWN_TEXT, secret


def view(value: Any) -> View:
    return View(value, "", Reading())


def test_what_is_absent_or_null_reads_as_nothing_however_deep() -> None:
    found = view({"spec": {"a": None}})
    assert found.at("spec.a.b.c").text() is None
    assert found.at("status.x").items() == []
    assert found.at("status.x").fields() == {}
    assert not found.at("spec.a").present
    assert view({"spec": {}})["spec"].present


@pytest.mark.parametrize(
    ("value", "absent"), [({}, True), ({"spec": None}, True), ({"spec": {}}, False), ({"spec": UNKNOWN}, False)]
)
def test_what_is_unknown_may_be_there(value: dict[str, Any], absent: bool) -> None:
    assert view(value)["spec"].absent is absent


def test_paths_are_as_people_write_them() -> None:
    found = view({"metadata": {"labels": {"paas.internal/tenant": "a"}}, "l": [{"b": 1}]})
    assert found["metadata"]["labels"]["paas.internal/tenant"].path == 'metadata.labels["paas.internal/tenant"]'
    assert found["l"].items()[0]["b"].path == "l[0].b"
    assert found["metadata"]["a.b"].path == 'metadata["a.b"]'
    assert found["metadata"]["a/b"].path == 'metadata["a/b"]'


@pytest.mark.parametrize("path", ["spec", "spec.deep.down"])
def test_what_is_unknown_is_undecided_with_all_below(path: str) -> None:
    with pytest.raises(Undecided) as error:
        view({"spec": UNKNOWN}).at(path).text()
    assert error.value.path == "spec"


def test_what_is_unknown_is_asked_for_where_it_is_read() -> None:
    assert view({"spec": UNKNOWN}).at("spec.deep.down").path == "spec"


@pytest.mark.parametrize(
    ("value", "read", "found", "wanted"),
    [
        (3, "text", "a number", "text"),
        (True, "text", "true or false", "text"),
        ("3", "number", "text", "a whole number"),
        (True, "number", "true or false", "a whole number"),
        (1.5, "number", "a number", "a whole number"),
        (1, "flag", "a number", "true or false"),
        ({}, "items", "an object", "a list"),
        ([], "fields", "a list", "an object"),
        ([], "quantity", "a list", "a quantity"),
        (True, "quantity", "true or false", "a quantity"),
        (Opaque(), "text", "a file", "text"),
        ((), "text", "something else", "text"),
        (True, "number_or_text", "true or false", "a whole number"),
    ],
)
def test_another_type_is_malformed_and_the_value_is_not_repeated(
    value: Any, read: str, found: str, wanted: str
) -> None:
    with pytest.raises(Malformed, match=f"^a is {found}, and must be {wanted}$"):
        getattr(view({"a": value})["a"], read)()


def test_what_is_read_is_what_is_there() -> None:
    found = view({"t": "x", "n": 0, "f": False, "l": ["x", None], "o": {"k": "x", "z": None}, "p": "80%", "q": 80})
    assert (found["t"].text(), found["n"].number(), found["f"].flag()) == ("x", 0, False)
    assert (found["p"].number_or_text(), found["q"].number_or_text(), found["z"].number_or_text()) == ("80%", 80, None)
    assert found["l"].texts() == ["x"]
    assert found["o"].mapping() == {"k": "x"}
    assert list(found["o"].fields()) == ["k"]
    assert found["z"].quantity() is None


def test_a_reading_begins_with_nothing() -> None:
    found = Reading()
    assert (found.paths, found.closed, found.veiled, found.undecided, found.malformed) == (set(), set(), "", [], [])


def test_a_reading_knows_what_was_asked_for() -> None:
    found = view({"a": {"b": "x"}})
    found.at("a.b").text()
    assert found.reading.paths == {"", "a", "a.b"}


def test_a_field_of_what_has_none_is_malformed() -> None:
    with pytest.raises(Malformed, match="spec is text, and must be an object"):
        view({"spec": "x"})["spec"]["a"]


@pytest.mark.parametrize(
    ("value", "exact"),
    [("500m", "0.5"), (0.5, "0.5"), (1, "1"), ("1e3", "1000"), ("1Gi", "1073741824"), ("1G", "1e9"), ("128m", "0.128")],
)
def test_quantities_are_exact(value: Any, exact: str) -> None:
    assert view({"q": value})["q"].quantity() == Decimal(exact)


@pytest.mark.parametrize("value", ["", "x", "-1", "1GB", "1e", "0x1", "1 "])
def test_junk_is_no_quantity(value: str) -> None:
    with pytest.raises(Malformed, match=r"^q is text that is none, and must be an? \w+"):
        view({"q": value})["q"].quantity()


def test_lists_in_a_path() -> None:
    found = view({"a": [{"b": [{"c": 1}, {"c": 2}]}, {}, {"b": [{"c": 3}]}]})
    assert [each.number() for each in found.every("a[].b[].c")] == [1, 2, 3]
    assert [each.path for each in found.every("a[]")] == ["a[0]", "a[1]", "a[2]"]
    assert found.every("z[].b") == []


def test_a_question_ends_and_the_next_begins() -> None:
    found = view({"a": UNKNOWN, "b": "x", "c": 1})
    read = []
    for key in "acb":
        with apart(found):
            read.append(found[key].text())
    assert read == ["x"]
    assert [error.path for error in found.reading.undecided] == ["a"]
    assert [str(error) for error in found.reading.malformed] == ["c is a number, and must be text"]


def test_one_that_is_known_decides_and_none_decides_nothing_beside_an_unknown() -> None:
    known, unknown = view({"a": "x"}), view({"a": UNKNOWN})
    assert some([unknown, known], lambda each: each["a"].text() == "x")
    with pytest.raises(Undecided):
        some([unknown, known], lambda each: each["a"].text() == "y")
    assert not some([known], lambda each: each["a"].text() == "y")
    with pytest.raises(Undecided) as error:
        some([View(UNKNOWN, "b", Reading()), unknown], lambda each: each["a"].text() == "y")
    assert (error.value.path, error.value.why) == ("b", "is not known yet")


def test_values_of_the_engine_become_plain() -> None:
    assert plain({"n": 3.0, "f": 0.5, "u": UNKNOWN_TEXT, "z": None, "l": (1.0,)}) == {
        "n": 3, "f": 0.5, "u": UNKNOWN, "z": None, "l": [1],
    }  # fmt: skip
    assert type(plain(3.0)) is int
    assert plain(secret({"a": 1.0})) == Secret({"a": 1})
    assert repr(plain(secret("hunter2"))) == "[secret]"
    assert repr(UNKNOWN) == "UNKNOWN"
    assert isinstance(plain({SPECIAL_SIG_KEY: "asset", "text": "x"}), Opaque)


@pytest.mark.parametrize("key", ["data", "stringData", "binaryData"])
def test_what_is_in_secrets_is_nobodys_business(key: str) -> None:
    found = view({key: {"k": "hunter2"}})[key]["k"]
    assert found.text() == "hunter2"
    assert (found.reading.closed, found.reading.veiled) == ({"hunter2"}, "")


def test_what_is_below_them_is_not_either() -> None:
    found = view({"data": {"k": ["hunter2"]}, "env": {"value": "open"}, "value": "open"})
    assert found.at("data.k").texts() == ["hunter2"]
    assert (found.at("env.value").text(), found["value"].text()) == ("open", "open")
    assert found.reading.closed == {"hunter2"}


def test_a_quantity_in_them_is_not_either() -> None:
    found = view({"data": {"k": "1Gi"}})
    assert found.at("data.k").quantity() == 1024**3
    assert found.reading.closed == {"1Gi"}


def test_a_mark_around_everything_is_named() -> None:
    found = view(Secret({"a": "x"}))
    assert found.present
    assert found.reading.veiled == "the object"


def test_the_first_mark_is_the_one_that_is_named() -> None:
    found = view({"a": Secret("x"), "b": Secret("y")})
    assert (found["b"].text(), found["a"].text()) == ("y", "x")
    assert found.reading.veiled == "b"


def test_nor_is_what_variables_are_set_to() -> None:
    [value] = view({"env": [{"name": "K", "value": "hunter2"}]}).every("env[].value")
    value.text()
    assert value.reading.closed == {"hunter2"}


@pytest.mark.parametrize("read", ["text", "number_or_text", "quantity", "present"])
def test_what_is_marked_veils_what_is_said_after_it(read: str) -> None:
    found = view({"a": "1", "spec": Secret({"b": [{"k": "1"}]})})
    found["a"].text()
    assert found.reading.veiled == ""
    [below] = found.at("spec").every("b[].k")
    value = getattr(below, read)
    assert (value if read == "present" else value()) is not None
    assert found.reading.veiled == "spec"
