"""What is measured in a database, and the measure at which somebody is told.

The queries run in every instance, beside those that its operator brings; the expressions are Prometheus' own.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from spec.database import DatabaseSpec
from spec.plan.databases import BUDGET_PERCENT, cluster_name, sql_name, usable


@dataclass(frozen=True, kw_only=True)
class Alert:
    """One rule.

    Attributes:
        name: stable; runbooks go by it.
        expression: PromQL that has a value where it fires.
        after: for how long it must hold.
        severity: `warning` or `critical`.
        says: what is wrong, to who is called.
    """

    name: str
    expression: str
    after: str
    severity: str
    says: str


CERTIFICATES = (
    Alert(
        name="CertificateExpires",
        expression="certmanager_certificate_expiration_timestamp_seconds - time() < 14 * 86400"
        " and certmanager_certificate_expiration_timestamp_seconds"
        " - certmanager_certificate_renewal_timestamp_seconds > 14 * 86400",
        after="1h",
        severity="critical",
        says="certificate {{ $labels.namespace }}/{{ $labels.name }} ends within two weeks and has not been renewed",
    ),
    Alert(
        name="CertificateNotReady",
        expression='max by (namespace, name) (certmanager_certificate_ready_status{condition!="True"}) == 1',
        after="15m",
        severity="warning",
        says="certificate {{ $labels.namespace }}/{{ $labels.name }} has not been issued",
    ),
)
"""Of all certificates at once; one that is meant to live for less than two weeks is never late by the first."""


def _each(metric: str) -> str:
    """Return a metric of an instance with the database that it is of, by the name of its pod."""
    return f'label_replace({metric}, "database", "$1", "pod", "{cluster_name("(.+)")}-[0-9]+")'


_BY = "by (namespace, database)"
_SAID = "database {{ $labels.namespace }}/{{ $labels.database }}"

_LAST_BACKUP = (
    '{__name__=~"cnpg_collector_last_available_backup_timestamp'
    '|barman_cloud_cloudnative_pg_io_last_available_backup_timestamp"}'
)
"""The later one counts: where its plugin makes them, the operator goes on with what it said last, or with 0."""

DATABASES = (
    Alert(
        name="DatabaseConnections",
        expression=f"100 * sum {_BY} ({_each('cnpg_paas_connections_used')})"
        f" / max {_BY} ({_each('cnpg_paas_connections_usable')}) >= {BUDGET_PERCENT}",
        after="1m",
        severity="warning",
        says=f"{_SAID} has used {{{{ $value | humanize }}}} % of its connections",
    ),
    Alert(
        name="DatabaseArchiving",
        expression=f"max {_BY} ({_each('cnpg_pg_stat_archiver_seconds_since_last_archival')}) > 900"
        f" and max {_BY} ({_each('cnpg_pg_stat_archiver_last_failed_time')})"
        f" > max {_BY} ({_each('cnpg_pg_stat_archiver_last_archived_time')})",
        after="5m",
        severity="critical",
        says=f"{_SAID} has not archived its changes for a quarter of an hour",
    ),
    Alert(
        name="DatabaseStandbyBehind",
        expression=f"max {_BY} ({_each('cnpg_pg_replication_lag')}) > 60",
        after="5m",
        severity="warning",
        says=f"a standby of {_SAID} is a minute behind",
    ),
    Alert(
        name="DatabaseBackupOld",
        expression=f"time() - max {_BY} ({_each(_LAST_BACKUP)}) > 2 * 86400",
        after="1h",
        severity="critical",
        says=f"the last backup of {_SAID} is two days old",
    ),
)
"""Of all databases at once. Whoever collects their metrics says `namespace` and `pod` of each, as is usual."""


def rules_file(group: str, found: Sequence[Alert]) -> str:
    """Return rules as Prometheus reads them from a file; JSON is YAML."""
    rules = [
        {
            "alert": alert.name,
            "expr": alert.expression,
            "for": alert.after,
            "labels": {"severity": alert.severity},
            "annotations": {"summary": alert.says},
        }
        for alert in found
    ]
    return json.dumps({"groups": [{"name": group, "rules": rules}]}, indent=1)


def queries_name(database: str) -> str:
    """Return the ConfigMap with a database's queries."""
    return f"{cluster_name(database)}-queries"


def queries(name: str, database: DatabaseSpec) -> str:
    """Return queries as the operator's exporter takes them: metrics are `cnpg_<query>_<column>`."""
    return f"""\
paas_connections:
  query: >-
    SELECT count(*) AS used, {usable(database)} AS usable
    FROM pg_catalog.pg_stat_activity WHERE backend_type = 'client backend' AND datname = '{sql_name(name)}'
  metrics:
    - used: {{usage: GAUGE, description: Connections of programs and people}}
    - usable: {{usage: GAUGE, description: Connections that are not the platform's own}}
"""
