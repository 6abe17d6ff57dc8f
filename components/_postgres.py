"""CloudNativePG's kinds (postgresql.cnpg.io/v1), as far as we use them, typed in the wire's own spelling.

They are registered as the SDK's `apiextensions.CustomResource` registers them; a contract test holds both side by side.
"""

from importlib.metadata import version
from typing import Any, ClassVar, TypedDict

import pulumi
from pulumi import Input

from components._kubernetes import ObjectMetaArgsDict

API = "postgresql.cnpg.io/v1"
VERSION = version("pulumi-kubernetes")


class Named(TypedDict):
    name: Input[str]


class SecretKey(TypedDict):
    name: str
    key: str


class Resources(TypedDict):
    requests: dict[str, str]
    limits: dict[str, str]


class Role(TypedDict, total=False):
    """A user or group of users."""

    name: str
    ensure: str
    login: bool
    inherit: bool
    inRoles: list[str]
    connectionLimit: int
    passwordSecret: Named
    disablePassword: bool


class S3Credentials(TypedDict):
    """Where the store's keys stand."""

    accessKeyId: SecretKey
    secretAccessKey: SecretKey


class BarmanStore(TypedDict, total=False):
    """An object store, as the operator's own backup method takes it, and its plugin."""

    destinationPath: str
    endpointURL: str
    serverName: str
    s3Credentials: S3Credentials
    data: dict[str, str | int | bool]
    wal: dict[str, str | int]


class BackupSection(TypedDict):
    """How a cluster is backed up."""

    barmanObjectStore: BarmanStore
    retentionPolicy: str
    target: str


class Plugin(TypedDict):
    """A plugin that a cluster uses."""

    name: str
    isWALArchiver: bool
    parameters: dict[str, str]


class ClusterSpec(TypedDict, total=False):
    """A PostgreSQL with its standbys."""

    instances: int
    imageName: str
    enablePDB: bool
    enableSuperuserAccess: bool
    primaryUpdateStrategy: str
    primaryUpdateMethod: str
    priorityClassName: str
    inheritedMetadata: dict[str, dict[str, str]]
    affinity: dict[str, str | bool]
    storage: dict[str, str | bool]
    resources: Resources
    postgresql: dict[str, Any]
    bootstrap: dict[str, dict[str, str | bool]]
    managed: dict[str, list[Role]]
    certificates: dict[str, list[str]]
    backup: BackupSection
    plugins: list[Plugin]
    monitoring: dict[str, Any]
    stopDelay: int
    smartShutdownTimeout: int
    switchoverDelay: int
    primaryLease: dict[str, int]


class PoolerSpec(TypedDict):
    """PgBouncers in front of a cluster."""

    cluster: Named
    instances: int
    type: str
    pgbouncer: dict[str, str | list[str] | dict[str, str]]
    template: dict[str, Any]


class DatabaseSpec(TypedDict, total=False):
    """A database within a cluster."""

    cluster: Named
    name: str
    owner: str
    ensure: str
    databaseReclaimPolicy: str
    extensions: list[dict[str, str]]


class Way(TypedDict, total=False):
    """Who makes a backup."""

    method: str
    pluginConfiguration: dict[str, str]


class ScheduledBackupSpec(Way):
    """Backups by the clock."""

    cluster: Named
    schedule: str
    immediate: bool
    backupOwnerReference: str


class BackupSpec(Way):
    """One backup."""

    cluster: Named
    target: str


class _Object(pulumi.CustomResource):
    kind: ClassVar[str]

    def __init__(
        self,
        name: str,
        *,
        metadata: ObjectMetaArgsDict,
        spec: Input[ClusterSpec | PoolerSpec | DatabaseSpec | ScheduledBackupSpec | BackupSpec],
        opts: pulumi.ResourceOptions,
    ) -> None:
        props = {"apiVersion": API, "kind": self.kind, "metadata": metadata, "spec": spec}
        opts = pulumi.ResourceOptions.merge(pulumi.ResourceOptions(version=VERSION), opts)
        super().__init__(f"kubernetes:{API}:{self.kind}", name, props, opts)


class Cluster(_Object):
    """See `ClusterSpec`."""

    kind = "Cluster"


class Pooler(_Object):
    """See `PoolerSpec`."""

    kind = "Pooler"


class Database(_Object):
    """See `DatabaseSpec`."""

    kind = "Database"


class ScheduledBackup(_Object):
    """See `ScheduledBackupSpec`."""

    kind = "ScheduledBackup"


class Backup(_Object):
    """See `BackupSpec`."""

    kind = "Backup"
