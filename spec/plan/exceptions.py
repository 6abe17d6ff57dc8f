"""Exceptions from rules: which stand now, which are over, which reach too far."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from spec.exception import RuleException
from spec.tenant import TenantSpec

LONGEST_EXCEPTION = timedelta(days=90)
"""How far ahead an exception may end: what shall last longer is decided again, or the rule is wrong."""


def over(spec: TenantSpec, now: datetime) -> dict[str, RuleException]:
    """Return the exceptions whose time is over at `now` (with a time zone), by name."""
    return {name: found for name, found in spec.exceptions.items() if _end(found) <= now}


def too_far(spec: TenantSpec, now: datetime) -> dict[str, RuleException]:
    """Return the exceptions that would last longer than may be, by name."""
    return {name: found for name, found in spec.exceptions.items() if _end(found) > now + LONGEST_EXCEPTION}


def excused(spec: TenantSpec, key: str | None = None) -> Iterator[str]:
    """Yield the exceptions of one namespace as its annotation has them: `<until> <rule> <kind>/<name>`.

    Args:
        key: the namespace's name in the stack file; None for the environment's own.
    """
    for found in spec.exceptions.values():
        if found.scope.namespace == key:
            yield f"{found.until} {found.rule} {found.scope.kind}/{found.scope.name}"


def _end(found: RuleException) -> datetime:
    return datetime.fromisoformat(found.until)
