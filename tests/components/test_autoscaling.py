"""An autoscaler within our bounds stays calm: fewer than six changes an hour, whatever the load's rhythm.

The controller's own arithmetic (kubernetes.io, horizontal pod autoscaling: desired number, tolerance, stabilization,
policies), evaluated every 15 seconds against a load of our making.
"""

from collections.abc import Callable
from math import ceil, pi, sin

import pytest

from spec import plan
from spec.plan import Autoscaling
from tests.builders import a_tenant, an_app

TICK = 15  # seconds between two looks of the controller
TOLERANCE = 0.1
HOURS = 6


def scaling(least: int, most: int) -> Autoscaling:
    found = plan.autoscaling(a_tenant(apps={"web": an_app(scale={"min": least, "max": most})}).apps["web"])
    assert found is not None
    return found


def changes(bounds: Autoscaling, load: Callable[[int], float]) -> list[int]:
    """Return the moments (seconds) at which the number of copies changes; `load` is in copies at their target."""
    copies, moments = bounds.min, []
    wishes: list[tuple[int, int]] = []
    history: list[tuple[int, int]] = [(0, copies)]
    for now in range(0, HOURS * 3600, TICK):
        ratio = load(now) / copies
        wish = copies if abs(ratio - 1) <= TOLERANCE else ceil(load(now))
        wishes = [(when, n) for when, n in wishes if now - when <= bounds.settle_seconds] + [(now, wish)]
        highest = max(n for _, n in wishes)
        target = wish if wish > copies else min(copies, highest)
        then = [n for when, n in history if when <= now - bounds.period_seconds] or [history[0][1]]
        ceiling = ceil(then[-1] * (1 + bounds.up_percent / 100))
        floor = int(then[-1] * (1 - bounds.down_percent / 100))
        target = max(bounds.min, min(bounds.max, max(floor, min(ceiling, target))))
        if target != copies:
            copies = target
            moments.append(now)
        history.append((now, copies))
    return moments


def most_in_an_hour(moments: list[int]) -> int:
    return max((sum(1 for other in moments if 0 <= other - one < 3600) for one in moments), default=0)


@pytest.mark.parametrize("minutes", [1, 2, 5, 10, 20, 30, 45, 60, 90])
@pytest.mark.parametrize(("least", "most"), [(1, 4), (2, 6), (2, 20)])
def test_a_load_that_jumps_up_and_down_makes_few_changes(minutes: int, least: int, most: int) -> None:
    period = minutes * 60
    moments = changes(scaling(least, most), lambda now: most if now % period < period / 2 else least / 2)
    assert most_in_an_hour(moments) < 6


@pytest.mark.parametrize("minutes", [5, 15, 30, 60])
def test_a_load_that_swings_makes_few_changes(minutes: int) -> None:
    period = minutes * 60
    moments = changes(scaling(2, 6), lambda now: 4 + 2.5 * sin(2 * pi * now / period))
    assert most_in_an_hour(moments) < 6


def test_a_lasting_load_is_followed_all_the_way() -> None:
    bounds = scaling(2, 16)
    assert len(changes(bounds, lambda _: 16)) == 3  # 4, 8, 16
