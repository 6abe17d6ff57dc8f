"""Databases in the plan (F3, M7, X19): what they take is counted, refused with the arithmetic, and never overrun."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spec import TenantSpec, plan, rules
from spec.database import DatabasePlan
from spec.quantity import parse
from spec.tiers import TIERS, Tier
from tests.builders import a_job, a_tenant, a_tenant_document, an_app
from tests.spec.bad import Bad, change
from tests.spec.bad_databases import BAD_DATABASES
from tests.spec.test_load import FILE, problems

ORDERS = {"orders": {"plan": "small"}}
BIG = {"plan": "small", "storage": "101Gi"}
BOUND = {"orders": {"database": "orders"}}


def a_shop(**changes: Any) -> TenantSpec:
    return a_tenant(databases=ORDERS, apps={"web": an_app(bindings=BOUND)}, **changes)


@pytest.mark.parametrize("bad", BAD_DATABASES, ids=str)
def test_a_bad_database_is_one_exact_message(bad: Bad) -> None:
    assert problems(change(a_tenant_document(), bad)) == [f"{FILE}: paas:tenant{bad.message}"]


def test_two_targets_are_one_too_many() -> None:
    binding = {"orders": {"app": "api", "database": "orders"}}
    [problem] = problems(a_tenant_document(databases=ORDERS, apps={"web": an_app(bindings=binding)}))
    assert 'given "both", wanted either `app` or `database`' in problem


def test_connections_beyond_the_budget_are_refused_with_the_arithmetic() -> None:
    web = an_app(bindings=BOUND, scale={"min": 2, "max": 6})
    worker = an_app(bindings={"db": {"database": "orders", "pool": 3}}, replicas=2)
    spec = a_tenant(databases=ORDERS, apps={"web": web, "worker": worker}, jobs={"report": a_job(bindings=BOUND)})
    [problem] = rules.problems(spec)
    assert str(problem) == (
        'paas:tenant.databases.orders.plan: given "small", wanted a plan for 41 connections'
        " (apps.web.bindings.orders 6 x 5 = 30 + apps.worker.bindings.db 2 x 3 = 6 + jobs.report.bindings.orders"
        " 1 x 5 = 5); small has 35: 70 % of 50, which are its 60 without 10 of the platform's; take a larger `plan`,"
        " or lower `pool` of a binding or the copies of an app"
    )


@pytest.mark.parametrize(("pool", "fits"), [(35, True), (36, False)])
def test_the_last_connection_of_the_budget_is_still_given(pool: int, fits: bool) -> None:
    """69 % is quiet, and one more connection than 70 % is refused (M7)."""
    app = an_app(bindings={"orders": {"database": "orders", "pool": pool}}, replicas=1)
    assert (rules.problems(a_tenant(databases=ORDERS, apps={"web": app})) == []) is fits


@given(
    chosen=st.sampled_from(list(DatabasePlan)),
    copies=st.lists(st.integers(1, 30), min_size=1, max_size=4),
    pools=st.lists(st.integers(1, 40), min_size=4, max_size=4),
)
def test_what_is_let_through_never_needs_more_than_its_share(
    chosen: DatabasePlan, copies: list[int], pools: list[int]
) -> None:
    apps = {
        f"app-{number}": an_app(replicas=count, bindings={"orders": {"database": "orders", "pool": pools[number]}})
        for number, count in enumerate(copies)
    }
    spec = a_tenant(tier="critical", databases={"orders": {"plan": chosen.value}}, apps=apps)
    needed = sum(count * pool for count, pool in zip(copies, pools, strict=False))
    most = Decimal(plan.DATABASE_PLANS[chosen].max_connections - plan.RESERVED_CONNECTIONS) * 70 / 100
    refused = any(problem.path.endswith("databases.orders.plan") for problem in rules.enough_connections(spec))
    assert refused is (needed > int(most))
    assert sum(share.connections for share in plan.shares(spec, "orders")) == needed


@pytest.mark.parametrize("tier", Tier)
@pytest.mark.parametrize("chosen", DatabasePlan)
def test_poolers_together_stay_within_the_budget(tier: Tier, chosen: DatabasePlan) -> None:
    """However many connections come, the database has no more than it has for them (F3)."""
    spec = a_tenant(tier=tier.value, databases={"orders": {"plan": chosen.value}})
    database = spec.databases["orders"]
    assert plan.servers(spec, database) * TIERS[tier].poolers <= plan.budget(database)
    assert plan.budget(database) < plan.usable(database)
    memory = parse(plan.DATABASE_PLANS[chosen].size.memory) / 1024**2
    settings = plan.parameters(spec, database)
    sorting = int(settings["work_mem"].removesuffix("MB")) * plan.budget(database)
    assert int(settings["shared_buffers"].removesuffix("MB")) + sorting <= memory


@pytest.mark.parametrize(
    ("tier", "fits"), [("free", True), ("small", True), ("standard", True), ("critical", True)], ids=str
)
def test_the_smallest_plan_fits_every_tier(tier: str, fits: bool) -> None:
    app = an_app(bindings=BOUND, replicas=TIERS[Tier(tier)].least_replicas)
    assert (rules.problems(a_tenant(tier=tier, databases=ORDERS, apps={"web": app})) == []) is fits


def test_a_database_counts_in_the_quota_with_all_that_it_needs() -> None:
    [servers, joining, poolers] = [each for each in plan.demand(a_shop()) if each.name == "databases.orders"]
    assert (servers.pods, joining.pods, poolers.pods) == (2, 1, 3)
    assert servers.each["memory"] == parse("512Mi") == joining.each["memory"]
    assert servers.each["storage"] == parse("1Gi")
    assert "storage" not in joining.each
    assert poolers.each["memory"] == parse("64Mi")


def test_what_the_volumes_need_beyond_the_quota_is_refused() -> None:
    spec = a_tenant(databases={"orders": {"plan": "small", "storage": "100Gi"}, "carts": {"plan": "small"}}, apps=None)
    told = [str(problem) for problem in rules.problems(spec)]
    assert any("given 202Gi requests.storage of namespace acme-prod at worst" in line for line in told), told


def test_a_volume_beyond_the_tiers_largest_is_refused() -> None:
    told = [str(found) for found in rules.databases_within_tier(a_tenant(databases={"orders": BIG}))]
    assert told == [
        'paas:tenant.databases.orders.storage: given "101Gi", wanted at most 100Gi, the largest volume in tier'
        " standard; lower it, or take a larger `tier`"
    ]


def test_a_plan_that_no_container_of_the_tier_holds_is_refused() -> None:
    told = [str(problem) for problem in rules.problems(a_tenant(tier="small", databases={"orders": {"plan": "large"}}))]
    assert any("wanted a plan with at most 1 of cpu" in line for line in told), told


def test_backups_begin_in_the_maintenance_window() -> None:
    """X19: by the window's own clock in winter; six fields, as the operator reads them."""
    window = {"days": ["sat"], "start": "02:30", "duration": "4h", "timezone": "Europe/Berlin"}
    seconds, minute, hour, *rest = plan.backup_schedule(a_shop(maintenance=window), "orders").split()
    assert (seconds, hour, rest) == ("0", "1", ["*", "*", "*"])
    assert 30 <= int(minute) < 45


@given(name=st.from_regex(r"[a-z]{1,10}", fullmatch=True))
def test_backups_begin_off_peak_where_no_window_is(name: str) -> None:
    spec = a_tenant(name=name, databases=ORDERS)
    _, minute, hour, *_ = plan.backup_schedule(spec, "orders").split()
    assert 1 <= int(hour) < 5
    assert 0 <= int(minute) < 60


def test_a_critical_database_is_backed_up_twice_a_day() -> None:
    _, _, hours, *_ = plan.backup_schedule(a_shop(tier="critical"), "orders").split()
    first, second = (int(hour) for hour in hours.split(","))
    assert second - first == 12


def test_a_clock_that_nobody_knows_is_refused() -> None:
    window = {"days": ["sat"], "start": "02:30", "duration": "4h", "timezone": "Europe/Atlantis"}
    told = [str(problem) for problem in rules.problems(a_shop(maintenance=window))]
    assert told == [
        'paas:tenant.maintenance.timezone: given "Europe/Atlantis", wanted a time zone that the IANA database has;'
        " write for example Europe/Berlin"
    ]


def test_users_follow_each_other_and_the_last_two_may_log_in() -> None:
    spec = a_tenant(databases={"orders": {"plan": "small", "credentials": 3}})
    assert [(each.name, each.member_of, each.secret) for each in plan.logins(spec, "orders")] == [
        ("orders_1", "orders", None),
        ("orders_2", "orders_1", "orders--login-2"),
        ("orders_3", "orders_2", "orders--login-3"),
    ]


def test_a_new_user_is_another_secret_and_nothing_else() -> None:
    """So a rotation is a rollout, and what it rolls back to still works."""
    before, after = (
        a_tenant(databases={"orders": {"plan": "small", "credentials": number}}, apps={"web": an_app(bindings=BOUND)})
        for number in (1, 2)
    )
    [old], [new] = (plan.bindings(spec, "web", spec.apps["web"]) for spec in (before, after))
    assert (old.secret, new.secret) == ("orders--login-1", "orders--login-2")
    assert (old.config_map, old.entries) == (new.config_map, new.entries)


def test_a_binding_tells_where_and_says_no_secret() -> None:
    spec = a_shop()
    [bound] = plan.bindings(spec, "web", spec.apps["web"])
    assert bound.entries == {
        "type": "postgresql",
        "provider": "cloudnative-pg",
        "host": "orders--pool.acme-prod",
        "port": "5432",
        "database": "orders",
    }
    assert bound.secret_entries == {"username": "username", "password": "password", "uri": "uri"}
    assert (bound.ca_secret, bound.ca_file) == ("orders--db-ca", "/databases/orders/ca.crt")


def test_a_binding_past_the_pooler_goes_to_the_instance_that_writes() -> None:
    direct = {"orders": {"database": "orders", "pooled": False}}
    spec = a_tenant(databases=ORDERS, apps={"web": an_app(bindings=direct)})
    [bound] = plan.bindings(spec, "web", spec.apps["web"])
    assert bound.entries["host"] == "orders--db-rw.acme-prod"
    assert bound.secret_entries["uri"] == "directUri"


def test_every_address_checks_whom_it_talks_to() -> None:
    for uri in plan.database_uris(a_shop(), "orders", "orders_1", "word").values():
        assert uri.endswith("/orders?sslmode=verify-full&sslrootcert=/databases/orders/ca.crt")


def test_production_keeps_until_it_parts_by_name() -> None:
    kept, parted = (a_tenant(databases={"orders": {"plan": "small"} | more}) for more in ({}, {"retire": "orders"}))
    assert plan.kept(kept, "orders")
    assert not plan.kept(parted, "orders")
    assert not plan.kept(a_tenant(environment="dev", databases=ORDERS), "orders")


def test_bindings_of_before_have_the_name_that_they_had() -> None:
    """A job that runs once is named for what it says: a new field must not run all of them again."""
    binding = a_tenant(jobs={"once": a_job(bindings={"web": {"app": "web"}})}).jobs["once"].bindings["web"]
    assert json.loads(binding.model_dump_json()) == {"app": "web", "by": "env"}
