"""What a month costs, by the files alone."""

from decimal import Decimal
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from cli import reference
from review.assess import assess
from review.bill import bill
from review.build import review
from review.cost import PriceBook
from spec.tiers import TIERS, Tier
from tests.builders import a_tenant, an_app
from tests.cli.projects import a_project, a_quiet, paas
from tests.recording import deploy
from tests.review.logs import recorded
from tests.review.scenarios import SCENARIOS
from tests.review.stacks import log_of, made

PRICES = """\
book: {currency: CHF, coreHour: 1, gibHour: 0, basis: ours}
budgets: {small: 100, acme-dev: 1000}
"""


def a_shop(name: str) -> dict[str, object]:
    web = an_app(cpu="500m", memory="1Gi", scale={"min": 1, "max": 2})
    return a_quiet(name, apps={"web": web}, jobs={"night": {"image": "registry.example.com/a:1"}})


def test_a_month_is_what_is_reserved_times_the_prices(tmp_path: Path) -> None:
    a_project(tmp_path, a_shop("acme"), a_shop("globex"))
    (tmp_path / "prices.yaml").write_text(PRICES)
    ended = paas(tmp_path, "cost", "-o", "json")
    said = ended.json()
    acme, globex = said["stacks"]
    assert (acme["least"], acme["most"], acme["budget"], acme["left"]) == ("365.00", "730.00", "1000", "635.00")
    assert (globex["left"], globex["uncounted"]) == ("-265.00", ["jobs.night"])
    assert (said["currency"], said["least"], said["most"]) == ("CHF", "730.00", "1460.00")
    assert ended.code == 2
    assert ended.err == "globex-dev: 365.00 a month is more than its budget of 100.00\n"
    schema = reference.schema()
    validator = Draft202012Validator(schema["$defs"]["CostReport"] | {"$defs": schema["$defs"]})
    assert list(validator.iter_errors(said)) == []


def test_one_stack_is_told_with_its_apps(tmp_path: Path) -> None:
    a_project(tmp_path, a_shop("acme"))
    ended = paas(tmp_path, "cost", "acme-dev", "-o", "md")
    assert "| apps.web | 1 to 2 | 500m | 1Gi |  | 13.87 | 27.74 |" in ended.out
    assert "**EUR a month; example prices; give your own**" in ended.out
    assert ended.code == 0


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("book: {coreHours: 1}", "book.coreHours"),
        ("book: {coreHour: much}", "book.coreHour"),
        ("budgets: [1", "is no YAML"),
        ("prices: {}", "prices: Extra inputs are not permitted"),
    ],
)
def test_prices_that_cannot_be_used_are_refused(tmp_path: Path, text: str, says: str) -> None:
    a_project(tmp_path, a_quiet("acme"))
    path = tmp_path / "other.yaml"
    path.write_text(text)
    ended = paas(tmp_path, "cost", "--prices", str(path))
    assert (ended.code, ended.out) == (7, "")
    assert says in ended.err


def test_a_stack_that_is_no_tenants_has_no_bill(tmp_path: Path) -> None:
    assert "has no file" in paas(a_project(tmp_path, a_quiet("acme")), "cost", "gone-dev").err


def test_cents_are_rounded_once(tmp_path: Path) -> None:
    prices = PriceBook(core_hour=Decimal("0.001"), gib_hour=Decimal(0))
    spec = a_tenant(tier="small", environment="dev", apps={f"a{n}": an_app(cpu="7m") for n in range(9)})
    found = bill(spec, prices)
    assert [each.least for each in found.apps] == [Decimal("0.01")] * 9
    assert found.least == Decimal("0.05")


def test_a_database_is_its_instances_with_their_volumes_and_its_poolers(tmp_path: Path) -> None:
    """A core hour at 1, a GiB hour at 0, a GiB a month at 10: 730 a core, 10 a GiB of each volume."""
    shop = a_quiet("acme", tier="standard", databases={"orders": {"plan": "medium", "storage": "20Gi"}})
    a_project(tmp_path, shop)
    (tmp_path / "prices.yaml").write_text("book: {coreHour: 1, gibHour: 0, gibMonth: 10}")
    [said] = paas(tmp_path, "cost", "acme-dev", "-o", "json").json()["stacks"]
    instances, poolers = (TIERS[Tier.STANDARD].instances, TIERS[Tier.STANDARD].poolers)
    assert (instances, poolers) == (2, 2)
    server, pooler = said["databases"]
    assert (server["name"], server["leastCopies"], server["mostCopies"]) == ("databases.orders", 2, 2)
    assert (server["cpu"], server["memory"], server["storage"]) == ("1", "2Gi", "20Gi")
    assert (server["least"], server["most"]) == ("1860.00", "1860.00")
    assert (pooler["name"], pooler["leastCopies"], pooler["storage"]) == ("databases.orders.pooler", 2, None)
    assert pooler["least"] == "73.00"
    assert (said["apps"], said["least"], said["uncounted"]) == ([], "1933.00", ["databases.orders.backups"])


def test_a_database_s_rows_say_what_is_not_counted(tmp_path: Path) -> None:
    a_project(tmp_path, a_quiet("acme", databases={"orders": {"plan": "small"}}))
    ended = paas(tmp_path, "cost", "acme-dev", "-o", "md")
    assert "| databases.orders | 1 | 250m | 512Mi | 1Gi |" in ended.out
    assert "| databases.orders.backups |  |  |  |  | not counted | not counted |" in ended.out


@pytest.mark.parametrize("tier", ["small", "standard", "critical"])
def test_the_bill_of_a_database_is_what_its_objects_come_to(tier: str) -> None:
    """The same tenant: once by its file, once by the objects that the program makes of it."""
    spec = a_tenant(tier=tier, databases={"orders": {"plan": "large"}}, apps={"web": an_app()})
    objects = [each.props for each in deploy(spec).objects()]
    [found] = assess(review({"acme-prod": log_of(*(made(each) for each in objects))})).costs
    told = bill(spec, PriceBook())
    assert found.after == told.least > bill(a_tenant(tier=tier, apps={"web": an_app()}), PriceBook()).least
    assert found.uncounted == ("Cluster acme-prod/orders--db (its backups)",)
    assert told.uncounted == ("databases.orders.backups",)


def test_the_bill_is_what_the_engine_s_own_objects_come_to() -> None:
    """The same tenant: once by its file, once by what the real engine said that it would make of it."""
    [found] = assess(review({SCENARIOS["tenant"].stack: recorded("tenant")})).costs
    spec = a_tenant(**dict(SCENARIOS["tenant"].tenant))
    assert found.after == bill(spec, PriceBook()).least > 0
