"""What differs between two stack files: what they say, and what follows from it. Pure; nothing has to run.

What is called differently in every environment (namespaces, the hosts within them) is compared by what it is for.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from review.bill import bill
from review.cost import PriceBook
from review.secrets import cleaned
from review.values import Path, Value, differences, get, mapped, spelled
from spec import DatabaseSpec, PlatformSpec, TenantSpec, plan

Spec = TenantSpec | PlatformSpec

OWN: Final = "own"
"""The name that an environment's own namespace goes by here."""


@dataclass(frozen=True, kw_only=True)
class Contrast:
    """One thing that differs.

    Attributes:
        part: `file` or `plan`.
        path: in the file, or in the plan.
        before: null where there is none.
        after: null where there is none.
    """

    part: Literal["file", "plan"]
    path: str
    before: Value
    after: Value


def contrast(before: Spec | None, after: Spec | None, prices: PriceBook) -> list[Contrast]:
    """Return what differs between two specs; None is one that is not there."""
    sides: tuple[tuple[Literal["file", "plan"], Value, Value], ...] = (
        ("file", said(before), said(after)),
        ("plan", planned(before, prices), planned(after, prices)),
    )
    return [
        # What is secret is compared too, and then not told: two of them that differ are a difference.
        Contrast(part=part, path=spelled(path), before=get(cleaned(was), *path), after=get(cleaned(becomes), *path))
        for part, was, becomes in sides
        for path, _, _ in _leaves(was, becomes)
    ]


def _leaves(before: Mapping[str, Value], after: Mapping[str, Value]) -> Iterator[tuple[Path, Value, Value]]:
    """Yield each value that differs; of what is on one side only, each value as well."""
    for path, old, new in differences(before, after):
        whole = mapped(old) or mapped(new)
        if whole and (old is None or new is None):
            yield from ((path + inner, a, b) for inner, a, b in _leaves(mapped(old), mapped(new)))
        else:
            yield path, old, new


def said(spec: Spec | None) -> dict[str, Value]:
    """Return what a file says; what it leaves to its defaults shows in the plan."""
    return {} if spec is None else spec.model_dump(mode="json", by_alias=True, exclude_unset=True)


def planned(spec: Spec | None, prices: PriceBook) -> dict[str, Value]:
    """Return what follows from a tenant's file: of its quotas, workloads, databases, access, paths and cost.

    Nothing follows from a platform's.
    """
    if not isinstance(spec, TenantSpec):
        return {}
    cost = bill(spec, prices)
    return {
        "namespaces": {space.key or OWN: _space(spec, space.key) for space in plan.spaces(spec)},
        "copies": {name: _span(*plan.copies(spec, app)) for name, app in spec.apps.items()},
        "resources": {name: vars(plan.workload_resources(spec, app)) for name, app in (spec.apps | spec.jobs).items()},
        "databases": {name: _database(spec, each) for name, each in spec.databases.items()},
        "access": {grant.role: sorted(grant.groups) for grant in plan.grants(spec)},
        "hosts": sorted(host for app in spec.apps.values() for host in app.hosts),
        "priority": plan.priority(spec),
        "costEachMonth": {"least": str(cost.least), "most": str(cost.most)},
    }


def _space(spec: TenantSpec, key: str | None) -> dict[str, Value]:
    limits = plan.limits(spec)
    return {
        "quota": plan.quota(spec, key),
        "container": {"default": vars(limits.default), "most": limits.most},
        "networkPolicies": sorted(policy.name for policy in plan.policies(spec, key)),
    }


def _database(spec: TenantSpec, database: DatabaseSpec) -> dict[str, Value]:
    tier = plan.tier(spec)
    return {
        "instances": tier.instances,
        "poolers": tier.poolers,
        "storage": plan.volume_text(database),
        "resources": vars(plan.database_resources(spec, database)),
        "backups": {"hours": tier.backup_hours, "kept": plan.retention(spec)},
    }


def _span(least: int, most: int) -> Value:
    return least if least == most else f"{least} to {most}"
