"""The real autoscaler within our bounds, under a load that is high and low by turns each time that it looks.

F2, M5: it reacts, and it does not thrash; the same load makes an autoscaler without our bounds go up and down. How many
changes an hour that comes to at most, for any rhythm, is shown in simulated time: tests/components/test_autoscaling.py.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.scratch import Scratch, scratch, served
from tests.e2e.stacks import kubectl
from tests.e2e.stub_metrics import Metrics, answering
from tests.waiting import eventually

pytestmark = [pytest.mark.e2e, pytest.mark.node]

HIGH, LOW = 200, 1  # millicores of pods that reserved 25
LOOKS = 4  # of the autoscaler: one each 15 seconds


@pytest.fixture
def swinging(tmp_path: Path) -> Iterator[Scratch]:
    apps = {"calm": served(scale={"min": 1, "max": 4}), "nervous": served(scale={"min": 1, "max": 4})}
    with scratch(tmp_path, name="swinging", environment="dev", tier="free", apps=apps) as found:
        found.stack.up()
        yield found


def without_bounds(namespace: str) -> None:
    """Let `nervous` be scaled as somebody would who thinks of a quick reaction only."""
    at_once = {"stabilizationWindowSeconds": 0, "tolerance": None, "policies": None}
    patch = {"spec": {"behavior": {"scaleDown": at_once, "scaleUp": at_once}}}
    kubectl("patch", "hpa", "nervous", "-n", namespace, "--type=merge", "-p", json.dumps(patch))


def changes(namespace: str, app: str) -> list[int]:
    """Return to which numbers of copies the autoscaler went, in order, as its events say."""
    chosen = f"involvedObject.name={app},reason=SuccessfulRescale"
    events: list[dict[str, Any]] = json.loads(
        kubectl("get", "events", "-n", namespace, "--field-selector", chosen, "-o", "json")
    )["items"]
    times = sorted(
        (each["lastTimestamp"] or each["eventTime"], each["message"], each.get("count", 1)) for each in events
    )
    return [int(message.split()[2].rstrip(";")) for _, message, count in times for _ in range(count)]


def test_a_load_that_goes_up_and_down_is_followed_once_and_not_back(swinging: Scratch, tmp_path: Path) -> None:
    home = swinging.namespace
    without_bounds(home)
    metrics = Metrics(home, use=lambda times: LOW if times % 2 else HIGH)
    with answering(metrics, tmp_path):
        eventually(lambda: len(metrics.asked) == 2 and min(metrics.asked.values()) >= LOOKS, seconds=150)
        eventually(lambda: len(changes(home, "nervous")) >= 3)
    assert changes(home, "calm") == [2], "one step up, and no way back for an hour"
    assert kubectl("get", "deployment", "calm", "-n", home, "-o", "jsonpath={.spec.replicas}") == "2"
