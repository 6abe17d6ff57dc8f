"""What the verbs report: the fields of `--output json` and `yaml`, and the tables drawn of them.

Fields are only ever added: scripts read them. `docs/reference/cli.schema.json` is written from here.
"""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from spec import Model


@dataclass(frozen=True)
class Rows:
    """A table; without columns, lines of one cell each."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    title: str = ""


class Report(Model):
    """Something that a verb tells on stdout."""

    @abstractmethod
    def rows(self) -> list[Rows]:
        """Return it as tables."""


class Finding(Model):
    """One thing to correct in a stack file."""

    file: str
    """The file, from the project's folder."""

    line: int
    """From 1."""

    column: int
    """From 1."""

    path: str
    """Where in the file, with dots: `paas:tenant.apps.web.image`."""

    given: str
    """What stands there."""

    wanted: str
    """What may stand there."""

    fix: str
    """One thing to do about it."""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}"
        return f"{place}: {self.path}: given {self.given}, wanted {self.wanted}; {self.fix}"


class ValidateReport(Report):
    """`paas validate`."""

    files: tuple[str, ...]
    """The files that were looked at."""

    findings: tuple[Finding, ...]
    """Everything to correct, in the order of files and lines."""

    def rows(self) -> list[Rows]:
        """Return a line for each finding, as compilers and editors write them."""
        return [Rows((), [[str(finding)] for finding in self.findings])] if self.findings else []


class LastRun(Model):
    """The last thing that was done with a stack."""

    kind: str
    """update, refresh, destroy, import ..."""

    result: str
    """succeeded, failed or in-progress."""

    ended: datetime | None
    """When; null where it has not ended."""


class Stack(Model):
    """A stack, by its file and by the backend's state."""

    stack: str
    """Its name."""

    file: str | None
    """Its file; null where there is none."""

    valid: bool
    """Whether the file can be used."""

    tenant: str | None
    """The tenant; null for the platform, and where the file cannot be used."""

    environment: str | None
    """What it is for."""

    tier: str | None
    """What it may use."""

    team: str | None
    """Who answers for it."""

    cost_centre: str | None
    """Who pays for it."""

    known: bool
    """Whether the backend has a stack of that name."""

    resources: int
    """How many resources its state has."""

    since: datetime | None
    """Since when it has been up; null where it is not."""

    last: LastRun | None
    """The last thing that was done with it; null where nothing was."""

    def standing(self) -> str:
        """Return how it stands, in a word."""
        if not self.known:
            return "not made"
        return "up" if self.resources else "down"


class ListReport(Report):
    """`paas list`."""

    stacks: tuple[Stack, ...]
    """All stacks that have a file or a state, by name."""

    def rows(self) -> list[Rows]:
        """Return a row for each stack."""
        columns = ("stack", "tier", "team", "file", "state", "resources", "up since", "last run")
        return [Rows(columns, [_stack_row(stack) for stack in self.stacks])]


def _stack_row(stack: Stack) -> list[str]:
    file = "none" if stack.file is None else "ok" if stack.valid else "invalid"
    last = f"{stack.last.kind} {stack.last.result}" if stack.last else "-"
    return [
        stack.stack,
        stack.tier or "-",
        stack.team or "-",
        file,
        stack.standing(),
        str(stack.resources),
        moment(stack.since),
        last,
    ]


class ShowReport(Report):
    """`paas show`."""

    stack: Stack
    """What `paas list` tells of it."""

    escalation: str | None
    """Who is reached when its team does not answer."""

    ttl: str | None
    """How long a sandbox lives."""

    namespaces: tuple[str, ...]
    """Its namespaces."""

    hosts: tuple[str, ...]
    """The hosts of its apps."""

    apps: tuple[str, ...]
    """Its apps."""

    jobs: tuple[str, ...]
    """Its jobs."""

    databases: tuple[str, ...] = ()
    """Its databases."""

    kinds: dict[str, int]
    """How many resources of each type its state has."""

    protected: tuple[str, ...]
    """Resources that cannot be deleted before they are unprotected."""

    pending: tuple[str, ...]
    """Operations that an interrupted run left unfinished."""

    def rows(self) -> list[Rows]:
        """Return what is known of the stack, then its resources by type."""
        stack = self.stack
        last = f"{stack.last.kind} {stack.last.result}, {moment(stack.last.ended)}" if stack.last else None
        facts = {
            "file": stack.file,
            "tenant": stack.tenant,
            "environment": stack.environment,
            "tier": stack.tier,
            "team": stack.team,
            "escalation": self.escalation,
            "cost centre": stack.cost_centre,
            "ttl": self.ttl,
            "namespaces": ", ".join(self.namespaces),
            "apps": ", ".join(self.apps),
            "jobs": ", ".join(self.jobs),
            "databases": ", ".join(self.databases),
            "hosts": ", ".join(self.hosts),
            "state": stack.standing(),
            "up since": moment(stack.since),
            "last run": last,
            "protected": ", ".join(self.protected),
            "pending": ", ".join(self.pending),
        }
        said = [[name, value] for name, value in facts.items() if value]
        tables = [Rows(("", stack.stack), said)]
        if self.kinds:
            tables.append(Rows(("type", "resources"), [[kind, str(count)] for kind, count in self.kinds.items()]))
        return tables


def moment(when: datetime | None) -> str:
    """Return a moment as people read it, in UTC."""
    return when.strftime("%Y-%m-%d %H:%M:%SZ") if when else "-"


Result = Literal["changed", "unchanged", "refused", "failed", "cancelled", "not begun", "done before"]
"""How a run on one stack ended."""
