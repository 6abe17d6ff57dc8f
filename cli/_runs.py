"""What runs of the engine report: `preview`, `up`, `refresh`, `destroy`, `fleet`, `audit`, `reap`, `doctor`."""

from datetime import datetime
from typing import Literal

from cli._reports import Report, Result, Rows, moment
from spec import Model


class Change(Model):
    """What happened to a resource, or would."""

    op: str
    """create, update, replace, delete, import, read ..."""

    type: str
    """Its type: `kubernetes:core/v1:Namespace`."""

    name: str
    """Its logical name."""

    keys: tuple[str, ...] = ()
    """The properties that changed."""


class Violation(Model):
    """A rule of the policy pack that something breaks."""

    rule: str
    """Its id: docs/reference/policies.md has it."""

    level: str
    """mandatory or advisory."""

    resource: str
    """The logical name of what breaks it; empty for all of the stack."""

    message: str
    """What is wrong, and the fix."""

    severity: str = ""
    """low, medium, high or critical; empty where the rule has none."""


class Leftover(Model):
    """An object of a destroyed stack that is still in the cluster."""

    kind: str
    """Its kind."""

    namespace: str
    """Its namespace; empty for none."""

    name: str
    """Its name."""

    why: str
    """How it belongs to the stack, and what keeps it."""

    def __str__(self) -> str:
        return f"{self.kind} {self.namespace + '/' if self.namespace else ''}{self.name} ({self.why})"


class StackRun(Model):
    """A run on one stack."""

    stack: str
    """Its name."""

    result: Result
    """How it ended."""

    code: int
    """The exit code that it alone would have."""

    seconds: float
    """How long it took."""

    counts: dict[str, int]
    """Resources by what happened to them, `same` among them."""

    changes: tuple[Change, ...]
    """Every resource that is not as it was."""

    violations: tuple[Violation, ...]
    """Rules that it breaks."""

    errors: tuple[str, ...]
    """Why it failed."""

    leftovers: tuple[Leftover, ...] = ()
    """What a destroyed stack left in the cluster."""

    unasked: tuple[str, ...] = ()
    """Kinds of which the API server did not answer whether anything is left."""


COLUMNS = ("stack", "result", "create", "update", "replace", "delete", "same", "seconds")


class RunReport(Report):
    """`paas preview`, `up`, `refresh`, `destroy` and `fleet`."""

    verb: str
    """What was done."""

    stacks: tuple[StackRun, ...]
    """Each stack, in the order in which they were taken."""

    def rows(self) -> list[Rows]:
        """Return what changed, what is refused, what is left over, and a row for each stack."""
        changed = [
            [run.stack, change.op, change.type, change.name, ", ".join(change.keys)]
            for run in self.stacks
            for change in run.changes
        ]
        refused = [
            [run.stack, found.level, found.severity, found.rule, found.resource, found.message]
            for run in self.stacks
            for found in run.violations
        ]
        left = [[run.stack, str(found)] for run in self.stacks for found in run.leftovers]
        tables = [
            Rows(("stack", "change", "type", "name", "properties"), changed),
            Rows(("stack", "level", "severity", "rule", "resource", "message"), refused),
            Rows(("stack", "left in the cluster"), left),
        ]
        return [*(rows for rows in tables if rows.rows), Rows(COLUMNS, [_summary(run) for run in self.stacks])]


def _summary(run: StackRun) -> list[str]:
    counts = [str(run.counts.get(op, 0)) for op in COLUMNS[2:7]]
    return [run.stack, run.result, *counts, f"{run.seconds:.1f}"]


class Verdict(Model):
    """What an audit says of a stack."""

    stack: str
    """Its name."""

    rules: Literal["kept", "broken", "unknown"]
    """Whether its stored state keeps all mandatory rules."""

    drift: Literal["none", "differs", "unknown"]
    """Whether cluster, state and file are the same."""

    code: int
    """The exit code that it alone would have."""

    violations: tuple[Violation, ...]
    """The rules that its state breaks, advisory ones among them."""

    changes: tuple[Change, ...]
    """What `up` would do to make cluster and file the same again."""

    errors: tuple[str, ...]
    """Why something is unknown."""


class AuditReport(Report):
    """`paas audit`."""

    stacks: tuple[Verdict, ...]
    """Each stack, by name."""

    def rows(self) -> list[Rows]:
        """Return what is broken, what differs, and a row for each stack."""
        broken = [
            [each.stack, found.level, found.severity, found.rule, found.resource, found.message]
            for each in self.stacks
            for found in each.violations
        ]
        differs = [
            [each.stack, change.op, change.type, change.name, ", ".join(change.keys)]
            for each in self.stacks
            for change in each.changes
        ]
        verdicts = [[each.stack, each.rules, each.drift] for each in self.stacks]
        tables = [
            Rows(("stack", "level", "severity", "rule", "resource", "message"), broken),
            Rows(("stack", "to make right", "type", "name", "properties"), differs),
        ]
        return [*(rows for rows in tables if rows.rows), Rows(("stack", "rules", "drift"), verdicts)]


class Check(Model):
    """One thing that `paas` needs."""

    name: str
    """What."""

    ok: bool
    """Whether it is there."""

    found: str
    """What was found."""

    fix: str
    """What to do about it; empty where nothing is to do."""


class DoctorReport(Report):
    """`paas doctor`."""

    checks: tuple[Check, ...]
    """Each thing that was looked at."""

    def rows(self) -> list[Rows]:
        """Return a row for each thing."""
        rows = [[each.name, "ok" if each.ok else "wrong", each.found, each.fix] for each in self.checks]
        return [Rows(("what", "", "found", "fix"), rows)]


class Sandbox(Model):
    """A sandbox that is in the cluster, or half gone."""

    stack: str
    """Its stack."""

    created: datetime | None
    """When its namespace was made; null where that is gone."""

    ends: datetime | None
    """When its time is over; null where it does not say, or is half gone."""

    action: Literal["kept", "destroyed", "to be destroyed", "failed"]
    """What became of it."""

    why: str
    """In words."""

    code: int
    """The exit code that it alone would have."""


class ReapReport(Report):
    """`paas reap`."""

    sandboxes: tuple[Sandbox, ...]
    """Each sandbox, by name."""

    def rows(self) -> list[Rows]:
        """Return a row for each sandbox."""
        rows = [[each.stack, moment(each.created), moment(each.ends), each.action, each.why] for each in self.sandboxes]
        return [Rows(("sandbox", "made", "ends", "action", "why"), rows)]
