"""Backups of databases: when, for how long, and where to."""

import hashlib
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from spec.plan.databases import cluster_name, namespace_of
from spec.plan.sizes import tier
from spec.tenant import TenantSpec

OFF_PEAK_HOURS = (1, 5)
"""UTC, from and before: when backups begin where no maintenance window says it."""

WINTER = datetime(2026, 1, 15, 12, tzinfo=UTC)
"""Schedules know no summer time: then backups begin an hour later by the window's own clock."""

BY_OPERATOR, BY_PLUGIN = "barmanObjectStore", "plugin"
"""Who makes backups, as the operator's kinds call it."""

BARMAN_CLOUD = "barman-cloud.cloudnative-pg.io"
"""What the plugin calls itself."""

KEY_ID, KEY = "accessKeyId", "secretAccessKey"
"""Keys of the Secret that opens the store."""


def backup_schedule(spec: TenantSpec, database: str) -> str:
    """Return when a database is backed up, in the operator's six fields (seconds first, UTC).

    It begins in the maintenance window, else off-peak, at a minute of the database's own: not all of them at once.
    """
    spread = int.from_bytes(hashlib.sha256(f"{namespace_of(spec, database)}/{database}".encode()).digest()[:4], "big")
    if spec.maintenance is None:
        first, end = OFF_PEAK_HOURS
        hour, minute = first + spread // 60 % (end - first), spread % 60
    else:
        hours, minutes = (int(part) for part in spec.maintenance.start.split(":"))
        offset = ZoneInfo(spec.maintenance.timezone).utcoffset(WINTER.replace(tzinfo=None))
        start = hours * 60 + minutes - round((offset.total_seconds() if offset else 0) / 60)
        hour, minute = divmod((start + spread % 15) % (24 * 60), 60)
    times = sorted((hour + step) % 24 for step in range(0, 24, tier(spec).backup_hours))
    return f"0 {minute} {','.join(map(str, times))} * * *"


def retention(spec: TenantSpec) -> str:
    """Return how long backups, and what is needed to reach each second between them, are kept."""
    return f"{tier(spec).retention_days}d"


def destination(spec: TenantSpec, database: str, bucket: str) -> str:
    """Return where a database's backups are, so that each namespace has a folder of its own."""
    return f"s3://{bucket}/{namespace_of(spec, database)}/"


def server_name(database: str, version: int) -> str:
    """Return the folder of one life of a database: after a major upgrade, what was archived before is another's."""
    return f"{cluster_name(database)}-{version}"
