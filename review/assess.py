"""Everything that a comment, a report or `--output json` tells, computed once from the model."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from review.blast import Blast, blast
from review.cost import Cost, PriceBook, cost
from review.dangers import Danger, dangers
from review.model import Op, Review, Shape
from review.quota import Quota, quota
from review.verdict import Verdict, verdict

COUNTED = (Op.CREATE, Op.UPDATE, Op.REPLACE, Op.DELETE, Op.IMPORT)


@dataclass(frozen=True, kw_only=True)
class Assessment(Shape):
    """What a pull request means.

    Attributes:
        version: of this shape; another number where a reader of the old shape would misread the new.
        reasons: why the verdict is what it is.
        counts: how many resources of this pull request's own meet which end.
        costs: of stacks whose cost changes, or is above its budget; of all where that was asked for.
    """

    review: Review
    dangers: tuple[Danger, ...]
    blast: Blast
    quotas: tuple[Quota, ...]
    costs: tuple[Cost, ...]
    prices: PriceBook
    counts: Mapping[Op, int]
    verdict: Verdict = Verdict.ROUTINE
    reasons: tuple[str, ...] = ()
    version: int = 1


def assess(
    review: Review,
    prices: PriceBook | None = None,
    budgets: Mapping[str, Decimal] | None = None,
    *,
    every_cost: bool = False,
) -> Assessment:
    """Return what a review means.

    Args:
        prices: absent: example prices, which say so.
        budgets: what a stack may cost in a month, by stack.
        every_cost: also of stacks whose cost stays as it is.
    """
    book = prices or PriceBook()
    quotas = tuple(quota(stack) for stack in review.stacks)
    costs = tuple(cost(each, book, budgets or {}) for each in quotas)
    own = [change for stack in review.stacks for change in stack.own if not change.component]
    found = Assessment(
        review=review,
        dangers=tuple(
            danger
            for stack, asked in zip(review.stacks, quotas, strict=True)
            for danger in (*dangers(stack), *asked.overruns)
        ),
        blast=blast(review),
        quotas=tuple(each for each in quotas if each.before != each.after),
        costs=tuple(each for each in costs if every_cost or each.delta or each.over),
        prices=book,
        counts={op: number for op in COUNTED if (number := sum(change.op is op for change in own))},
    )
    word, reasons = verdict(found)
    return replace(found, verdict=word, reasons=reasons)
