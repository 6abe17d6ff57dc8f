"""Backups are worth what they restore: the newest state, and a second that we choose, each into a place of its own."""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from apiserver import Cluster, wait
from drills._event import told
from drills.backups import ORIGIN, Backups
from drills.postgres import GROUP, Postgres
from drills.verdict import Bench, Verdict
from spec import TenantSpec, plan

RTO_SECONDS = 900.0
"""What is promised: how long a restored database takes to answer, without the time that its data takes to travel."""

ARCHIVE_PATIENCE = 120.0
BACKUP_PATIENCE = 300.0
PASSED_ON = ("imageName", "storage", "resources", "postgresql")
LEFT_OUT = ("synchronous", "pg_hba")


@dataclass(frozen=True)
class Marks:
    """What a table must hold at one moment.

    Attributes:
        at: the moment, as PostgreSQL writes it.
        found: count and checksum.
    """

    at: str
    found: str


def restore(spec: TenantSpec, database: str) -> Verdict:
    """Restore the newest state and a point in time, compare rows, and measure how much and how long it took."""
    cluster = Cluster()
    postgres = Postgres.of(cluster, spec, database)
    bench = Bench("restore", namespace=postgres.namespace, subject=database)
    postgres.settle()
    _backed_up(bench, postgres)
    table = f"paas_drill_{secrets.token_hex(3)}"
    postgres.sql(f"CREATE TABLE {table} (n serial PRIMARY KEY, at timestamptz NOT NULL DEFAULT clock_timestamp())")
    try:
        point = _marked(postgres, table)
        newest = _marked(postgres, table)
        lag = bench.figure("archiveSeconds", _archived(postgres))
        disaster = float(postgres.sql("SELECT extract(epoch FROM clock_timestamp())"))
        tables = _tables(postgres)
        promised = plan.tier(spec).archive_seconds
        with _restored(bench, postgres, "newest") as found:
            _compare(bench, "newest", newest, found, table)
            last = float(found.sql(f"SELECT extract(epoch FROM max(at)) FROM {table}"))
            rpo = bench.figure("rpoSeconds", disaster - last)
            bench.check("lost at most", rpo <= promised, found=f"{rpo:.1f} s", wanted=f"{promised} s")
            bench.check("tables", _tables(found) == tables, found=_tables(found), wanted=tables)
        bench.check("archived within", lag <= promised, found=f"{lag:.1f} s", wanted=f"{promised} s")
        with _restored(bench, postgres, "point", target=point.at) as found:
            _compare(bench, "point in time", point, found, table)
    finally:
        postgres.sql(f"DROP TABLE {table}")
    return told(cluster, postgres.path, bench.verdict())


def _backed_up(bench: Bench, postgres: Postgres) -> None:
    """A new database has its first backup soon, and so has one of a new version; one that never has any fails here."""
    what = f"a backup of {postgres.namespace}/{postgres.name}"
    at = wait(what, lambda: Backups.of(postgres).newest(), within=BACKUP_PATIENCE)
    bench.check("newest backup", True, found=at, wanted="one that is complete")


def _marked(postgres: Postgres, table: str) -> Marks:
    """Write rows, and return what there is at the second that follows them."""
    for _ in range(5):
        postgres.sql(f"INSERT INTO {table} DEFAULT VALUES")
    time.sleep(1.5)  # recovery stops at a moment: none of the rows may share the second with it
    at = postgres.sql("SELECT date_trunc('second', clock_timestamp())")
    found = postgres.sql(_checksum(table))
    time.sleep(1.5)
    return Marks(at=at, found=found)


def _checksum(table: str) -> str:
    return f"SELECT count(*), md5(string_agg(n || '@' || extract(epoch FROM at), ',' ORDER BY n)) FROM {table}"


def _archived(postgres: Postgres) -> float:
    """Have what was written archived, and return how many seconds that took."""
    start = time.monotonic()
    segment = postgres.sql("SELECT pg_walfile_name(pg_switch_wal())")

    def ask() -> bool:
        last = postgres.sql("SELECT coalesce(last_archived_wal, '') FROM pg_stat_archiver")
        # Names of segments of one timeline sort as they follow each other; history files are none.
        return len(last) == len(segment) and last >= segment

    wait(f"segment {segment} archived", ask, within=ARCHIVE_PATIENCE)
    return time.monotonic() - start


def _tables(postgres: Postgres) -> str:
    return postgres.sql("SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')")


def _compare(bench: Bench, what: str, wanted: Marks, found: Postgres, table: str) -> None:
    rows = found.sql(_checksum(table))
    bench.check(f"rows of the {what}", rows == wanted.found, found=rows, wanted=wanted.found)


@contextmanager
def _restored(bench: Bench, origin: Postgres, name: str, *, target: str | None = None) -> Iterator[Postgres]:
    """Give the database as it was, in a namespace of its own that is gone afterwards.

    Args:
        target: a moment; None for the newest state.
    """
    cluster, scratch = origin.cluster, f"paas-drill-{secrets.token_hex(3)}"
    source = origin.object()["spec"]
    start = time.monotonic()
    try:
        labels = {"paas.internal/drill": "restore", **plan.pod_security()}
        cluster.call("POST", "/api/v1/namespaces", {"metadata": {"name": scratch, "labels": labels}})
        body = _cluster(name, source, Backups.of(origin).copied_to(scratch), target)
        cluster.call("POST", f"{GROUP}/namespaces/{scratch}/clusters", body)
        found = Postgres(cluster, scratch, name, origin.database)
        found.settle(RTO_SECONDS)
        found.sql("SELECT 1")
        rto = bench.figure(f"{name}RtoSeconds", time.monotonic() - start)
        bench.check(
            f"restored ({name}) within", rto <= RTO_SECONDS, found=f"{rto:.0f} s", wanted=f"{RTO_SECONDS:.0f} s"
        )
        yield found
    finally:
        cluster.call("DELETE", f"/api/v1/namespaces/{scratch}")
        wait(f"namespace {scratch} gone", lambda: cluster.get(f"/api/v1/namespaces/{scratch}") is None, within=180)


def _cluster(name: str, source: dict[str, Any], external: dict[str, Any], target: str | None) -> dict[str, Any]:
    recovery: dict[str, Any] = {"source": ORIGIN}
    if target is not None:
        recovery["recoveryTarget"] = {"targetTime": target}
    passed = {key: source[key] for key in PASSED_ON}
    passed["postgresql"] = {key: value for key, value in source["postgresql"].items() if key not in LEFT_OUT}
    scratch_class = next(each.name for each in plan.storage_classes() if each.reclaim == "Delete")
    return {
        "apiVersion": "postgresql.cnpg.io/v1",
        "kind": "Cluster",
        "metadata": {"name": name},
        "spec": passed
        | {
            "instances": 1,
            "enablePDB": False,
            "storage": passed["storage"] | {"storageClass": scratch_class},
            "bootstrap": {"recovery": recovery},
            "externalClusters": [external],
        },
    }
