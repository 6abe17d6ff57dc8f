"""Databases: how large, how many instances, who logs in, and how many connections there are to share out."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from spec import names
from spec.app import AppSpec
from spec.database import DatabasePlan, DatabaseSpec
from spec.plan.shared import storage_classes
from spec.plan.sizes import Resources, less, resources, tier
from spec.plan.workload import copies
from spec.quantity import binary_text, parse
from spec.tenant import Environment, TenantSpec
from spec.tiers import Size
from spec.workload import Binding, Workload

OPERATOR_NAMESPACE = "cnpg-system"
"""Where CloudNativePG runs."""

POSTGRES_PORT = 5432
STATUS_PORT = 8000
"""Of each instance: its operator asks there."""

REGISTRY = "ghcr.io"
"""From where the platform's database images come, unless it says otherwise."""

RESERVED_CONNECTIONS = 10
"""Of `max_connections`: three for superusers, the rest for the operator, standbys, backups and monitoring."""

BUDGET_PERCENT = 70
"""Of the usable connections, that apps may take together. What is above is for rollouts, people, and the alert."""

DEFAULT_POOL = 5
MOST_CLIENTS = 1000
"""Connections that one pooler takes; more than it has servers wait there, not in the database."""

POOLER = Size(cpu="50m", memory="64Mi", disk="64Mi")

ARCHIVER = Size(cpu="100m", memory="192Mi", disk="64Mi")
"""What takes backups away from an instance, where it has a container of its own: a part of what the plan gives the
instance, for without that container the same programs run within it."""

CA_FOLDER = "/databases"


@dataclass(frozen=True, kw_only=True)
class PlanFacts:
    """A row of the table of plans; every instance is as large.

    Attributes:
        size: CPU, memory and scratch disk.
        storage: its volume.
        max_connections: PostgreSQL's own setting.
    """

    size: Size
    storage: str
    max_connections: int


DATABASE_PLANS: dict[DatabasePlan, PlanFacts] = {
    DatabasePlan.SMALL: PlanFacts(
        size=Size(cpu="250m", memory="512Mi", disk="256Mi"), storage="1Gi", max_connections=60
    ),
    DatabasePlan.MEDIUM: PlanFacts(size=Size(cpu="1", memory="2Gi", disk="1Gi"), storage="10Gi", max_connections=120),
    DatabasePlan.LARGE: PlanFacts(size=Size(cpu="2", memory="4Gi", disk="2Gi"), storage="50Gi", max_connections=220),
    DatabasePlan.XLARGE: PlanFacts(size=Size(cpu="4", memory="8Gi", disk="4Gi"), storage="100Gi", max_connections=420),
}


def cluster_name(database: str) -> str:
    """Return the name of a database's Cluster; no app or job can have one with `--`."""
    return f"{database}--db"


def pooler_name(database: str) -> str:
    """Return the name of its pooler, and of the Service that apps call."""
    return f"{database}--pool"


def login_secret(database: str, number: int) -> str:
    """Return the Secret of its user `number`."""
    return f"{database}--login-{number}"


def ca_secret(database: str) -> str:
    """Return the Secret whose `ca.crt` its servers are known by; the operator makes and renews it."""
    return f"{cluster_name(database)}-ca"


def ca_file(database: str) -> str:
    """Return where what binds to it finds that certificate."""
    return f"{CA_FOLDER}/{database}/ca.crt"


def sql_name(database: str) -> str:
    """Return its name, and its owner's, as SQL needs no quotes for."""
    return database.replace("-", "_")


def namespace_of(spec: TenantSpec, database: str) -> str:
    """Return where a database is."""
    return names.namespace(spec.name, spec.environment, spec.databases[database].namespace)


def hosts(spec: TenantSpec, database: str, *, pooled: bool) -> list[str]:
    """Return the names under which a database is called, the shortest that works from everywhere first."""
    service = pooler_name(database) if pooled else f"{cluster_name(database)}-rw"
    namespace = namespace_of(spec, database)
    return [f"{service}.{namespace}", service, f"{service}.{namespace}.svc", f"{service}.{namespace}.svc.cluster.local"]


@dataclass(frozen=True, kw_only=True)
class Login:
    """A user of a database.

    Attributes:
        name: in SQL.
        member_of: the user before it, at first the owner: what one makes, those after it may change.
        secret: where its name and password stand; None for one that may not log in any more.
    """

    name: str
    member_of: str
    secret: str | None


def logins(spec: TenantSpec, database: str) -> list[Login]:
    """Return all users that a database ever had, the present one last. The last two may log in."""
    owner, newest = sql_name(database), spec.databases[database].credentials
    return [
        Login(
            name=f"{owner}_{number}",
            member_of=owner if number == 1 else f"{owner}_{number - 1}",
            secret=login_secret(database, number) if number >= newest - 1 else None,
        )
        for number in range(1, newest + 1)
    ]


def database_resources(spec: TenantSpec, database: DatabaseSpec, *, archives: bool = True) -> Resources:
    """Return requests and limits of each instance: memory is reserved in full, so that none is killed for another's.

    Args:
        archives: whether it takes its backups away itself; else without what does it beside it.
    """
    return resources(_size(database, archives=archives), tier(spec).burst)


def _size(database: DatabaseSpec, *, archives: bool) -> Size:
    size = DATABASE_PLANS[database.plan].size
    return size if archives else less(size, ARCHIVER)


def archiver_resources(spec: TenantSpec) -> Resources:
    """Return requests and limits of what takes backups away, where that stands beside each instance."""
    return resources(ARCHIVER, tier(spec).burst)


def pooler_resources(spec: TenantSpec) -> Resources:
    """Return requests and limits of each pooler."""
    return resources(POOLER, tier(spec).burst)


def database_storage(database: DatabaseSpec) -> str:
    """Return the disk of each instance."""
    return database.storage or DATABASE_PLANS[database.plan].storage


def database_class(spec: TenantSpec) -> str:
    """Return the storage class of its volumes: production's outlive whatever is deleted by mistake."""
    reclaim = "Retain" if spec.environment is Environment.PROD else "Delete"
    return next(found.name for found in storage_classes() if found.reclaim == reclaim)


def kept(spec: TenantSpec, database: str) -> bool:
    """Return whether a database is protected: in production, until it is parted with by name."""
    return spec.environment is Environment.PROD and spec.databases[database].retire is None


def parameters(spec: TenantSpec, database: DatabaseSpec, *, archives: bool = True) -> dict[str, str]:
    """Return PostgreSQL's settings: memory by the rules of thumb of its own manual, the rest so that one can see in.

    Args:
        archives: as for `database_resources`.
    """
    facts = DATABASE_PLANS[database.plan]
    mebi = int(parse(_size(database, archives=archives).memory) / Decimal(1024**2))
    return {
        "max_connections": str(facts.max_connections),
        "shared_buffers": f"{mebi // 4}MB",
        "effective_cache_size": f"{mebi * 5 // 8}MB",
        "maintenance_work_mem": f"{mebi // 16}MB",
        # Every connection of the budget may sort at once within a quarter of the memory.
        "work_mem": f"{max(1, mebi // 4 // budget(database))}MB",
        "archive_timeout": f"{tier(spec).archive_seconds}s",
        "idle_in_transaction_session_timeout": "60s",
        "log_min_duration_statement": "1s",
        "pg_stat_statements.track": "top",
    }


def usable(database: DatabaseSpec) -> int:
    """Return how many connections are not the platform's own."""
    return DATABASE_PLANS[database.plan].max_connections - RESERVED_CONNECTIONS


def budget(database: DatabaseSpec) -> int:
    """Return how many connections everything that binds to a database may hold together."""
    return usable(database) * BUDGET_PERCENT // 100


def servers(spec: TenantSpec, database: DatabaseSpec) -> int:
    """Return how many connections to the database each pooler has: together within the budget, whoever floods them."""
    return max(1, budget(database) // tier(spec).poolers)


@dataclass(frozen=True, kw_only=True)
class Share:
    """What one app or job may take of a database's connections.

    Attributes:
        path: `apps.web.bindings.orders`.
        copies: the most there are.
        pool: connections of each.
    """

    path: str
    copies: int
    pool: int

    @property
    def connections(self) -> int:
        """Of all copies."""
        return self.copies * self.pool


def bound(spec: TenantSpec, database: str) -> Iterator[tuple[str, Workload, str, Binding]]:
    """Yield what binds to a database: its path, itself, and its binding with the name."""
    workloads = [(f"apps.{name}", each) for name, each in spec.apps.items()]
    for path, workload in [*workloads, *((f"jobs.{name}", each) for name, each in spec.jobs.items())]:
        for name, binding in workload.bindings.items():
            if binding.database == database:
                yield path, workload, name, binding


def shares(spec: TenantSpec, database: str) -> list[Share]:
    """Return what each binding may take: apps at their most copies, jobs one run at a time."""
    return [
        Share(
            path=f"{path}.bindings.{name}",
            copies=copies(spec, workload)[1] if isinstance(workload, AppSpec) else 1,
            pool=binding.pool or DEFAULT_POOL,
        )
        for path, workload, name, binding in bound(spec, database)
    ]


def volume_text(database: DatabaseSpec) -> str:
    """Return the disk of each instance in the API server's spelling."""
    return binary_text(parse(database_storage(database)))
