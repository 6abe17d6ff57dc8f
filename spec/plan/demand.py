"""The worst case: everything scaled to its most, while every app rolls out a new version and every job runs."""

from dataclasses import dataclass
from decimal import Decimal
from math import ceil

from spec.plan.confinement import quota
from spec.plan.databases import database_resources, database_storage, pooler_resources
from spec.plan.sizes import tier
from spec.plan.workload import copies, workload_resources
from spec.quantity import parse
from spec.tenant import TenantSpec

PREFERRED_SURGE_PERCENT = 25  # of the copies, as Kubernetes' own default


@dataclass(frozen=True, kw_only=True)
class Demand:
    """What one app, job or part of a database needs at worst.

    Attributes:
        name: `apps.web`, as in the stack file.
        pods: copies, with those of a rollout.
        each: requests of one copy, by the quota's name without `requests.`.
    """

    name: str
    pods: int
    each: dict[str, Decimal]


def demand(spec: TenantSpec, key: str | None = None, *, surge_percent: int | None = None) -> list[Demand]:
    """Return what everything in one namespace needs at worst.

    Args:
        key: the namespace's name in the stack file; None for the environment's own.
        surge_percent: how many more copies a rollout makes; None for one more.
    """
    apps = [
        Demand(
            name=f"apps.{name}",
            pods=copies(spec, app)[1] + _more(copies(spec, app)[1], surge_percent),
            each=_exact(workload_resources(spec, app).requests),
        )
        for name, app in spec.apps.items()
        if app.namespace == key
    ]
    jobs = [
        Demand(name=f"jobs.{name}", pods=1, each=_exact(workload_resources(spec, job).requests))
        for name, job in spec.jobs.items()
        if job.namespace == key
    ]
    return apps + jobs + _databases(spec, key)


def _databases(spec: TenantSpec, key: str | None) -> list[Demand]:
    """Instances, one more pod that fills a standby's disk, poolers in a rollout. Backups run within the instances."""
    found = []
    for name, database in spec.databases.items():
        if database.namespace != key:
            continue
        each = _exact(database_resources(spec, database).requests)
        volume = {"storage": parse(database_storage(database)), "persistentvolumeclaims": Decimal(1)}
        path, instances = f"databases.{name}", tier(spec).instances
        found.append(Demand(name=path, pods=instances, each=each | volume))
        if instances > 1:
            found.append(Demand(name=path, pods=1, each=each))
        pooler = _exact(pooler_resources(spec).requests)
        found.append(Demand(name=path, pods=tier(spec).poolers + 1, each=pooler))
    return found


def total(demands: list[Demand]) -> dict[str, Decimal]:
    """Return the sum, by the quota's names."""
    names = {each: f"requests.{each}" for each in ("cpu", "memory", "ephemeral-storage", "storage")}
    names["persistentvolumeclaims"] = "persistentvolumeclaims"
    sums = {
        full: sum((each.pods * each.each.get(name, Decimal(0)) for each in demands), Decimal(0))
        for name, full in names.items()
    }
    return sums | {"pods": Decimal(sum(each.pods for each in demands))}


def overrun(demands: list[Demand], hard: dict[str, str]) -> dict[str, tuple[Decimal, Decimal]]:
    """Return what does not fit a quota: (needed, available), by the quota's name."""
    needed = total(demands)
    return {name: (value, parse(hard[name])) for name, value in needed.items() if value > parse(hard[name])}


def surge(spec: TenantSpec, key: str | None = None) -> int | str:
    """Return `maxSurge` of all apps in a namespace: a quarter where the quota holds that, else one more copy."""
    fits = not overrun(demand(spec, key, surge_percent=PREFERRED_SURGE_PERCENT), quota(spec, key))
    return f"{PREFERRED_SURGE_PERCENT}%" if fits else 1


def _more(most: int, surge_percent: int | None) -> int:
    return 1 if surge_percent is None else ceil(most * surge_percent / 100)


def _exact(requests: dict[str, str]) -> dict[str, Decimal]:
    return {name: parse(text) for name, text in requests.items()}
