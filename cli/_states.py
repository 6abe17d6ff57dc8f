"""Stacks by their files and by what the backend has of them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

from pulumi.automation import StackSummary, UpdateSummary, errors

from cli._engine import Engine, explained
from cli._project import Project
from cli._reports import LastRun, Stack
from spec import PlatformSpec, TenantSpec

WORKERS = 4
PROVIDER = "pulumi:providers:"
STACK = "pulumi:pulumi:Stack"


def stacks(project: Project, engine: Engine, only: Sequence[str] | None = None) -> list[Stack]:
    """Return all stacks that have a file or a state, or those of `only`, by name."""
    known = engine.stacks()
    names = sorted({*project.files, *known} if only is None else only)
    with ThreadPoolExecutor(WORKERS) as pool, explained():
        histories = list(pool.map(lambda name: history(engine, name) if name in known else [], names))
    return [_stack(project, name, known.get(name), past) for name, past in zip(names, histories, strict=True)]


def history(engine: Engine, stack: str) -> list[UpdateSummary]:
    """Return everything that was done with a stack, the newest first; nothing where it has just been removed.

    Secrets stay closed.
    """
    try:
        return engine.stack(stack).history(show_secrets=False)
    except errors.StackNotFoundError:
        return []


def since(past: Sequence[UpdateSummary]) -> datetime | None:
    """Return when a stack came up: with the first update that succeeded after it was last destroyed.

    Args:
        past: the newest first.
    """
    came = None
    for run in past:
        if run.result != "succeeded":
            continue
        if run.kind == "destroy":
            break
        if run.kind in ("update", "import"):
            came = run.end_time
    return _utc(came)


def _stack(project: Project, name: str, known: StackSummary | None, past: Sequence[UpdateSummary]) -> Stack:
    file = project.files.get(name)
    found = file.spec if file else None
    tenant = found if isinstance(found, TenantSpec) else None
    owned = found if isinstance(found, (TenantSpec, PlatformSpec)) else None
    resources = (known.resource_count or 0) if known else 0
    return Stack(
        stack=name,
        file=file.path if file else None,
        valid=file is not None and not project.findings(file),
        tenant=tenant.name if tenant else None,
        environment=tenant.environment.value if tenant else None,
        tier=tenant.tier.value if tenant else None,
        team=owned.owner.team if owned else None,
        cost_centre=owned.cost_centre if owned else None,
        known=known is not None,
        resources=resources,
        since=since(past) if resources else None,
        last=LastRun(kind=past[0].kind, result=past[0].result, ended=_utc(past[0].end_time)) if past else None,
    )


def _utc(when: datetime | None) -> datetime | None:
    """The Automation API reads UTC without saying so."""
    return when.replace(tzinfo=UTC) if when else None


def kinds(resources: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Return how many resources of each type a state has, but for the stack and providers."""
    types = (each["type"] for each in resources)
    return dict(sorted(Counter(each for each in types if each != STACK and not each.startswith(PROVIDER)).items()))
