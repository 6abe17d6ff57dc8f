"""Paths in the engine's spelling, and what differs between two values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.secrets import cleaned
from review.values import Mark, differences, get, leaves, parse, spelled

PATHS = st.lists(st.text(min_size=1, max_size=6) | st.integers(0, 9), max_size=4).map(tuple)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("", ()),
        ("spec.containers[0].env[12].value", ("spec", "containers", 0, "env", 12, "value")),
        ('metadata.labels["app.kubernetes.io/name"]', ("metadata", "labels", "app.kubernetes.io/name")),
        ('data["a\\"b"]', ("data", 'a"b')),
        ("[0].a", (0, "a")),
    ],
)
def test_paths_are_the_engines(text: str, path: tuple[str | int, ...]) -> None:
    assert parse(text) == path
    assert spelled(path) == text


@given(PATHS)
def test_what_is_spelled_is_parsed(path: tuple[str | int, ...]) -> None:
    assert parse(spelled(path)) == path


@pytest.mark.parametrize("text", ["a[", "a[b]", 'a["b', "a]"])
def test_what_is_no_path_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a path"):
        parse(text)


def test_a_path_into_a_secret_leads_to_a_secret() -> None:
    assert get({"data": Mark.SECRET}, "data", "password") is Mark.SECRET
    assert get({"data": ["a"]}, "data", 3) is None
    assert get({"data": "text"}, "data", "x") is None


def test_leaves_and_differences() -> None:
    assert list(leaves({"a": [1, {}], "b": {"c": None}})) == [(("a", 0), 1), (("a", 1), {}), (("b", "c"), None)]
    old, new = {"a": [1, 2], "b": 1, "c": {"d": True}}, {"a": [1, 3], "c": {"d": 1}, "e": [1]}
    assert list(differences(old, new)) == [
        (("a", 1), 2, 3),
        (("b",), 1, None),
        (("c", "d"), True, 1),
        (("e",), None, [1]),
    ]
    assert list(differences([1], [1, 2])) == [((), [1], [1, 2])]


HIDDEN = "hunter2hunter2hunter2"


@pytest.mark.parametrize(
    "value",
    [
        {"env": [{"name": "DB_PASSWORD", "value": HIDDEN}]},
        {"clientSecret": HIDDEN},
        {"auth": HIDDEN},
        {"x-api-key": HIDDEN},
        ["--token", HIDDEN],
        [f"--db-password={HIDDEN}"],
        f"url?api_key={HIDDEN}&page=1",
        f"a: 1\n  password: {HIDDEN}\nb: 2",
        f'{{"spring.password": "{HIDDEN}"}}',
        f"{{'token': '{HIDDEN}'}}",
        f"Authorization: Bearer {HIDDEN}",
        f"eyJhbGciOi.{HIDDEN}.{HIDDEN}",
        f"glpat-{HIDDEN}",
    ],
)
def test_what_is_secret_by_name_or_looks_is_hidden(value: object) -> None:
    clean = cleaned(value)
    assert HIDDEN not in repr(clean)
    assert Mark.SECRET in repr(clean)
    assert cleaned(clean) == clean


@pytest.mark.parametrize(
    "value",
    [
        {"secretName": "front-tls", "tokenExpirationSeconds": 3600, "automountServiceAccountToken": False},
        {"hard": {"secrets": "60", "count/secrets": "60"}},
        {"secretKeyRef": {"name": "keys", "key": "password"}},
        {"privateKey": {"algorithm": "ECDSA"}},
        {"env": [{"name": "LOG_LEVEL", "value": "info"}, {"name": "DB_PASSWORD", "value": ""}]},
        ["--token-file", "/run/token", "--verbose"],
        "spec.template.spec.automountServiceAccountToken is not false",
        "automountServiceAccountToken=false",
        "cannot read the token: permission denied",
        "the secret of zeta-dev/keys is not there",
    ],
)
def test_what_only_names_a_secret_is_told(value: object) -> None:
    assert cleaned(value) == value
