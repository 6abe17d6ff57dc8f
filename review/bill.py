"""What a month of a stack file costs, before anything runs: its apps at their fewest and at their most copies.

Counted like a review counts objects, so that both tell the same figure. Jobs are not in it: how long they run, no file
says.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from review.cost import PriceBook
from review.quota import REQUESTS
from spec import TenantSpec, plan
from spec.quantity import parse


@dataclass(frozen=True, kw_only=True)
class Item:
    """One app on the bill.

    Attributes:
        name: `apps.web`, as in the stack file.
        copies: the fewest and the most.
        cpu: cores that one copy reserves, in the API server's spelling.
        memory: what one copy reserves, likewise.
        least: a month of the fewest copies.
        most: a month of the most.
    """

    name: str
    copies: tuple[int, int]
    cpu: str
    memory: str
    least: Decimal
    most: Decimal


@dataclass(frozen=True, kw_only=True)
class Bill:
    """A month of one environment.

    Attributes:
        uncounted: what is not in it.
    """

    items: tuple[Item, ...]
    least: Decimal
    most: Decimal
    uncounted: tuple[str, ...]


def bill(spec: TenantSpec, prices: PriceBook) -> Bill:
    """Return what a month of an environment costs."""
    items = tuple(_item(spec, name, prices) for name in spec.apps)
    # The sum is priced, not the prices summed: cents that are rounded away for each app would add up.
    least, most = (prices.monthly(_sum(_asked(spec, name, end) for name in spec.apps)) for end in (0, 1))
    return Bill(items=items, least=least, most=most, uncounted=tuple(f"jobs.{name}" for name in spec.jobs))


def _item(spec: TenantSpec, name: str, prices: PriceBook) -> Item:
    app = spec.apps[name]
    each = plan.workload_resources(spec, app).requests
    least, most = (prices.monthly(_asked(spec, name, end)) for end in (0, 1))
    return Item(
        name=f"apps.{name}",
        copies=plan.copies(spec, app),
        cpu=each["cpu"],
        memory=each["memory"],
        least=least,
        most=most,
    )


def _asked(spec: TenantSpec, name: str, end: int) -> dict[str, Decimal]:
    """Return what all copies of an app reserve, at its fewest (0) or its most (1)."""
    app = spec.apps[name]
    each, count = plan.workload_resources(spec, app).requests, plan.copies(spec, app)[end]
    return {resource: count * parse(each[resource]) for resource in REQUESTS}


def _sum(amounts: Iterable[dict[str, Decimal]]) -> dict[str, Decimal]:
    total = dict.fromkeys(REQUESTS, Decimal(0))
    for each in amounts:
        for resource, amount in each.items():
            total[resource] += amount
    return total
