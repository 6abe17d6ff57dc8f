"""An autoscaler within our bounds stays calm: fewer than six changes an hour, whatever the load's rhythm (F2, M5).

The controller's own arithmetic (kubernetes.io, horizontal pod autoscaling: desired number, tolerance, stabilization,
policies), evaluated every 15 seconds against a load of our making. That the real controller does the same is shown in
tests/e2e/test_autoscaler.py.
"""

from collections.abc import Callable
from dataclasses import replace
from math import ceil, pi, sin

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spec import plan
from spec.plan import Autoscaling
from spec.quantity import parse
from tests.builders import a_tenant, an_app
from tests.recording import deploy

TICK = 15  # seconds between two looks of the controller
HOURS = 6

Load = Callable[[int], float]
"""Copies that would run at their target, at a moment in seconds."""


def scaling(least: int, most: int) -> Autoscaling:
    found = plan.autoscaling(a_tenant(apps={"web": an_app(scale={"min": least, "max": most})}).apps["web"])
    assert found is not None
    return found


def changes(bounds: Autoscaling, load: Load) -> list[int]:
    """Return the moments (seconds) at which the number of copies changes."""
    copies, tolerance = bounds.min, float(parse(bounds.tolerance))
    wishes: list[tuple[int, int]] = []
    events: list[tuple[int, int]] = []
    for now in range(0, HOURS * 3600, TICK):
        wish = copies if abs(load(now) / copies - 1) <= tolerance else max(1, ceil(load(now)))
        wishes = [(when, n) for when, n in wishes if now - when <= bounds.settle_seconds] + [(now, wish)]
        target = wish if wish > copies else min(copies, max(n for _, n in wishes))
        before = copies - sum(change for when, change in events if now - when <= bounds.period_seconds)
        ceiling = max(copies, ceil(before * (1 + bounds.up_percent / 100)))
        floor = min(copies, int(before * (1 - bounds.down_percent / 100)))
        target = max(bounds.min, floor, min(bounds.max, ceiling, target))
        if target != copies:
            events.append((now, target - copies))
            copies = target
    return [when for when, _ in events]


def most_in_an_hour(moments: list[int]) -> int:
    return max((sum(1 for other in moments if 0 <= other - one < 3600) for one in moments), default=0)


SHAPES: dict[str, Callable[[float], float]] = {
    "jumps": lambda phase: float(phase < 0.5),
    "swings": lambda phase: (1 + sin(2 * pi * phase)) / 2,
    "climbs and drops": lambda phase: phase,
    "leaps and sinks": lambda phase: 1 - phase,
}
"""How a load goes from its least (0) to its most (1) and back within one period (0 to 1)."""


def rhythm(shape: str, minutes: int, low: float, high: float) -> Load:
    period = minutes * 60
    return lambda now: low + (high - low) * SHAPES[shape](now % period / period)


@settings(deadline=None)
@given(
    shape=st.sampled_from(sorted(SHAPES)),
    minutes=st.integers(1, 360),
    least=st.integers(1, 4),
    more=st.integers(1, 16),
    low=st.floats(0, 1),
    high=st.floats(0.2, 1.2),
)
def test_no_rhythm_makes_many_changes(
    *, shape: str, minutes: int, least: int, more: int, low: float, high: float
) -> None:
    bounds = scaling(least, least + more)
    load = rhythm(shape, minutes, low * bounds.min, high * bounds.max)
    assert most_in_an_hour(changes(bounds, load)) < 6


@pytest.mark.parametrize("minutes", [1, 5, 30, 60, 90, 120])
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("least", "most"), [(1, 4), (2, 6), (2, 20), (2, 100)])
def test_a_load_between_almost_nothing_and_the_most_makes_few_changes(
    shape: str, minutes: int, least: int, most: int
) -> None:
    assert most_in_an_hour(changes(scaling(least, most), rhythm(shape, minutes, least / 2, most))) < 6


@pytest.mark.parametrize(("without", "minutes"), [({"settle_seconds": 0}, 2), ({"tolerance": "100m"}, 90)])
def test_each_bound_is_needed(without: dict, minutes: int) -> None:
    bounds = scaling(2, 20)
    found = [changes(replace(bounds, **without), rhythm(shape, minutes, 1, 20)) for shape in SHAPES]
    assert max(most_in_an_hour(moments) for moments in found) >= 6


def test_a_lasting_load_is_followed_all_the_way() -> None:
    assert len(changes(scaling(2, 16), lambda _: 16)) == 3  # 4, 8, 16


def test_copies_come_at_the_share_that_the_file_says() -> None:
    """The band around the target reaches up to it: `cpu: 60` is a target of 40 that may be exceeded by half."""
    made = deploy(a_tenant(apps={"web": an_app(scale={"min": 1, "max": 3, "cpu": 60})}))
    spec = made.one("HorizontalPodAutoscaler").spec
    assert spec["metrics"][0]["resource"]["target"]["averageUtilization"] == 40
    assert [spec["behavior"][way]["tolerance"] for way in ("scaleUp", "scaleDown")] == ["500m", "500m"]
