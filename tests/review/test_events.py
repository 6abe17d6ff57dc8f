"""What is read from an event log, and what is not: unknown kinds, halves of lines, secrets."""

import json
from typing import Any

import pytest

from review.events import read
from review.secrets import SIGNATURE
from review.values import Mark
from tests.review.logs import END, RECORDED, error, lines, recorded, step, summary
from tests.review.manifests import CANARY

SECRET = {SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "ciphertext": CANARY, "plaintext": f'"{CANARY}"'}
CONFIG_MAP = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "it", "namespace": "zeta-dev"}}


def inputs(data: Any, **manifest: Any) -> Any:
    """The inputs of an object with `data`, as they are read."""
    log = read(lines(step("create", CONFIG_MAP | {"data": data} | manifest), summary(), END))
    assert log.faults == ()
    [found] = log.steps
    assert found.new
    return found.new.inputs["data"]


def test_a_preview_of_the_real_engine_is_read_without_fault() -> None:
    log = recorded("routine")
    assert (log.faults, log.result, log.failed) == ((), "succeeded", ())
    [web] = [found for found in log.steps if found.op == "update"]
    assert web.type == "kubernetes:apps/v1:Deployment"
    assert web.differences is not None
    assert set(web.differences) == {"spec.replicas", "spec.template.spec.containers[0].image"}
    assert web.old
    assert web.new
    assert (web.old.inputs["spec"]["replicas"], web.new.inputs["spec"]["replicas"]) == (2, 3)


def test_all_that_is_recorded_can_be_read() -> None:
    names = sorted(path.name.removesuffix(".jsonl") for path in RECORDED.glob("*.jsonl"))
    assert len(names) > 10
    assert {name: recorded(*name.split(".")).faults for name in names} == dict.fromkeys(names, ())


def test_the_pack_that_judged_is_told() -> None:
    assert recorded("refused").packs == {"paas": "0.1.0"}


def test_what_a_newer_engine_says_is_ignored() -> None:
    log = read(lines({"somethingNewEvent": {"a": 1}}, {"stdoutEvent": {"message": "m", "newField": 1}}, summary(), END))
    assert log.faults == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ([], "the event log is empty"),
        (lines(summary()), "the event log ends before the run does"),
        ([*lines(summary()), '{"sequence": 1, "cancelE'], "line 2 of the event log cannot be read: it is no JSON"),
        (lines({"resourcePreEvent": {"metadata": {"op": 1}}}, END), "resourcePreEvent.metadata.op is not what it"),
        (["[1]"], "line 1 of the event log cannot be read"),
    ],
)
def test_what_cannot_be_read_is_a_fault(text: list[str], said: str) -> None:
    [fault] = read(text).faults
    assert said in fault


def test_a_fault_repeats_no_value() -> None:
    [fault] = read(
        lines({"resourcePreEvent": {"metadata": {"op": {"ciphertext": CANARY}, "urn": "u", "type": "t"}}}, END)
    ).faults
    assert CANARY not in fault


class TestSecrets:
    @pytest.mark.parametrize(
        ("given", "kept"),
        [
            ({"a": SECRET}, {"a": Mark.SECRET}),
            (SECRET, Mark.SECRET),
            ({"a": [1, {"b": SECRET}]}, {"a": [1, {"b": Mark.SECRET}]}),
            ({"a": "[secret]"}, {"a": Mark.SECRET}),
            ({"a": {SIGNATURE: "a signature of the future", "v": CANARY}}, {"a": Mark.SECRET}),
            (
                {"a": {SIGNATURE: "d0e6a833031e9bbcd3f4e8bde6ca49a4", "value": CANARY, "secret": True}},
                {"a": Mark.SECRET},
            ),
            ({"a": f"-----BEGIN RSA PRIVATE KEY-----\n{CANARY}"}, {"a": Mark.SECRET}),
            ({"a": f"postgres://shop:{CANARY}@db/shop"}, {"a": "postgres://shop:[secret]@db/shop"}),
            (
                {"kubectl.kubernetes.io/last-applied-configuration": CANARY},
                {"kubectl.kubernetes.io/last-applied-configuration": Mark.SECRET},
            ),
            ({"a": "04da6b54-80e4-46f7-96ec-b56ff0331ba9"}, {"a": Mark.UNKNOWN}),
            ({"a": "plain", "n": 1.5, "t": True, "no": None}, {"a": "plain", "n": 1.5, "t": True, "no": None}),
        ],
    )
    def test_only_marks_are_kept(self, given: Any, kept: Any) -> None:
        assert inputs(given) == kept

    def test_nothing_of_a_secret_is_kept_even_if_the_program_did_not_mark_it(self) -> None:
        assert inputs({"password": CANARY}, kind="Secret") == {"password": Mark.SECRET}

    def test_a_kubeconfig_is_none_of_ours(self) -> None:
        log = read(lines(step("create", {"kubeconfig": CANARY}, type="pulumi:providers:kubernetes"), summary(), END))
        assert CANARY not in repr(log)

    def test_configuration_is_blinded(self) -> None:
        config = {"paas:tenant": json.dumps({"url": f"https://u:{CANARY}@h"}), "paas:kubeconfig": "[secret]"}
        log = read(lines({"preludeEvent": {"config": config}}, summary(), END))
        assert json.loads(log.config["paas:tenant"]) == {"url": "https://u:[secret]@h"}
        assert CANARY not in repr(log)

    def test_messages_are_cleaned_too(self) -> None:
        text = (
            f"<{{%fg 1%}}>no: -----BEGIN PRIVATE KEY-----\n{CANARY}\n-----END PRIVATE KEY----- at amqp://u:{CANARY}@h"
        )
        [said] = read(lines(error(text), summary(), END)).diagnostics
        assert said.message == "no: [secret] at amqp://u:[secret]@h"

    def test_recordings_hold_secrets_and_logs_do_not(self) -> None:
        """The program of `replaces` gives a Secret's value in clear; that of others marks it."""
        names = [path.name.removesuffix(".jsonl") for path in RECORDED.glob("*.jsonl")]
        assert [name for name in names if CANARY in repr(recorded(*name.split(".")))] == []
