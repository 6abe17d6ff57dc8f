"""How a database is backed up: by its operator itself, or by a plugin of it that the platform has.

Both write the same files to the same place, so a database goes on with its backups where the platform takes the plugin
up. The plugin reads an ObjectStore of its own, and stands beside each instance in a container of its own.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pulumi import Input, Output, Resource, ResourceOptions

from components import _postgres as postgres
from components._meta import meta
from components._packages import objects
from components._wire import spelled
from spec import TenantSpec, plan

STORES = "barmancloud.cnpg.io/v1"


def object_store(
    name: str,
    tenant: TenantSpec,
    database: str,
    *,
    namespace: Input[str],
    store: Output[Mapping[str, str]],
    opts: ResourceOptions,
) -> Resource:
    """Make the plugin's ObjectStore where the platform has the plugin, and nothing where it has not.

    Args:
        database: its name in the stack file.
        store: what the platform says of it: `method`, `bucket`, `endpoint` and `secret`.
    """
    archiver = plan.archiver_resources(tenant)
    resources = {"requests": archiver.requests, "limits": archiver.limits}

    def made(found: Sequence[Any]) -> list[dict[str, Any]]:
        where, metadata = found
        if where["method"] != plan.BY_PLUGIN:
            return []
        spec = {
            "configuration": _place(tenant, database, where),
            "retentionPolicy": plan.retention(tenant),
            "instanceSidecarConfiguration": {"resources": resources},
        }
        return [{"apiVersion": STORES, "kind": "ObjectStore", "metadata": metadata, "spec": spec}]

    metadata = spelled(meta(tenant, plan.cluster_name(database), namespace=namespace))
    return objects(f"{name}-store", Output.all(store, metadata).apply(made), opts)


def section(tenant: TenantSpec, database: str, store: Mapping[str, str]) -> postgres.ClusterSpec:
    """Return the part of a Cluster that says where its backups go, and by whom."""
    server = plan.server_name(database, tenant.databases[database].version)
    if store["method"] == plan.BY_PLUGIN:
        parameters = {"barmanObjectName": plan.cluster_name(database), "serverName": server}
        return {"plugins": [{"name": plan.BARMAN_CLOUD, "isWALArchiver": True, "parameters": parameters}]}
    return {
        "backup": {
            "barmanObjectStore": {**_place(tenant, database, store), "serverName": server},
            "retentionPolicy": plan.retention(tenant),
            "target": "prefer-standby",
        }
    }


def way(store: Mapping[str, str]) -> postgres.Way:
    """Return what a Backup, or a schedule of them, says of who makes it."""
    if store["method"] == plan.BY_PLUGIN:
        return {"method": plan.BY_PLUGIN, "pluginConfiguration": {"name": plan.BARMAN_CLOUD}}
    return {"method": plan.BY_OPERATOR}


def _place(tenant: TenantSpec, database: str, store: Mapping[str, str]) -> postgres.BarmanStore:
    return {
        "destinationPath": plan.destination(tenant, database, store["bucket"]),
        "endpointURL": store["endpoint"],
        "s3Credentials": {
            "accessKeyId": {"name": store["secret"], "key": plan.KEY_ID},
            "secretAccessKey": {"name": store["secret"], "key": plan.KEY},
        },
        # One file at a time, after a checkpoint that takes its time: who works beside it does not notice. And a standby
        # that takes over looks for each next file before it goes on: with two at a time that takes twice as long here.
        "data": {"compression": "gzip", "jobs": 1, "immediateCheckpoint": False},
        "wal": {"compression": "gzip", "maxParallel": 1},
    }
