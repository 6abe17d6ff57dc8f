"""X9, F8: what the engine knows to be secret is refused wherever it is in clear, and no sentence shows it."""

from typing import Any

import pytest

from policies._object import Resource
from policies._stack import Stack
from policies._values import UNKNOWN, Secret
from policies.rules import BY_ID
from policies.secret_stores import looks_secret, secretive
from tests.builders import a_tenant
from tests.policies.judging import PROVIDER, judged, token

VALUE = "correct horse battery staple"  # looks like nothing in particular


def _sentences(found: dict[str, Any]) -> list[str]:
    resource = Resource(type=token(found), urn="urn:x", name="x", properties=found, provider=PROVIDER)
    return [refusal.sentence for refusal in judged(BY_ID["S1"], (resource,), Stack()).refusals]


def _pod(**container: Any) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web", "namespace": "acme-prod"},
        "spec": {"containers": [{"name": "web", "image": "x:1", **container}]},
    }


def _map(**fields: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "web", "namespace": "acme-prod"}, **fields}


MARKED = {
    "spec.containers[0].env[0].value is a secret, which the engine knows it for": lambda value: _pod(
        env=[{"name": "GREETING", "value": value}]
    ),
    "spec.containers[0].args[1] has a secret in it": lambda value: _pod(args=["say", value]),
    'data["greeting.txt"] is a secret, which the engine knows it for': lambda value: _map(data={"greeting.txt": value}),
    'metadata.annotations["acme.example/greeting"] has a secret in it': lambda value: {
        **_map(),
        "metadata": {"name": "web", "annotations": {"acme.example/greeting": value}},
    },
}


@pytest.mark.parametrize("sentence", MARKED)
def test_a_value_is_refused_for_its_mark(sentence: str) -> None:
    assert _sentences(MARKED[sentence](VALUE)) == []
    assert _sentences(MARKED[sentence](Secret(VALUE))) == [sentence]


@pytest.mark.parametrize("sentence", MARKED)
def test_a_secret_that_is_not_known_yet_is_a_secret_already(sentence: str) -> None:
    assert _sentences(MARKED[sentence](Secret(UNKNOWN))) == [sentence]


def test_a_mark_around_a_value_counts() -> None:
    """What is around it has been read by then, so the judge says no more than where."""
    [sentence] = _sentences(_map(data=Secret({"greeting": VALUE})))
    assert sentence.startswith("data [secret]")


def test_no_sentence_shows_a_value() -> None:
    found = _pod(
        env=[{"name": "DB_PASSWORD", "value": VALUE}],
        args=["--password", VALUE, f"--token={VALUE}"],
    )
    sentences = _sentences(found)
    assert len(sentences) == 3
    assert not any(VALUE in sentence for sentence in sentences)


@pytest.mark.parametrize(
    "name",
    ["PASSWORD", "db.password", "AWS_SECRET_ACCESS_KEY", "x-api-key", "credentials.json", "PGPASSWORD", "dbpasswd"],
)
def test_names_that_say_secret(name: str) -> None:
    assert secretive(name)


@pytest.mark.parametrize(
    "name",
    [
        "TOKENS_PER_MINUTE",
        "PASSWORD_FILE",
        "TOKEN_PATH",
        "SECRET_DIR",
        "SECRET_NAME",
        "TOKEN_URL",
        "TOKEN_URI",
        "TOKEN_TTL",
        "KEYBOARD",
        "LOG_LEVEL",
    ],
)
def test_names_that_do_not(name: str) -> None:
    assert not secretive(name)


@pytest.mark.parametrize(
    "text",
    [
        "ghp_" + "a" * 36,
        "github_pat_" + "a" * 22,
        "glpat-" + "a" * 20,
        "xoxb-" + "1" * 10,
        "sk_live_" + "a" * 16,
        "AIza" + "a" * 35,
        "hvs." + "a" * 20,
        "ASIA" + "A" * 16,
        "eyJhbGciOiJI.eyJzdWIiOiIx.c2ln",
        "amqp://:hunter2@queue",
        "AMQP://app:hunter2@queue",
        *(f"{prefix}{'A' * 36}" for prefix in ("ghp_", "github_pat_", "glpat-", "xoxb-", "sk_live_", "AIza", "hvs.")),
    ],
)
def test_texts_that_only_secrets_look_like(text: str) -> None:
    assert looks_secret(text)
    assert looks_secret(f"a: {text}\nb: 1")


@pytest.mark.parametrize(
    "text",
    [
        "https://pager.acme.example/web",
        "postgres://app@db:5432/app",
        "postgres://app:$(DB_PASSWORD)@db",
        "http://a:80/b@c",
        "ssh://git@host:22/x",
        "-----BEGIN PUBLIC KEY-----",
        "-----BEGIN CERTIFICATE-----",
        "sha256:" + "a" * 64,
        "task_live_" + "a" * 16,
        "eyJub3QiOiJqd3QifQ==",
    ],
)
def test_texts_that_do_not(text: str) -> None:
    assert not looks_secret(text)


@pytest.mark.parametrize("probe", ["livenessProbe", "readinessProbe", "startupProbe"])
def test_command_lines_of_probes(probe: str) -> None:
    found = _pod(**{probe: {"exec": {"command": ["psql", "--password=hunter2"]}}})
    assert _sentences(found) == [f"spec.containers[0].{probe}.exec.command[1] has a secret in it"]


@pytest.mark.parametrize("hook", ["postStart", "preStop"])
def test_command_lines_of_hooks(hook: str) -> None:
    found = _pod(lifecycle={hook: {"exec": {"command": ["psql", "--password=hunter2"]}}})
    assert _sentences(found) == [f"spec.containers[0].lifecycle.{hook}.exec.command[1] has a secret in it"]


def test_annotations_of_a_pod_are_judged_once() -> None:
    metadata = {"name": "web", "namespace": "acme-prod", "annotations": {"acme.example/password": "hunter2"}}
    assert _sentences(_pod() | {"metadata": metadata}) == [
        'metadata.annotations["acme.example/password"] has a secret in it'
    ]


def test_a_flag_before_what_is_not_known_says_nothing_about_what_follows() -> None:
    assert _sentences(_pod(args=["--password", UNKNOWN, "serve"])) == []


@pytest.mark.parametrize("field", ["data", "binaryData"])
def test_marks_in_either_field_of_a_config_map(field: str) -> None:
    assert _sentences(_map(**{field: {"x": Secret("aHVudGVyMg==")}})) == [
        f"{field}.x is a secret, which the engine knows it for"
    ]


def test_marks_in_items_of_a_list() -> None:
    """A list in one resource: the mark is found where the item stands."""
    found = {"apiVersion": "v1", "kind": "List", "items": [_map(data={"x": "y"}), _map(data={"x": Secret(VALUE)})]}
    assert _sentences(found) == ["items[1].data.x is a secret, which the engine knows it for"]


def test_keys_of_the_first_version_of_external_secrets() -> None:
    spec = {"secretStoreRef": {"name": "vault"}, "dataFrom": [{"key": "globex/prod/db"}]}
    found = {"apiVersion": "external-secrets.io/v1alpha1", "kind": "ExternalSecret", "spec": spec}
    resource = Resource(type=token(found), urn="urn:x", name="x", properties=found, provider=PROVIDER)
    stack = Stack(spec=a_tenant(), settings=BY_ID["S2"].defaults)
    assert [refusal.sentence for refusal in judged(BY_ID["S2"], (resource,), stack).refusals] == [
        "spec.dataFrom[0].key is not below acme/prod/"
    ]
