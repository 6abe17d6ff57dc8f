"""What the engine's events of one run come to: what changed, what refused it, what failed."""

from collections.abc import Callable

from pulumi.automation import EngineEvent, OpType
from pulumi.automation.events import DiagnosticEvent, PolicyEvent, StepEventMetadata

from cli._runs import Change, Violation
from cli._severities import severity
from review.secrets import message

CLOSING = ("update failed", "preview failed", "an unhandled error occurred:", "destroy failed", "refresh failed")
"""What the engine says after the error that says why."""

VIOLATED = "violates plan"
"""The engine has no event of its own for what a plan does not allow."""

QUIET = {OpType.SAME, OpType.READ, OpType.REFRESH, OpType.DISCARD}
"""Operations that change nothing."""

PARTS = {
    OpType.CREATE_REPLACEMENT: OpType.REPLACE,
    OpType.DELETE_REPLACED: None,
    OpType.DISCARD_REPLACED: None,
    OpType.REMOVE_PENDING_REPLACE: None,
    OpType.READ_REPLACEMENT: OpType.REPLACE,
    OpType.IMPORT_REPLACEMENT: OpType.REPLACE,
}
"""A replacement comes in up to three steps; it is told once."""


def _nobody(*_: object) -> None:
    pass


class Account:
    """Takes the events of one run.

    Attributes:
        counts: resources by operation, as the engine sums them up at the end.
        done: how many resources are through.
        changes: by URN, in the order in which they were made.
        violations: in the order in which they came.
        errors: why it failed, each once.
        failed: whether an operation on a resource failed, in contrast to the program.
        unplanned: whether it would have done what its plan does not allow.
        summed_up: whether the engine came to its end.
    """

    def __init__(self, tell: Callable[[Change], None] = _nobody, at: Callable[[int, str], None] = _nobody) -> None:
        """Tell each change as it is made to `tell`, and how far it is to `at`: how many are done, and what goes on."""
        self.counts: dict[str, int] = {}
        self.done = 0
        self.changes: dict[str, Change] = {}
        self.violations: list[Violation] = []
        self.errors: list[str] = []
        self.failed = False
        self.unplanned = False
        self.summed_up = False
        self._tell = tell
        self._at = at

    def __call__(self, event: EngineEvent) -> None:
        """Take one event."""
        if event.resource_pre_event:
            self._at(self.done, _kind(event.resource_pre_event.metadata))
        elif event.res_outputs_event:
            self._through(event.res_outputs_event.metadata)
        elif event.res_op_failed_event:
            self.failed = True
        elif event.diagnostic_event:
            self._diagnostic(event.diagnostic_event)
        elif event.policy_event:
            self.violations.append(_violation(event.policy_event))
        elif event.summary_event:
            self.summed_up = True
            self.counts = {OpType(op).value: count for op, count in event.summary_event.resource_changes.items()}

    def _through(self, step: StepEventMetadata) -> None:
        self.done += 1
        self._at(self.done, _kind(step))
        op = PARTS.get(step.op, step.op)
        if op is None or op in QUIET:
            return
        change = Change(
            op=op.value, type=step.type, name=step.urn.rpartition("::")[2], keys=tuple(step.detailed_diff or ())
        )
        if step.urn not in self.changes or op is OpType.REPLACE:
            self.changes[step.urn] = change
            self._tell(change)

    def _diagnostic(self, event: DiagnosticEvent) -> None:
        text = plain(event.message)
        if event.severity != "error" or text.startswith(CLOSING):
            return
        if VIOLATED in text:
            self.unplanned = True
            text = text.partition("[")[0]  # the engine goes on with all values, secret ones in clear
        told = f"{name_of(event.urn)}: {text}" if event.urn else text
        if told not in self.errors:
            self.errors.append(told)

    def refused(self) -> bool:
        """Say whether a mandatory rule refuses the run."""
        return any(found.level == "mandatory" for found in self.violations)


def plain(text: str) -> str:
    """Return the engine's `text` without marks for colours, and without what is secret in it."""
    return message(text)


def name_of(urn: str | None) -> str:
    """Return the logical name at the end of a URN; nothing for a stack's own."""
    parts = (urn or "").split("::")
    return "" if len(parts) < 4 or parts[2] == "pulumi:pulumi:Stack" else parts[-1]


def _kind(step: StepEventMetadata) -> str:
    return f"{step.op.value} {step.type.rpartition(':')[2]} {name_of(step.urn)}"


def _violation(event: PolicyEvent) -> Violation:
    return Violation(
        rule=event.policy_name,
        level=event.enforcement_level,
        resource=name_of(event.resource_urn),
        message=" ".join(plain(event.message).split()),
        severity=severity(event),
    )
