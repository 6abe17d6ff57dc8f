"""X16: prices and budgets of one's own, exact, and refused where they say something else than meant."""

from decimal import Decimal
from pathlib import Path

import pytest

from cli._codes import Code
from cli._errors import CliError
from cli._prices import Prices, prices
from review.assess import assess
from review.build import review
from review.cost import PriceBook
from review.markdown import comment
from tests.review.comments import assessed, sides
from tests.review.scenarios import SCENARIOS

BOOK = """\
prices:
  currency: CHF
  coreHour: 0.1
  basis: of the year 2027
budgets:
  zeta-dev: 7.50
"""


def test_a_file_says_what_things_cost(tmp_path: Path) -> None:
    path = tmp_path / "prices.yaml"
    path.write_text(BOOK)
    found = prices(path)
    assert found.prices == PriceBook(currency="CHF", core_hour=Decimal("0.1"), basis="of the year 2027")
    assert found.budgets == {"zeta-dev": Decimal("7.50")}
    assert prices(None) == Prices()
    path.write_text("")
    assert prices(path) == Prices()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("price: {}", "price is none of prices, budgets"),
        ("prices: {coreHours: 1}", "coreHours is none of currency, coreHour"),
        ("prices: {coreHour: much}", "coreHour"),
        ("prices: {coreHour: -1}", "coreHour"),
        ("budgets: {zeta-dev: -1}", "zeta-dev"),
        ("prices: 3", "prices"),
        ("[", "no YAML"),
    ],
)
def test_what_is_no_price_is_refused(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "prices.yaml"
    path.write_text(text)
    with pytest.raises(CliError, match=why) as refused:
        prices(path)
    assert refused.value.code is Code.INVALID


def test_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CliError, match="cannot be read"):
        prices(tmp_path / "none.yaml")


def test_a_cost_that_stays_is_told_where_that_is_asked_for() -> None:
    assert assessed("image").costs == ()
    logs = sides("image")
    found = assess(review({SCENARIOS["image"].stack: logs["head"]}), every_cost=True)
    [cost] = found.costs
    assert cost.after > 0
    assert f"| {cost.before:.2f} | {cost.after:.2f} | +0.00 |" in comment(found)
