"""Bindings: what an app or job is told of the apps and databases that it calls, and where the secret part stands."""

from dataclasses import dataclass, field

from spec import names
from spec.plan.databases import POSTGRES_PORT, ca_file, ca_secret, hosts, login_secret, sql_name
from spec.plan.workload import HTTP_PORT, host_of, uri
from spec.tenant import TenantSpec
from spec.workload import Binding, Workload

CA_KEY = "ca.crt"


@dataclass(frozen=True, kw_only=True)
class BoundTo:
    """A binding as its workload is told of it.

    Attributes:
        name: what the workload calls it.
        by: `env` or `files`.
        config_map: where the entries stand; named for them, so that a change reaches the pods as a rollout.
        entries: type, uri, host and port (servicebinding.io, well-known entries), of databases their name as well.
        secret: where the other entries stand; another one for each user, so that a new one is a rollout as well.
        secret_entries: key in the Secret by entry.
        ca_secret: the Secret whose `ca.crt` the other end is known by; None for apps.
        ca_file: where that is found, kept up to date.
    """

    name: str
    by: str
    config_map: str
    entries: dict[str, str]
    secret: str | None = None
    secret_entries: dict[str, str] = field(default_factory=dict)
    ca_secret: str | None = None
    ca_file: str | None = None


def bindings(spec: TenantSpec, owner: str, workload: Workload) -> list[BoundTo]:
    """Return the bindings of the app or job `owner`."""
    return [
        _to_database(spec, owner, name, binding, binding.database)
        if binding.database is not None
        else _to_app(spec, owner, name, binding, str(binding.app))
        for name, binding in workload.bindings.items()
    ]


def binding_variables(name: str, binding: Binding) -> dict[str, str]:
    """Return the variables of a binding that is called `name`, and the entry that each has."""
    prefix = name.upper().replace("-", "_")
    own = ("uri", "host", "port")
    entries = own if binding.database is None else (*own, "database", "username", "password")
    return {f"{prefix}_{entry.upper()}": entry for entry in entries}


def database_uris(spec: TenantSpec, database: str, user: str, password: str) -> dict[str, str]:
    """Return the addresses with all that a client needs, by their key in the user's Secret."""
    return {
        _key(pooled): f"postgresql://{user}:{password}@{hosts(spec, database, pooled=pooled)[0]}:{POSTGRES_PORT}"
        f"/{sql_name(database)}?sslmode=verify-full&sslrootcert={ca_file(database)}"
        for pooled in (True, False)
    }


def _key(pooled: bool) -> str:
    return "uri" if pooled else "directUri"


def _to_app(spec: TenantSpec, owner: str, name: str, binding: Binding, app: str) -> BoundTo:
    entries = {"type": "http", "uri": uri(spec, app), "host": host_of(spec, app), "port": str(HTTP_PORT)}
    return BoundTo(
        name=name, by=binding.by, config_map=names.hashed(f"{owner}-binding-{name}", entries), entries=entries
    )


def _to_database(spec: TenantSpec, owner: str, name: str, binding: Binding, database: str) -> BoundTo:
    pooled = binding.pooled is not False
    entries = {
        "type": "postgresql",
        "provider": "cloudnative-pg",
        "host": hosts(spec, database, pooled=pooled)[0],
        "port": str(POSTGRES_PORT),
        "database": sql_name(database),
    }
    return BoundTo(
        name=name,
        by=binding.by,
        config_map=names.hashed(f"{owner}-binding-{name}", entries),
        entries=entries,
        secret=login_secret(database, spec.databases[database].credentials),
        secret_entries={"username": "username", "password": "password", "uri": _key(pooled)},
        ca_secret=ca_secret(database),
        ca_file=ca_file(database),
    )
