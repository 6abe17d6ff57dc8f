"""X16: prices and budgets of one's own, exact, and refused where they say something else than meant."""

from decimal import Decimal
from pathlib import Path

import pytest

from cli._codes import Code
from cli._errors import CliError
from cli._prices import FILE, Prices, of, read
from review.assess import assess
from review.build import review
from review.cost import PriceBook
from review.markdown import comment
from tests.builders import a_tenant
from tests.review.comments import assessed, sides
from tests.review.scenarios import SCENARIOS

BOOK = """\
book:
  currency: CHF
  coreHour: 0.1
  basis: of the year 2027
budgets:
  zeta-dev: 7.50
  small: 20
"""


def test_a_file_says_what_things_cost(tmp_path: Path) -> None:
    path = tmp_path / FILE
    assert of(tmp_path, None) == Prices()
    path.write_text(BOOK)
    found = of(tmp_path, None)
    assert (found.book.currency, found.book.core_hour, found.book.basis) == ("CHF", Decimal("0.1"), "of the year 2027")
    assert found.book.gib_hour == PriceBook().gib_hour
    assert found.budget("zeta-dev", a_tenant(name="zeta", environment="dev", tier="small")) == Decimal("7.50")
    assert found.budget("eta-dev", a_tenant(name="eta", environment="dev", tier="small")) == 20
    assert found.budget("eta-prod", a_tenant(name="eta", tier="standard")) is None
    path.write_text("")
    assert read(path) == Prices()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("price: {}", "price: Extra inputs"),
        ("book: {coreHours: 1}", "coreHours"),
        ("book: {coreHour: much}", "coreHour"),
        ("book: {coreHour: -1}", "coreHour is less than nothing"),
        ("budgets: {zeta-dev: -1}", "zeta-dev"),
        ("book: 3", "book"),
        ("[", "no YAML"),
    ],
)
def test_what_is_no_price_is_refused(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / FILE
    path.write_text(text)
    with pytest.raises(CliError, match=why) as refused:
        read(path)
    assert refused.value.code is Code.INVALID


def test_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CliError, match="cannot be read"):
        of(tmp_path, tmp_path / "none.yaml")


def test_a_cost_that_stays_is_told_where_that_is_asked_for() -> None:
    assert assessed("image").costs == ()
    logs = sides("image")
    found = assess(review({SCENARIOS["image"].stack: logs["head"]}), every_cost=True)
    [cost] = found.costs
    assert cost.after > 0
    assert f"| {cost.before:.2f} | {cost.after:.2f} | +0.00 |" in comment(found)
