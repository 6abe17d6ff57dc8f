"""Sandboxes as the cluster has them, and when their time is over. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from pulumi.automation import UpdateSummary

from spec import TenantSpec, duration, plan
from spec.labels import ENVIRONMENT, PART_OF, TTL
from spec.tenant import Environment

SELECTOR = f"{ENVIRONMENT}={Environment.SANDBOX}"


@dataclass(frozen=True, kw_only=True)
class Living:
    """A sandbox whose namespace is there.

    Attributes:
        created: when its namespace was made, by the API server's clock.
        ttl: what its namespace says; None: nothing, or nothing that can be read.
    """

    stack: str
    created: datetime
    ttl: str | None


def living(namespaces: Iterable[Mapping[str, Any]]) -> Iterator[Living]:
    """Yield the sandboxes whose own namespaces are among `namespaces`."""
    for each in namespaces:
        metadata = each["metadata"]
        stack = (metadata.get("labels") or {}).get(PART_OF)
        if stack == metadata["name"]:
            created = datetime.strptime(metadata["creationTimestamp"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
            yield Living(stack=stack, created=created, ttl=(metadata.get("annotations") or {}).get(TTL))


def ends(sandbox: Living, spec: object) -> datetime | None:
    """Return when a sandbox ends; None where nothing says so.

    Args:
        spec: what its file says, if there is one: it wins over the namespace, so that one whose `ttl` was raised
            lives on before the next `up` has told the cluster.
    """
    if isinstance(spec, TenantSpec):
        return plan.expiry(spec, sandbox.created)
    try:
        return sandbox.created + timedelta(seconds=float(duration.parse(sandbox.ttl))) if sandbox.ttl else None
    except ValueError:
        return None


def pull_of(stack: str) -> int | None:
    """Return the number of the pull request whose environment a stack is by its name; None: it is nobody's."""
    found = re.fullmatch(rf"{Environment.SANDBOX}-pr-([1-9][0-9]*)", stack, re.ASCII)
    return int(found[1]) if found else None


def half_gone(past: Iterable[UpdateSummary]) -> bool:
    """Say whether a stack's last run was to destroy it, and did not come to its end.

    Args:
        past: everything that was done with it, the newest first.
    """
    last = next(iter(past), None)
    return last is not None and last.kind == "destroy" and last.result != "succeeded"
