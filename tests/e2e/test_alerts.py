"""Alerts as Prometheus understands them: each fires at its measure, and its twin just below does not (F3, S3)."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from spec import plan

pytestmark = pytest.mark.e2e

RULES = {"certificates": plan.CERTIFICATES, "databases": plan.DATABASES}
DAY = 86400
OF_DATABASE = 'namespace="shop-prod",pod="orders--db-1"'
OF_STANDBY = 'namespace="shop-prod",pod="orders--db-2"'
OF_CERTIFICATE = 'namespace="shop-prod",name="shop"'


def archiving(since: int, failed: int) -> dict[str, str]:
    return {
        f"cnpg_pg_stat_archiver_seconds_since_last_archival{{{OF_DATABASE}}}": f"{since}x90",
        f"cnpg_pg_stat_archiver_last_failed_time{{{OF_DATABASE}}}": f"{failed}x90",
        f"cnpg_pg_stat_archiver_last_archived_time{{{OF_DATABASE}}}": "1000x90",
    }


def connections(*used: int) -> dict[str, str]:
    """Two instances; what is usable is of the one that writes."""
    return {
        f"cnpg_paas_connections_used{{{OF_DATABASE}}}": f"{used[0]}x90",
        f"cnpg_paas_connections_used{{{OF_STANDBY}}}": f"{used[1]}x90",
        f"cnpg_paas_connections_usable{{{OF_DATABASE}}}": "50x90",
        f"cnpg_paas_connections_usable{{{OF_STANDBY}}}": "50x90",
    }


def certificate(ends: int, renews: int) -> dict[str, str]:
    """Days from the beginning."""
    return {
        f"certmanager_certificate_expiration_timestamp_seconds{{{OF_CERTIFICATE}}}": f"{ends * DAY}x90",
        f"certmanager_certificate_renewal_timestamp_seconds{{{OF_CERTIFICATE}}}": f"{renews * DAY}x90",
    }


def ready(status: int) -> dict[str, str]:
    return {
        f'certmanager_certificate_ready_status{{{OF_CERTIFICATE},condition="False"}}': f"{1 - status}x90",
        f'certmanager_certificate_ready_status{{{OF_CERTIFICATE},condition="True"}}': f"{status}x90",
        f'certmanager_certificate_ready_status{{{OF_CERTIFICATE},condition="Unknown"}}': "0x90",
    }


def backup(by_operator: int, by_plugin: int) -> dict[str, str]:
    """Where its plugin makes them, the operator says for ever what it said last."""
    return {
        f"cnpg_collector_last_available_backup_timestamp{{{OF_DATABASE}}}": f"{by_operator}x90",
        f"barman_cloud_cloudnative_pg_io_last_available_backup_timestamp{{{OF_DATABASE}}}": f"{by_plugin}x90",
    }


FIRES: dict[str, tuple[dict[str, str], dict[str, str], str]] = {
    "DatabaseConnections": (
        connections(34, 1),
        connections(33, 1),
        "database shop-prod/orders has used 70 % of its connections",
    ),
    "DatabaseArchiving": (
        archiving(901, 1001),
        archiving(901, 999),
        "database shop-prod/orders has not archived its changes for a quarter of an hour",
    ),
    "DatabaseStandbyBehind": (
        {f"cnpg_pg_replication_lag{{{OF_STANDBY}}}": "61x90"},
        {f"cnpg_pg_replication_lag{{{OF_STANDBY}}}": "60x90"},
        "a standby of database shop-prod/orders is a minute behind",
    ),
    "DatabaseBackupOld": (
        backup(-3 * DAY, -2 * DAY - 1),
        backup(-3 * DAY, 0),
        "the last backup of database shop-prod/orders is two days old",
    ),
    "CertificateExpires": (
        certificate(13, -30),
        certificate(15, -30),
        "certificate shop-prod/shop ends within two weeks and has not been renewed",
    ),
    "CertificateNotReady": (ready(0), ready(1), "certificate shop-prod/shop has not been issued"),
}
"""By alert: metrics with which it fires, metrics with which it does not, and what it then says."""

HELD = {"1m": 1, "5m": 5, "15m": 15, "1h": 60}  # minutes


def labels(alert: plan.Alert) -> dict[str, str]:
    subject = "name" if alert in plan.CERTIFICATES else "database"
    of = {"namespace": "shop-prod", subject: "shop" if subject == "name" else "orders"}
    return of | {"severity": alert.severity}


def a_case(alert: plan.Alert, metrics: dict[str, str], at: int, expected: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a test as `promtool` takes it."""
    return {
        "interval": "1m",
        "input_series": [{"series": name, "values": values} for name, values in metrics.items()],
        "alert_rule_test": [{"eval_time": f"{at}m", "alertname": alert.name, "exp_alerts": expected}],
    }


def promtool(*words: str) -> str:
    ran = subprocess.run(["promtool", *words], capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def written(folder: Path) -> list[str]:
    paths = [folder / f"{name}.json" for name in RULES]
    for path, (name, found) in zip(paths, RULES.items(), strict=True):
        path.write_text(plan.rules_file(name, found))
    return [str(path) for path in paths]


def test_prometheus_takes_the_rules(tmp_path: Path) -> None:
    assert "SUCCESS: 4 rules found" in promtool("check", "rules", *written(tmp_path))


def test_every_alert_is_tried() -> None:
    assert FIRES.keys() == {alert.name for found in RULES.values() for alert in found}


@pytest.mark.parametrize("alert", [alert for found in RULES.values() for alert in found], ids=lambda each: each.name)
def test_an_alert_fires_at_its_measure_once_it_has_held(alert: plan.Alert, tmp_path: Path) -> None:
    over, under, says = FIRES[alert.name]
    fired = [{"exp_labels": labels(alert), "exp_annotations": {"summary": says}}]
    held = HELD[alert.after]
    cases = [
        a_case(alert, over, held, fired),
        a_case(alert, over, held - 1, []),
        a_case(alert, under, held, []),
    ]
    file = tmp_path / "tests.json"
    file.write_text(json.dumps({"rule_files": written(tmp_path), "tests": cases}))
    assert "SUCCESS" in promtool("test", "rules", str(file))
