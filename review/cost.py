"""What a change costs each month, from a book of prices. Estimates for a decision, not a bill."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from review.model import Shape
from review.quota import BALANCERS, STORAGE, Amounts, Quota

GIB: Final = Decimal(1024**3)
HOURS: Final = Decimal(730)  # of a month
CENT: Final = Decimal("0.01")


@dataclass(frozen=True, kw_only=True)
class PriceBook(Shape):
    """What things cost.

    Attributes:
        currency: as it is shown, `EUR`.
        core_hour: one requested core for an hour.
        gib_hour: one requested GiB of memory for an hour.
        gib_month: one GiB of persistent storage for a month.
        balancer_month: one load balancer for a month.
        basis: where the prices come from, in a few words.
    """

    currency: str = "EUR"
    core_hour: Decimal = Decimal("0.030")
    gib_hour: Decimal = Decimal("0.004")
    gib_month: Decimal = Decimal("0.10")
    balancer_month: Decimal = Decimal("15.00")
    basis: str = "example prices; give your own"

    def monthly(self, asked: Amounts) -> Decimal:
        """Return what a month costs, to the cent."""
        cost = (
            asked.get("cpu", Decimal(0)) * self.core_hour * HOURS
            + asked.get("memory", Decimal(0)) / GIB * self.gib_hour * HOURS
            + asked.get(STORAGE, Decimal(0)) / GIB * self.gib_month
            + asked.get(BALANCERS, Decimal(0)) * self.balancer_month
        )
        return cost.quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True, kw_only=True)
class Cost(Shape):
    """What a month of one stack costs.

    Attributes:
        budget: what it may cost; None where nobody said.
        uncounted: what is not in it.
    """

    stack: str
    before: Decimal
    after: Decimal
    budget: Decimal | None = None
    uncounted: tuple[str, ...] = ()

    @property
    def delta(self) -> Decimal:
        """How much more it costs; negative where it costs less."""
        return self.after - self.before

    @property
    def over(self) -> bool:
        """Whether it costs more than it may."""
        return self.budget is not None and self.after > self.budget


def cost(quota: Quota, prices: PriceBook, budgets: Mapping[str, Decimal]) -> Cost:
    """Return what a stack costs; budgets are by stack."""
    return Cost(
        stack=quota.stack,
        before=prices.monthly(quota.before),
        after=prices.monthly(quota.after),
        budget=budgets.get(quota.stack),
        uncounted=quota.uncounted,
    )
