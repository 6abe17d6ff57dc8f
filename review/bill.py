"""What a month of a stack file costs, before anything runs: its apps at their fewest and at their most copies, and its
databases.

Counted like a review counts objects, so that both tell the same figure. Jobs and backups are not in it: how long the
ones run, and how much the others take, no file says.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from review.cost import PriceBook
from review.quota import REQUESTS, STORAGE, Amounts
from spec import TenantSpec, plan
from spec.quantity import parse

COUNTED: Final = (*REQUESTS, STORAGE)


@dataclass(frozen=True, kw_only=True)
class Item:
    """One line of the bill.

    Attributes:
        name: `apps.web`, as in the stack file; `databases.orders.pooler` for what stands before a database.
        copies: the fewest and the most.
        each: what one copy reserves of `cpu`, `memory` and `storage`, in the API server's spelling.
        least: a month of the fewest copies.
        most: a month of the most.
    """

    name: str
    copies: tuple[int, int]
    each: Mapping[str, str]
    least: Decimal
    most: Decimal


@dataclass(frozen=True, kw_only=True)
class Bill:
    """A month of one environment.

    Attributes:
        uncounted: what is not in it.
    """

    apps: tuple[Item, ...]
    databases: tuple[Item, ...]
    least: Decimal
    most: Decimal
    uncounted: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class _Part:
    name: str
    copies: tuple[int, int]
    each: Mapping[str, str]

    def asked(self, end: int) -> Amounts:
        """Return what all copies reserve, at their fewest (0) or their most (1)."""
        return {name: self.copies[end] * parse(self.each[name]) for name in COUNTED if name in self.each}


def bill(spec: TenantSpec, prices: PriceBook) -> Bill:
    """Return what a month of an environment costs."""
    apps, databases = list(_apps(spec)), list(_databases(spec))
    # The sum is priced, not the prices summed: cents that are rounded away for each line would add up.
    least, most = (prices.monthly(_sum(part.asked(end) for part in (*apps, *databases))) for end in (0, 1))
    return Bill(
        apps=tuple(_item(part, prices) for part in apps),
        databases=tuple(_item(part, prices) for part in databases),
        least=least,
        most=most,
        uncounted=(*(f"jobs.{name}" for name in spec.jobs), *(f"databases.{name}.backups" for name in spec.databases)),
    )


def _apps(spec: TenantSpec) -> Iterator[_Part]:
    for name, app in spec.apps.items():
        each = plan.workload_resources(spec, app).requests
        yield _Part(name=f"apps.{name}", copies=plan.copies(spec, app), each=each)


def _databases(spec: TenantSpec) -> Iterator[_Part]:
    """Yield instances, each with a volume of its own, and poolers: the tier says how many of both."""
    instances, poolers = plan.tier(spec).instances, plan.tier(spec).poolers
    for name, database in spec.databases.items():
        each = plan.database_resources(spec, database).requests | {STORAGE: plan.volume_text(database)}
        yield _Part(name=f"databases.{name}", copies=(instances, instances), each=each)
        pooler = plan.pooler_resources(spec).requests
        yield _Part(name=f"databases.{name}.pooler", copies=(poolers, poolers), each=pooler)


def _item(part: _Part, prices: PriceBook) -> Item:
    least, most = (prices.monthly(part.asked(end)) for end in (0, 1))
    each = {name: part.each[name] for name in COUNTED if name in part.each}
    return Item(name=part.name, copies=part.copies, each=each, least=least, most=most)


def _sum(amounts: Iterable[Amounts]) -> Amounts:
    total = dict.fromkeys(COUNTED, Decimal(0))
    for each in amounts:
        for resource, amount in each.items():
            total[resource] += amount
    return total
