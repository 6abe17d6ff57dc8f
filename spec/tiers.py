"""What each tier is worth: quota, sizes, copies. Data only; `spec.plan` does the arithmetic.

A tier is what a tenant buys. Its quota is for the whole environment, whatever number of namespaces it is split over.
"""

from dataclasses import dataclass
from enum import StrEnum


class Tier(StrEnum):
    """How much an environment may use, and how well it is looked after."""

    FREE = "free"
    SMALL = "small"
    STANDARD = "standard"
    CRITICAL = "critical"


@dataclass(frozen=True, kw_only=True)
class Size:
    """CPU, memory and scratch disk: of one container or of a whole environment."""

    cpu: str
    memory: str
    disk: str


@dataclass(frozen=True, kw_only=True)
class Facts:
    """A row of the table.

    Attributes:
        quota: the sum of requests of everything that runs.
        storage: the sum of persistent volumes.
        counts: how many objects of a kind, by Kubernetes' quota name.
        container: what a container gets that asks for nothing.
        largest: the most that one container may ask for.
        volume: the largest persistent volume.
        burst: CPU limit over CPU request: how much slower an app may get, at worst, when its neighbours take all that
            they may: the kernel shares a full core by requests. Memory has no burst: its limit is its request.
        replicas: copies of an app that asks for nothing.
        least_replicas: the fewest copies that an app may ask for.
        instances: of a database: one that writes, the others stand by.
        poolers: what stands in front of a database, so that many connections become few.
        backup_hours: how often a database is backed up as a whole; what changes is archived all the time.
        archive_seconds: how much of what changes may be lost with all instances, at most.
        priority: which pods go first when a node is full; higher wins.
        retention_days: how long logs and backups are kept.
    """

    quota: Size
    storage: str
    counts: dict[str, int]
    container: Size
    largest: Size
    volume: str
    burst: int
    replicas: int
    least_replicas: int
    instances: int
    poolers: int
    backup_hours: int
    archive_seconds: int
    priority: int
    retention_days: int


def _counts(pods: int) -> dict[str, int]:
    """Objects in proportion to pods. Node ports and load balancers are the platform's: tenants have none."""
    return {
        "pods": pods,
        "services": pods,
        "services.loadbalancers": 0,
        "services.nodeports": 0,
        "secrets": 2 * pods,
        "configmaps": 2 * pods,
        "persistentvolumeclaims": pods // 2,
        "count/deployments.apps": pods,
        "count/replicasets.apps": 10 * pods,
        "count/statefulsets.apps": pods,
        "count/jobs.batch": 2 * pods,
        "count/cronjobs.batch": pods,
        "count/networkpolicies.networking.k8s.io": 2 * pods,
    }


TIERS: dict[Tier, Facts] = {
    Tier.FREE: Facts(
        quota=Size(cpu="500m", memory="1Gi", disk="2Gi"),
        storage="2Gi",
        counts=_counts(10),
        container=Size(cpu="50m", memory="32Mi", disk="64Mi"),
        largest=Size(cpu="500m", memory="512Mi", disk="1Gi"),
        volume="1Gi",
        burst=2,
        replicas=1,
        least_replicas=1,
        instances=1,
        poolers=1,
        backup_hours=24,
        archive_seconds=300,
        priority=1_000,
        retention_days=3,
    ),
    Tier.SMALL: Facts(
        quota=Size(cpu="2", memory="4Gi", disk="8Gi"),
        storage="20Gi",
        counts=_counts(30),
        container=Size(cpu="50m", memory="64Mi", disk="128Mi"),
        largest=Size(cpu="1", memory="2Gi", disk="2Gi"),
        volume="10Gi",
        burst=2,
        replicas=1,
        least_replicas=1,
        instances=1,
        poolers=1,
        backup_hours=24,
        archive_seconds=300,
        priority=2_000,
        retention_days=7,
    ),
    Tier.STANDARD: Facts(
        quota=Size(cpu="8", memory="16Gi", disk="32Gi"),
        storage="200Gi",
        counts=_counts(100),
        container=Size(cpu="50m", memory="64Mi", disk="128Mi"),
        largest=Size(cpu="4", memory="8Gi", disk="8Gi"),
        volume="100Gi",
        burst=2,
        replicas=2,
        least_replicas=1,
        instances=2,
        poolers=2,
        backup_hours=24,
        archive_seconds=300,
        priority=3_000,
        retention_days=30,
    ),
    Tier.CRITICAL: Facts(
        quota=Size(cpu="32", memory="64Gi", disk="128Gi"),
        storage="1Ti",
        counts=_counts(300),
        container=Size(cpu="100m", memory="128Mi", disk="256Mi"),
        largest=Size(cpu="16", memory="32Gi", disk="32Gi"),
        volume="500Gi",
        burst=2,
        replicas=3,
        least_replicas=2,
        instances=3,
        poolers=2,
        backup_hours=12,
        archive_seconds=60,
        priority=4_000,
        retention_days=90,
    ),
}
