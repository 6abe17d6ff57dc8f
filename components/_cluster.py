"""The Cluster of a database: what PostgreSQL is told, by `spec.plan`, in its operator's words."""

from collections.abc import Mapping
from typing import Any

from components import _postgres as postgres
from components._backups import section
from spec import TenantSpec, plan
from spec.labels import MANAGED_BY, labels

NO_LIMIT = -1


def cluster_spec(tenant: TenantSpec, database: str, *, image: str, store: Mapping[str, str]) -> postgres.ClusterSpec:
    """Return the Cluster of a database.

    Args:
        database: its name in the stack file.
        image: PostgreSQL's.
        store: `method`, by which backups are made; `bucket`, `endpoint` and `secret` of where they go.
    """
    spec = tenant.databases[database]
    archives = store["method"] == plan.BY_OPERATOR
    resources = plan.database_resources(tenant, spec, archives=archives)
    owner, instances = plan.sql_name(database), plan.tier(tenant).instances
    settings: dict[str, Any] = {
        "parameters": plan.parameters(tenant, spec, archives=archives),
        "pg_hba": ["hostnossl all all all reject"],
    }
    if instances > 1:
        # A write is on a second disk before it is answered, as long as there is one.
        settings["synchronous"] = {"method": "any", "number": 1, "dataDurability": "preferred"}
    return {
        "instances": instances,
        "imageName": image,
        "enablePDB": instances > 1,  # the only one would keep its node from being drained
        "enableSuperuserAccess": False,
        "primaryUpdateStrategy": "unsupervised",
        "primaryUpdateMethod": "switchover",
        "priorityClassName": plan.priority(tenant),
        "inheritedMetadata": {"labels": _inherited(tenant)},
        "affinity": {
            "enablePodAntiAffinity": True,
            "podAntiAffinityType": "preferred",  # a lost node must not keep a new instance from starting
            "topologyKey": "kubernetes.io/hostname",
        },
        "storage": {
            "size": plan.volume_text(spec),
            "storageClass": plan.database_class(tenant),
            "resizeInUseVolumes": True,
        },
        "resources": {"requests": resources.requests, "limits": resources.limits},
        "postgresql": settings,
        "bootstrap": {"initdb": {"database": owner, "owner": owner, "encoding": "UTF8", "dataChecksums": True}},
        "managed": {"roles": _roles(tenant, database)},
        "certificates": {"serverAltDNSNames": plan.hosts(tenant, database, pooled=True)},
        **section(tenant, database, store),
        "monitoring": {"customQueriesConfigMap": [{"name": plan.queries_name(database), "key": "queries"}]},
        # Sessions are the poolers', and short: nobody is worth waiting for longer.
        "smartShutdownTimeout": 5,
        "stopDelay": 90,
        "switchoverDelay": 60,
        # Who takes over from an instance that was killed waits until its lease has run out: the least that is possible.
        "primaryLease": {"leaseDurationSeconds": 3, "renewDeadlineSeconds": 2, "retryPeriodSeconds": 1},
    }


def _inherited(tenant: TenantSpec) -> dict[str, str]:
    """Labels of what the operator makes: whose it is, and not that it were ours to change."""
    return {key: text for key, text in labels(tenant).items() if key != MANAGED_BY}


def _roles(tenant: TenantSpec, database: str) -> list[postgres.Role]:
    """The owner, which nobody logs in as, then its users in order."""
    budget = plan.budget(tenant.databases[database])
    found: list[postgres.Role] = [
        {
            "name": plan.sql_name(database),
            "ensure": "present",
            "login": False,
            "inherit": True,
            "connectionLimit": NO_LIMIT,
        }
    ]
    for login in plan.logins(tenant, database):
        role: postgres.Role = {
            "name": login.name,
            "ensure": "present",
            "login": login.secret is not None,
            "inherit": True,
            "inRoles": [login.member_of],
            "connectionLimit": budget,
        }
        if login.secret is None:
            role["disablePassword"] = True
        else:
            role["passwordSecret"] = {"name": login.secret}
        found.append(role)
    return found
