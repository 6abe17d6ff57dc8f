"""What the API server pays for rules: objects as large as they may be are judged, and not refused for their length."""

import base64
import random
from collections.abc import Iterator
from typing import Any

import pytest

from policies.admission import BY_RULE
from spec.labels import labels
from tests.builders import a_tenant
from tests.e2e.policies.court import Court, court
from tests.e2e.policies.definitions import definitions
from tests.e2e.server import an_api

pytestmark = pytest.mark.e2e

LARGEST = 1024 * 1024  # bytes that a ConfigMap may hold
TENANT = a_tenant(name="largest")
NAMESPACE = "largest-prod"


@pytest.fixture(scope="module")
def judges(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Court]:
    policies = [BY_RULE[rule].policy() for rule in ("S1", "C4")]
    with an_api(tmp_path_factory.mktemp("server")) as api, court(policies, api=api) as it:
        it.serve(definitions([_certificate([])]))
        it.sits_for(TENANT)
        yield it


def _map(**fields: Any) -> dict[str, Any]:
    metadata = {"name": "large", "namespace": NAMESPACE, "labels": labels(TENANT)}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, **fields}


def _certificate(crons: list[str]) -> dict[str, Any]:
    windows = [{"cron": cron, "windowDuration": "1h"} for cron in crons]
    return {
        "apiVersion": "cert-manager.io/v1",
        "kind": "Certificate",
        "metadata": {"name": "web", "namespace": NAMESPACE, "labels": labels(TENANT)},
        "spec": {"secretName": "web", "renewal": {"policy": "RenewBefore", "windows": windows}},
    }


LINE = "see https://docs.example.com/guide?a=b@c: and more\n"


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"data": {"text": "x" * LARGEST}}, id="one word"),
        pytest.param({"data": {"text": (LINE * (LARGEST // len(LINE)))}}, id="links"),
        pytest.param(
            {"binaryData": {"file": base64.b64encode(random.Random(1).randbytes(LARGEST)).decode()}}, id="a file"
        ),
        pytest.param({"data": {f"key-{number}": "y" * 100 for number in range(9_000)}}, id="many keys"),
    ],
)
def test_the_largest_config_map_passes(judges: Court, fields: dict[str, Any]) -> None:
    answer = judges.judge(_map(**fields))
    assert (answer.status, answer.told) == (201, {})


def test_a_secret_at_its_end_is_found(judges: Court) -> None:
    secret = "postgres://app:hunter2@db"
    answer = judges.judge(_map(data={"text": "x" * (LARGEST - len(secret) - 1) + "\n" + secret}))
    [said] = answer.told["s1"]
    assert "a value looks like a secret" in said
    assert "hunter2" not in said


@pytest.mark.parametrize("count", [1, 4, 12])
def test_windows_are_judged_however_many_there_are(judges: Court, count: int) -> None:
    seldom, often = "0 2 1 1 *", "0 2 * * *"
    assert judges.judge(_certificate([seldom] * count + [often])).told == {}
    [said] = judges.judge(_certificate([seldom] * count)).told["c4"]
    assert "open too seldom" in said
