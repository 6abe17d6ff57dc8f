"""A database's whole life on the real node: bound, backed up, broken, rotated, parted with (L5, F3, O5, K5, S3).

One row that is written at the beginning is there at the end, whatever happens in between.
"""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from apiserver import Cluster
from drills.edge import Entry, entry
from spec import TenantSpec, plan
from spec.plan.network import METRICS_PORTS
from tests.e2e.databases.objects import Store
from tests.e2e.databases.shop import shop
from tests.e2e.databases.shops import ORDERS, Shop, a_shop, customers
from tests.e2e.edge.outside import curl
from tests.e2e.reach import MONITOR, analysed, pods_of
from tests.e2e.scratch import idle
from tests.e2e.stacks import kubectl
from tests.told import TOLD
from tests.waiting import eventually

pytestmark = [pytest.mark.e2e, pytest.mark.node, pytest.mark.timeout(900)]

MARK = "the row that survives"
HOST = "orders.dbshop.example"
OK = 200
BACKUP_SECONDS = 240


@pytest.fixture(scope="module")
def shopping(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    given: dict[str, Any] = {"jobs": idle(), "domains": ["dbshop.example"], "apps": {"shop": shop(hosts=[HOST])}}
    with a_shop(tmp_path_factory.mktemp("shop"), name="dbshop", **given) as found:
        found.sql(f"CREATE TABLE mark (text text); INSERT INTO mark VALUES ('{MARK}')")
        yield found


@pytest.fixture(autouse=True)
def survives(shopping: Shop) -> Iterator[None]:
    """Whatever a test does, the mark is there afterwards, and no order is gone."""
    before = shopping.rows()
    yield
    if kubectl("-n", shopping.namespace, "get", "clusters.postgresql.cnpg.io", "-o", "name"):
        assert shopping.sql("SELECT text FROM mark") == MARK
        assert shopping.rows() >= before


def test_an_app_writes_and_reads_through_its_pooler_over_tls(shopping: Shop) -> None:
    before = shopping.rows()
    shopping.ask("/write")
    assert shopping.rows() == before + 1
    assert shopping.ask("/who") == "orders_1"
    unencrypted = (
        "SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename = 'orders_1' AND NOT ssl"
    )
    assert shopping.sql(unencrypted) == "0"
    seen = "SELECT count(DISTINCT client_addr) FROM pg_stat_activity WHERE usename = 'orders_1'"
    pods = json.loads(kubectl("-n", shopping.namespace, "get", "pods", "-l", "cnpg.io/poolerName", "-o", "json"))[
        "items"
    ]
    addresses = {pod["status"]["podIP"] for pod in pods}
    found = set(
        shopping.sql("SELECT DISTINCT host(client_addr) FROM pg_stat_activity WHERE usename = 'orders_1'").split()
    )
    assert int(shopping.sql(seen)) >= 1
    assert found <= addresses, "nobody but the poolers talks to the database"


def known(outside: Entry) -> bool:
    """Return whether each copy of the gateway leads there: a route is accepted when the first of them has read it."""
    try:
        return all(outside.ask()[1] == OK for _ in range(10))
    except OSError:
        return False


def test_an_order_comes_in_by_https_and_lands_in_the_database(shopping: Shop, tmp_path: Path) -> None:
    """All the way: from outside by name, through the gateway, the app and its pooler (L2, F4)."""
    spec = TenantSpec.model_validate_json(json.dumps(shopping.tenant.document()))
    outside = entry(Cluster(), spec, "shop", host=HOST, secret="shop-tls")
    eventually(lambda: known(outside), otherwise="a copy of the gateway does not know the host")
    authority, before = tmp_path / "ca.crt", shopping.rows()
    authority.write_text(outside.trusted)
    answer = curl(outside, f"https://{HOST}/write", "--cacert", str(authority), "--write-out", " %{http_code}")
    assert answer.endswith(" 200"), answer
    number = answer.removesuffix(" 200")
    assert shopping.sql(f"SELECT count(*) FROM orders WHERE n = {number}") == "1"
    assert shopping.rows() == before + 1
    told = curl(outside, f"http://{HOST}/write", "--output", "/dev/null", "--write-out", "%{http_code} %{redirect_url}")
    assert told == f"301 https://{HOST}/write"
    assert shopping.rows() == before + 1, "what came in the clear went no further"


CONNECT = """
import os, sys, psycopg2
uri = os.environ["ORDERS_URI"].replace(sys.argv[1], sys.argv[2])
psycopg2.connect(uri, connect_timeout=3)
"""


@pytest.mark.parametrize(
    ("instead_of", "given", "told"),
    [
        ("/databases/orders/ca.crt", "/etc/ssl/certs/ca-certificates.crt", "certificate verify failed"),
        ("sslmode=verify-full", "sslmode=disable", "rejected"),
        ("prod:5432", "prod.svc.cluster.local.:5432", "does not match host name"),
        ("orders_1:", "orders_1:not-the-", "authentication failed"),
    ],
    ids=["another CA", "without TLS", "another name", "another password"],
)
def test_whoever_is_not_who_it_should_be_is_refused(shopping: Shop, instead_of: str, given: str, told: str) -> None:
    """The negative twin: the same connection, with one thing wrong."""
    words = ("exec", "-n", shopping.namespace, "deployment/shop", "--", "python3", "-c", CONNECT)
    assert kubectl(*words, "nothing", "nothing") == ""
    with pytest.raises(AssertionError, match=told):
        kubectl(*words, instead_of, given)


def test_only_what_binds_to_a_database_reaches_it(shopping: Shop, tmp_path: Path) -> None:
    """By the policies that are in the cluster: through the poolers, and nobody past them (I6, O6)."""

    def one(labels: str) -> str:
        pod = kubectl("-n", shopping.namespace, "get", "pods", "-l", labels, "-o", "jsonpath={.items[0].metadata.name}")
        return f"{shopping.namespace}/{pod}"

    app, pooler, server = one("app.kubernetes.io/name=shop"), one("cnpg.io/poolerName"), one("cnpg.io/podRole=instance")
    unbound, postgres = f"{shopping.namespace}/idle", frozenset({("TCP", plan.POSTGRES_PORT)})
    metrics = frozenset(("TCP", port) for port in METRICS_PORTS)
    items = pods_of(shopping.namespace)
    wanted = {
        (app, pooler): postgres,
        (app, server): plan.CLOSED,
        (unbound, pooler): plan.CLOSED,
        (unbound, server): plan.CLOSED,
        (plan.STRANGER, pooler): plan.CLOSED,
        (plan.STRANGER, server): plan.CLOSED,
        (server, app): plan.CLOSED,
        (unbound, app): plan.EVERY,
        (MONITOR, pooler): metrics,
        (MONITOR, server): metrics,
        (MONITOR, app): plan.CLOSED,
    }
    found = analysed(items, tmp_path)
    assert {ends: found.ports(*ends) for ends in wanted} == wanted
    assert postgres <= found.ports(pooler, server)
    [opened] = [each for each in items if each["metadata"]["name"] == "allow-own"]
    opened["spec"]["podSelector"] = {}
    assert analysed(items, tmp_path).ports(unbound, server) == plan.EVERY, "the analyzer sees a hole"


def test_backups_and_all_changes_land_in_the_store(shopping: Shop, store: Store) -> None:
    prefix, end = f"{shopping.namespace}/orders--db-15/", time.monotonic() + BACKUP_SECONDS
    while not any(key.endswith("backup.info") for key in store.keys(f"{prefix}base/")):
        assert time.monotonic() < end, store.keys(prefix)
        time.sleep(2)
    assert any("/wals/" in key for key in store.keys(prefix))
    assert all(key.startswith(f"{shopping.namespace}/") for key in store.keys("")), "each namespace has its own folder"


def test_what_was_backed_up_is_restored_to_the_newest_and_to_a_second(
    shopping: Shop, record_property: Callable[[str, str], None]
) -> None:
    verdict = shopping.drill("restore", shopping.tenant.stack.name, "orders")
    figures = verdict["figures"]
    record_property(TOLD, f"restore: {figures}")
    assert {check["name"] for check in verdict["checks"]} >= {"rows of the newest", "rows of the point in time"}
    reasons = kubectl("-n", shopping.namespace, "get", "events", "-o", "jsonpath={.items[*].reason}").split()
    assert "DrillRestorePassed" in reasons
    assert kubectl("get", "namespaces", "-l", "paas.internal/drill", "-o", "name") == ""


@pytest.mark.parametrize("drill", ["failover", "switchover", "drain"])
def test_another_instance_takes_over(shopping: Shop, drill: str, record_property: Callable[[str, str], None]) -> None:
    """Failover within 10 s, switchover within 20 s, and no write that was answered is gone."""
    verdict = shopping.drill(drill, shopping.tenant.stack.name, "orders", tries=3)
    record_property(TOLD, f"{drill}: {verdict['figures']}")
    assert {check["name"] for check in verdict["checks"]} >= {"nobody could write for", "writes that were lost"}


def test_a_new_password_reaches_every_app_and_no_request_fails(
    shopping: Shop, record_property: Callable[[str, str], None]
) -> None:
    with customers(shopping) as served:
        shopping.change(databases={"orders": ORDERS | {"credentials": 2}})
    record_property(TOLD, f"rotation of a password under load: {dict(served.answers)}")
    assert set(served.answers) == {"200"}
    assert served.answers["200"] > 50
    assert shopping.ask("/who") == "orders_2"
    shopping.ask("/write")  # to a table that the user before it has made
    assert shopping.sql("SELECT rolcanlogin FROM pg_roles WHERE rolname = 'orders_1'") == "t"


def test_a_run_that_changes_nothing_changes_no_password(shopping: Shop) -> None:
    secret = ("-n", shopping.namespace, "get", "secret", "orders--login-2", "-o", "jsonpath={.data.password}")
    before = kubectl(*secret)
    said = shopping.tenant.stack.run("up", "--yes", "--skip-preview", "--expect-no-changes")
    assert kubectl(*secret) == before, said


def test_no_password_stands_in_the_state(shopping: Shop) -> None:
    word = kubectl("-n", shopping.namespace, "get", "secret", "orders--login-2", "-o", "jsonpath={.data.password}")
    assert word not in shopping.tenant.stack.run("stack", "export")


def test_a_databases_own_account_changes_nothing_that_the_platform_asks(shopping: Shop) -> None:
    """The guard lets it put a finalizer there, which the runs before have shown, and no more."""
    there = ("-n", shopping.namespace, "get", "databases.postgresql.cnpg.io", "orders--db", "-o", "json")
    asked = json.loads(kubectl(*there))
    asked["spec"]["owner"] = "postgres"
    account = f"system:serviceaccount:{shopping.namespace}:orders--db"
    with pytest.raises(AssertionError, match="the platform made databases/orders--db"):
        kubectl("replace", "-f", "-", "--as", account, stdin=json.dumps(asked))


def test_the_operator_gets_into_no_other_container(shopping: Shop) -> None:
    """It begins backups within instances, which the runs before have shown; production's glass holds elsewhere."""
    operator = ("--as", "system:serviceaccount:cnpg-system:cnpg-manager")
    with pytest.raises(AssertionError, match="containers of production are open to groups"):
        kubectl("-n", shopping.namespace, "exec", "deployment/orders--pool", "-c", "pgbouncer", *operator, "--", "true")


def test_connections_beyond_the_budget_are_refused_at_preview(shopping: Shop) -> None:
    document = shopping.tenant.document()
    greedy = shop(bindings={"orders": {"database": "orders", "pool": 18}})
    shopping.tenant.write(document | {"apps": {"shop": greedy}})
    refused = shopping.tenant.stack.attempt("preview")
    shopping.tenant.write(document)
    assert refused.returncode != 0
    assert "apps.shop.bindings.orders 2 x 18 = 36); small has 35" in refused.stdout + refused.stderr


def test_leaving_a_database_out_is_refused_in_production(shopping: Shop) -> None:
    document = shopping.tenant.document()
    shopping.tenant.write({**document, "databases": {}, "apps": {"shop": shop(bindings={})}})
    refused = shopping.tenant.stack.attempt("preview")
    shopping.tenant.write(document)
    assert refused.returncode != 0
    assert "database-orders-cluster" in refused.stdout + refused.stderr
    assert "protect" in refused.stdout + refused.stderr


def test_destroying_production_is_refused_while_it_keeps_data(shopping: Shop) -> None:
    refused = shopping.tenant.stack.attempt("destroy", "--preview-only")
    said = refused.stdout + refused.stderr
    assert "protect" in said, said


def test_who_parts_by_name_has_a_last_backup_and_the_disks_stay(shopping: Shop, store: Store) -> None:
    """Last of all: first it is said by name, which backs it up once more; then it may be left out."""
    bases = len([key for key in store.keys(f"{shopping.namespace}/") if key.endswith("backup.info")])
    shopping.change(databases={"orders": ORDERS | {"credentials": 2, "retire": "orders"}})
    phase = kubectl("-n", shopping.namespace, "get", "backup", "orders--db-last", "-o", "jsonpath={.status.phase}")
    assert phase == "completed"
    assert len([key for key in store.keys(f"{shopping.namespace}/") if key.endswith("backup.info")]) == bases + 1
    shopping.change(databases={}, apps={})
    assert kubectl("-n", shopping.namespace, "get", "clusters.postgresql.cnpg.io", "-o", "name") == ""
    found = json.loads(kubectl("get", "persistentvolumes", "-o", "json"))["items"]
    kept = [
        each["status"]["phase"]
        for each in found
        if (each["spec"].get("claimRef") or {}).get("namespace") == shopping.namespace
    ]
    assert len(kept) == 2, "one disk of each instance"
    assert store.keys(f"{shopping.namespace}/orders--db-15/base/")
