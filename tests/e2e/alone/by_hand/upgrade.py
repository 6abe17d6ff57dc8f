"""A database goes from PostgreSQL 15 to 17 for real: rows, standstill, backups, and the ways back (F3, K5, O5, S3).

By hand, for it takes eleven minutes and an image that no other test needs:

    python -m sandbox up --tests && python -m sandbox image postgres-17 && eval "$(python -m sandbox env)"
    python -m pytest tests/e2e/alone/by_hand/upgrade.py
"""

import json
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
import yaml

from sandbox.images.catalogue import POSTGRES_NEWER
from tests.e2e.databases.objects import BUCKET, SECRET, Store
from tests.e2e.databases.platforms import changed
from tests.e2e.databases.shops import ORDERS, Shop, a_shop, customers
from tests.e2e.stacks import ROOT, kubectl
from tests.told import TOLD

pytestmark = [pytest.mark.e2e, pytest.mark.node, pytest.mark.timeout(900)]

Tell = Callable[[str, str], None]

BACKUP_SECONDS = 240
WAY_BACK = "paas-way-back"
ROWS = "SELECT count(*), md5(string_agg(n::text || at::text, ',' ORDER BY n)) FROM orders WHERE n <= {}"
STALE = """
SELECT count(*) FROM pg_index JOIN pg_class c ON c.oid = indexrelid, unnest(indcollation) AS used(oid)
JOIN pg_collation USING (oid)
WHERE c.relnamespace::regnamespace::text !~ '^pg_'
AND (collprovider NOT IN ('c', 'd', 'b') OR collcollate !~ '^(C|POSIX)$')
"""


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The example platform with one version more, as long as the tests run."""

    def one_more(platform: dict[str, Any]) -> None:
        platform["databases"]["images"]["17"] = POSTGRES_NEWER.reference

    with changed(tmp_path_factory.mktemp("platform"), one_more):
        yield


@pytest.fixture(scope="module")
def shopping(store: Store, platform: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with a_shop(tmp_path_factory.mktemp("shop"), name="dbnext") as found:
        found.sql("INSERT INTO orders (at) SELECT clock_timestamp() FROM generate_series(1, 200000)")
        base(store, f"{found.namespace}/orders--db-15/")
        yield found


def base(store: Store, prefix: str) -> None:
    """Wait for a whole backup in a folder."""
    end = time.monotonic() + BACKUP_SECONDS
    while not any(key.endswith("backup.info") for key in store.keys(f"{prefix}base/")):
        assert time.monotonic() < end, store.keys(prefix)
        time.sleep(2)


def status(shop: Shop) -> dict[str, Any]:
    found = json.loads(kubectl("-n", shop.namespace, "get", "cluster", "orders--db", "-o", "json"))
    kept: dict[str, Any] = found["status"]
    return kept


def version(shop: Shop) -> int:
    return int(shop.sql("SHOW server_version_num")) // 10000


def at(number: int) -> dict[str, Any]:
    return {"orders": ORDERS | {"version": number}}


def test_an_upgrade_that_pg_upgrade_refuses_harms_nothing_and_is_taken_back(
    shopping: Shop, record_property: Tell
) -> None:
    """The negative twin: a column of a kind that no upgrade can carry over; the way back is the version in the file."""
    shopping.sql("CREATE TABLE hindrance (what regproc)")
    newest = int(shopping.sql("SELECT max(n) FROM orders"))
    before = shopping.sql(ROWS.format(newest))
    shopping.tenant.write(shopping.tenant.document() | {"databases": at(17)})
    failed = shopping.tenant.stack.attempt("up", "--yes", "--skip-preview")
    said = failed.stdout + failed.stderr
    assert failed.returncode != 0, said
    assert "orders--db was not ready after 180 s" in said, said
    record_property(TOLD, f"a failed upgrade: {said[-1500:]}")
    assert status(shopping)["pgDataImageInfo"]["majorVersion"] == 15
    shopping.tenant.write(shopping.tenant.document() | {"databases": at(15)})
    start = time.monotonic()
    shopping.tenant.stack.up()
    record_property(TOLD, f"back at the old version after {time.monotonic() - start:.0f} s")
    assert version(shopping) == 15
    assert shopping.sql(ROWS.format(newest)) == before
    shopping.ask("/write")
    shopping.sql("DROP TABLE hindrance")
    # What the old version archived last went to the new one's folder: only a backup closes the gap.
    backup = {
        "apiVersion": "postgresql.cnpg.io/v1",
        "kind": "Backup",
        "metadata": {"name": "by-hand", "labels": shopping.tenant.labels},
        "spec": {"cluster": {"name": "orders--db"}, "method": "barmanObjectStore", "target": "primary"},
    }
    kubectl("-n", shopping.namespace, "create", "-f", "-", stdin=json.dumps(backup))
    kubectl(
        "-n", shopping.namespace, "wait", "--for=jsonpath={.status.phase}=completed", "backup/by-hand", "--timeout=55s"
    )


def test_a_database_is_upgraded_in_place(shopping: Shop, record_property: Tell) -> None:
    newest = int(shopping.sql("SELECT max(n) FROM orders"))
    before = shopping.sql(ROWS.format(newest))
    users = shopping.sql(
        "SELECT string_agg(rolname || rolconnlimit, ',' ORDER BY rolname) FROM pg_roles WHERE rolcanlogin"
    )
    start = time.monotonic()
    with customers(shopping) as served:
        time.sleep(3)
        shopping.tenant.write(shopping.tenant.document() | {"databases": at(17)})
        said = shopping.tenant.stack.up()
        ended = time.monotonic() - start
        time.sleep(5)
    taken = served.answers["200"]
    record_property(TOLD, f"upgrade 15 to 17: standstill {served.standstill:.0f} s, run {ended:.0f} s, {taken} orders")
    assert version(shopping) == 17, said
    assert shopping.sql(ROWS.format(newest)) == before
    assert shopping.rows() >= newest + taken
    now = shopping.sql(
        "SELECT string_agg(rolname || rolconnlimit, ',' ORDER BY rolname) FROM pg_roles WHERE rolcanlogin"
    )
    assert now == users
    shopping.ask("/write")
    assert status(shopping)["readyInstances"] == 2
    assert shopping.sql("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'") == "1"


def test_no_collation_of_the_old_system_is_left(shopping: Shop) -> None:
    """All is compared byte by byte, which no system does otherwise; what a tenant sorts otherwise is found."""
    assert (
        shopping.sql("SELECT DISTINCT datcollate || datctype || coalesce(datcollversion, '-') FROM pg_database")
        == "CC-"
    )
    assert shopping.sql(STALE) == "0"
    shopping.sql('CREATE TABLE words (word text COLLATE "en-x-icu"); CREATE INDEX ON words (word)')
    assert shopping.sql(STALE) == "1"
    shopping.sql("DROP TABLE words")


def test_who_binds_may_have_statistics_made_anew(shopping: Shop) -> None:
    missing = "SELECT count(*) FROM pg_class WHERE relname = 'orders' AND reltuples < 0"
    before = shopping.sql("SELECT count(*) FROM pg_stats WHERE tablename = 'orders'")
    shopping.sql("SET ROLE orders_1; ANALYZE orders")
    assert (before, shopping.sql(missing)) == ("0", "0")
    assert int(shopping.sql("SELECT count(*) FROM pg_stats WHERE tablename = 'orders'")) > 0


def test_a_lower_version_is_refused_at_preview(shopping: Shop) -> None:
    document = shopping.tenant.document()
    shopping.tenant.write(document | {"databases": at(15)})
    refused = shopping.tenant.stack.attempt("preview")
    shopping.tenant.write(document)
    said = refused.stdout + refused.stderr
    assert refused.returncode != 0, said
    assert "can't downgrade from major 17 to 15" in said, said


def test_backups_of_the_new_version_begin_at_once_in_a_folder_of_their_own(
    shopping: Shop, store: Store, record_property: Tell
) -> None:
    prefix = f"{shopping.namespace}/orders--db-17/"
    base(store, prefix)
    keys = store.keys(f"{shopping.namespace}/")
    record_property(TOLD, f"folders: {[key.partition('/')[2] for key in keys]}")
    verdict = shopping.drill("restore", shopping.tenant.stack.name, "orders")
    record_property(TOLD, f"restore of 17: {verdict['figures']}")


def started(shop: Shop) -> str:
    return shop.sql("SELECT pg_postmaster_start_time()")


def move_back(store: Store, shop: Shop) -> list[str]:
    """Copy what the old version archived as it was stopped from the new version's folder to its own."""
    new, old = (f"{shop.namespace}/orders--db-{number}/wals/" for number in (17, 15))
    found = store.client.list_objects_v2(Bucket=BUCKET, Prefix=new)["Contents"]
    until = datetime.fromisoformat(started(shop))
    keys = [each["Key"].removeprefix(new) for each in found if each["LastModified"] < until]
    for key in keys:
        store.client.copy_object(Bucket=BUCKET, Key=old + key, CopySource={"Bucket": BUCKET, "Key": new + key})
    return keys


def test_the_old_version_is_restored_beside_it(shopping: Shop, store: Store, record_property: Tell) -> None:
    manifest = yaml.safe_load((ROOT / "docs/guide/way-back.yaml").read_text())
    origin = manifest["spec"]["externalClusters"][0]["barmanObjectStore"]
    assert origin["destinationPath"] == f"s3://{BUCKET}/acme-prod/"
    origin["destinationPath"] = f"s3://{BUCKET}/{shopping.namespace}/"
    key = json.loads(kubectl("-n", shopping.namespace, "get", "secret", SECRET, "-o", "json"))
    moved = move_back(store, shopping)
    assert moved, "the old version archived as it was stopped"
    kubectl("create", "namespace", WAY_BACK)
    start = time.monotonic()
    try:
        copy = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": SECRET}, "data": key["data"]}
        kubectl("-n", WAY_BACK, "apply", "-f", "-", stdin=json.dumps(copy))
        kubectl("-n", WAY_BACK, "apply", "-f", "-", stdin=json.dumps(manifest))
        while (
            kubectl("-n", WAY_BACK, "get", "cluster", "before", "-o", "jsonpath={.status.phase}")
            != "Cluster in healthy state"
        ):
            assert time.monotonic() - start < BACKUP_SECONDS, kubectl("-n", WAY_BACK, "get", "pods")
            time.sleep(2)
        took = time.monotonic() - start
        words = ("exec", "-n", WAY_BACK, "before-1", "-c", "postgres", "--", "psql", "-XAtq", "-d", "orders", "-c")
        assert kubectl(*words, "SHOW server_version_num").startswith("15")
        there = int(kubectl(*words, "SELECT max(n) FROM orders"))
        assert there >= 200000
        assert kubectl(*words, ROWS.format(there)).strip() == shopping.sql(ROWS.format(there))
        record_property(TOLD, f"way back: {took:.0f} s, newest order {there}, of {shopping.rows()} now; moved {moved}")
        last = shopping.sql(f"SELECT max(n) FROM orders WHERE at < '{started(shopping)}'")
        assert there == int(last), "the very last order of the old version is there"
    finally:
        kubectl("delete", "namespace", WAY_BACK, "--wait=false")
