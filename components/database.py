"""A database: a PostgreSQL with standbys, poolers in front of it, users, and backups that its operator makes.

What the operator makes of it (pods, claims, Services, certificates) it makes by itself. Deliberately not here: the key
to the object store, which whoever runs the platform puts into the namespace, and the operator.
"""

import json
from dataclasses import dataclass
from typing import Any

from pulumi import Input, Output, ResourceOptions

from components import _postgres as postgres
from components._backups import object_store, way
from components._base import Args, Component, Outputs
from components._cluster import cluster_spec
from components._credentials import encoded, password
from components._facts import PlatformFacts, backup_store, database_fact, database_image
from components._kubernetes import ConfigMap, PodDisruptionBudget, Secret
from components._meta import meta
from spec import DatabaseSpec, TenantSpec, plan
from spec.labels import labels

WAIT_FOR, TIMEOUT = "pulumi.com/waitFor", "pulumi.com/timeoutSeconds"
HEALTHY = ("jsonpath={.status.phase}=Cluster in healthy state", "condition=Ready")
MAJOR = "jsonpath={{.status.pgDataImageInfo.majorVersion}}={}"  # of what is on the disk
APPLIED = "jsonpath={.status.applied}=true"
COMPLETED = "jsonpath={.status.phase}=completed"
RELOADED = {"cnpg.io/reload": "true"}  # the operator reads again what bears it


@dataclass(frozen=True, kw_only=True)
class ManagedDatabaseArgs(Args):
    """One database of an environment.

    Attributes:
        tenant: the environment that it is part of.
        database: its name there.
        facts: of the platform.
        namespace: where it is.
    """

    spec: DatabaseSpec
    tenant: TenantSpec
    database: str
    facts: PlatformFacts
    namespace: Input[str]


@dataclass(frozen=True, kw_only=True)
class ManagedDatabaseOutputs(Outputs):
    """Where it is called from within the cluster, through its pooler."""

    host: str


class ManagedDatabase(Component[ManagedDatabaseArgs, ManagedDatabaseOutputs]):
    """A Cluster with what belongs to it."""

    token = "paas:data:ManagedDatabase"

    def build(self, name: str, args: ManagedDatabaseArgs) -> ManagedDatabaseOutputs:
        """Make the database's objects: its users' Secrets first, for it begins with them."""
        tenant, database = args.tenant, args.database
        store = backup_store(args.facts, database)
        before = [
            *_secrets(name, args, self.child()),
            _queries(name, args, self.child()),
            object_store(name, tenant, database, namespace=args.namespace, store=store, opts=self.child()),
        ]
        kept = ResourceOptions(protect=plan.kept(tenant, database), depends_on=before)
        cluster = postgres.Cluster(
            f"{name}-cluster",
            # As long as its operator has not seen a new version, it is as healthy as before.
            metadata=_meta(
                args,
                plan.cluster_name(database),
                wait=json.dumps([MAJOR.format(args.spec.version), *HEALTHY]),
            ),
            spec=Output.all(database_image(args.facts, database, args.spec.version), store).apply(
                lambda found: cluster_spec(tenant, database, image=found[0], store=found[1])
            ),
            opts=ResourceOptions.merge(self.child(), kept),
        )
        after = self.child(depends_on=[cluster])
        of_cluster: postgres.Named = {"name": plan.cluster_name(database)}
        postgres.Database(
            f"{name}-database",
            metadata=_meta(args, plan.cluster_name(database), wait=APPLIED),
            spec=_database(args, of_cluster),
            opts=after,
        )
        postgres.ScheduledBackup(
            f"{name}-backups",
            # Made anew with each version: its first backup is at once, for those of another version are of no use.
            metadata=_meta(args, plan.server_name(database, args.spec.version)),
            spec=store.apply(
                lambda found: {
                    "cluster": of_cluster,
                    "schedule": plan.backup_schedule(tenant, database),
                    **way(found),
                    "immediate": True,
                    "backupOwnerReference": "none",  # a backup outlives its schedule
                }
            ),
            opts=after,
        )
        _pooler(name, args, of_cluster, after)
        if args.spec.retire is not None:
            postgres.Backup(
                f"{name}-last-backup",
                metadata=_meta(args, f"{plan.cluster_name(database)}-last", wait=COMPLETED),
                spec=store.apply(lambda found: {"cluster": of_cluster, **way(found), "target": "primary"}),
                opts=after,
            )
        return ManagedDatabaseOutputs(host=plan.hosts(tenant, database, pooled=True)[0])


def _meta(args: ManagedDatabaseArgs, name: str, *, wait: str | None = None) -> Any:
    found: Any = meta(args.tenant, name, namespace=args.namespace)
    if wait is not None:
        found["annotations"] = {
            **found["annotations"],
            WAIT_FOR: wait,
            TIMEOUT: database_fact(args.facts, args.database, "readyWithinSeconds"),
        }
    return found


def _secrets(name: str, args: ManagedDatabaseArgs, opts: ResourceOptions) -> list[Secret]:
    """Make a Secret for each user that may log in. What is in it was made once, and is never looked at again."""
    tenant, database = args.tenant, args.database
    once = ResourceOptions.merge(opts, ResourceOptions(ignore_changes=["data"]))
    made = []
    for login in plan.logins(tenant, database):
        if login.secret is None:
            continue
        word = password()
        entries = {"username": login.name, "password": word}
        made.append(
            Secret(
                f"{name}-{login.secret.rpartition('--')[2]}",
                metadata=meta(tenant, login.secret, namespace=args.namespace, extra_labels=RELOADED),
                type="kubernetes.io/basic-auth",
                immutable=True,
                data=encoded(entries | plan.database_uris(tenant, database, login.name, word)),
                opts=once,
            )
        )
    return made


def _queries(name: str, args: ManagedDatabaseArgs, opts: ResourceOptions) -> ConfigMap:
    return ConfigMap(
        f"{name}-queries",
        metadata=meta(
            args.tenant,
            plan.queries_name(args.database),
            namespace=args.namespace,
            extra_labels=RELOADED,
        ),
        data={"queries": plan.queries(args.database, args.spec)},
        opts=opts,
    )


def _database(args: ManagedDatabaseArgs, cluster: postgres.Named) -> postgres.DatabaseSpec:
    owner = plan.sql_name(args.database)
    found: postgres.DatabaseSpec = {
        "cluster": cluster,
        "name": owner,
        "owner": owner,
        "ensure": "present",
        "databaseReclaimPolicy": "retain",
    }
    if args.spec.extensions:
        found["extensions"] = [{"name": each, "ensure": "present"} for each in args.spec.extensions]
    return found


def _pooler(name: str, args: ManagedDatabaseArgs, cluster: postgres.Named, opts: ResourceOptions) -> None:
    tenant, pooler = args.tenant, plan.pooler_name(args.database)
    servers, instances = str(plan.servers(tenant, args.spec)), plan.tier(tenant).poolers
    resources = plan.pooler_resources(tenant)
    postgres.Pooler(
        f"{name}-pooler",
        metadata=_meta(args, pooler, wait=f"jsonpath={{.status.instances}}={instances}"),
        spec={
            "cluster": cluster,
            "instances": instances,
            "type": "rw",
            "pgbouncer": {
                "poolMode": "transaction",
                "pg_hba": [f"hostnossl all all {everywhere} reject" for everywhere in ("0.0.0.0/0", "::/0")],
                "parameters": {
                    "max_client_conn": str(plan.MOST_CLIENTS),
                    "default_pool_size": servers,
                    "max_db_connections": servers,
                    "query_wait_timeout": "30",
                    # After a failover the next try comes soon, not in fifteen seconds.
                    "server_login_retry": "0.3",
                    "server_connect_timeout": "5",
                },
            },
            "template": {
                "metadata": {"labels": labels(tenant)},
                "spec": {
                    "priorityClassName": plan.priority(tenant),
                    "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
                    "containers": [
                        {
                            "name": "pgbouncer",
                            "image": database_fact(args.facts, args.database, "pooler"),
                            "resources": {"requests": resources.requests, "limits": resources.limits},
                            "securityContext": {
                                "allowPrivilegeEscalation": False,
                                "readOnlyRootFilesystem": True,
                                "capabilities": {"drop": ["ALL"]},
                            },
                        }
                    ],
                },
            },
        },
        opts=opts,
    )
    if instances > 1:
        PodDisruptionBudget(
            f"{name}-pooler-budget",
            metadata=meta(tenant, pooler, namespace=args.namespace),
            spec={
                "max_unavailable": 1,
                "selector": {"match_labels": {"cnpg.io/poolerName": pooler}},
                "unhealthy_pod_eviction_policy": "AlwaysAllow",
            },
            opts=opts,
        )
