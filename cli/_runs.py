"""What runs of the engine report: `preview`, `up`, `refresh`, `destroy`, `fleet`, `audit`, `reap`, `doctor`."""

from cli._reports import Report, Result, Rows
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
            [run.stack, found.level, found.rule, found.resource, found.message]
            for run in self.stacks
            for found in run.violations
        ]
        left = [[run.stack, str(found)] for run in self.stacks for found in run.leftovers]
        tables = [
            Rows(("stack", "change", "type", "name", "properties"), changed),
            Rows(("stack", "level", "rule", "resource", "message"), refused),
            Rows(("stack", "left in the cluster"), left),
        ]
        return [*(rows for rows in tables if rows.rows), Rows(COLUMNS, [_summary(run) for run in self.stacks])]


def _summary(run: StackRun) -> list[str]:
    counts = [str(run.counts.get(op, 0)) for op in COLUMNS[2:7]]
    return [run.stack, run.result, *counts, f"{run.seconds:.1f}"]
