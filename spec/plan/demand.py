"""The worst case: everything scaled to its most, while every app rolls out a new version and every job runs."""

from dataclasses import dataclass
from decimal import Decimal
from math import ceil

from spec.plan.confinement import quota
from spec.plan.workload import copies, workload_resources
from spec.quantity import parse
from spec.tenant import TenantSpec

PREFERRED_SURGE_PERCENT = 25  # of the copies, as Kubernetes' own default


@dataclass(frozen=True, kw_only=True)
class Demand:
    """What one app or job needs at worst.

    Attributes:
        name: `apps.web`, as in the stack file.
        pods: copies, with those of a rollout.
        each: requests of one copy, by resource.
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
    return apps + jobs


def total(demands: list[Demand]) -> dict[str, Decimal]:
    """Return the sum, by the quota's names."""
    names = ("cpu", "memory", "ephemeral-storage")
    sums = {f"requests.{name}": sum((each.pods * each.each[name] for each in demands), Decimal(0)) for name in names}
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
