"""From the lines that `pulumi preview --event-log FILE` writes to what one run of the engine said, without secrets.

What a newer engine adds is ignored. What cannot be read is a fault that the log names: a review of half a log would
be one that nobody can trust.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from pydantic import ValidationError

from review import _wire
from review.secrets import cleaned, message, properties
from review.values import Mark, Value


class Severity(StrEnum):
    """How bad a message is; what is less than information is left out."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, kw_only=True)
class State:
    """A resource before or after a step.

    Attributes:
        custom: a provider keeps it; else it is a component of the program.
        parent: its URN; empty for the stack.
        inputs: what the program asks for.
        outputs: what the provider made of it, as far as it is known.
    """

    id: str
    custom: bool
    parent: str
    protect: bool
    retain: bool
    inputs: Mapping[str, Value]
    outputs: Mapping[str, Value]


@dataclass(frozen=True, kw_only=True)
class Difference:
    """How the provider says that a property differs.

    Attributes:
        kind: `add`, `update` or `delete`.
        replaces: the resource is made anew for it.
        drift: the old value is the cluster's, not the program's.
    """

    kind: str
    replaces: bool
    drift: bool


@dataclass(frozen=True, kw_only=True)
class Step:
    """What the engine would do with a resource.

    Attributes:
        op: in the engine's words, such as `create-replacement`.
        keys: properties that force a replacement.
        differences: by path in the engine's spelling; None where the provider told none.
    """

    op: str
    urn: str
    type: str
    old: State | None
    new: State | None
    keys: tuple[str, ...]
    differences: Mapping[str, Difference] | None


@dataclass(frozen=True, kw_only=True)
class Diagnostic:
    """A message about a resource; `urn` is empty where it is about none."""

    severity: Severity
    message: str
    urn: str


@dataclass(frozen=True, kw_only=True)
class Violation:
    """What a policy refuses (`mandatory`) or advises (`advisory`)."""

    rule: str
    pack: str
    level: str
    severity: str
    message: str
    urn: str


@dataclass(frozen=True, kw_only=True)
class Remediation:
    """Properties of a resource as a policy found them, and as it left them."""

    rule: str
    pack: str
    urn: str
    before: Mapping[str, Value]
    after: Mapping[str, Value]


@dataclass(frozen=True, kw_only=True)
class Log:
    """All that one run said.

    Attributes:
        config: the stack's configuration, secrets blinded.
        steps: in the engine's order, each as complete as it became.
        packs: policy packs that judged it, by name, with their versions.
        result: `succeeded` or `failed`; empty where the run did not come to its end.
        seconds: how long it took.
        faults: what is wrong with the log itself.
    """

    config: Mapping[str, str] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    failed: tuple[str, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    violations: tuple[Violation, ...] = ()
    remediations: tuple[Remediation, ...] = ()
    packs: Mapping[str, str] = field(default_factory=dict)
    result: str = ""
    seconds: int = 0
    faults: tuple[str, ...] = ()


def read(lines: Iterable[str]) -> Log:
    """Return what a log says; its faults are in it."""
    faults: list[str] = []
    events = list(_events(lines, faults))
    summary = next((event.summary_event for event in reversed(events) if event.summary_event), None)
    if not faults and not any(event.cancel_event is not None for event in events):
        faults.append("the event log ends before the run does" if events else "the event log is empty")
    return Log(
        config=_config(events),
        steps=tuple(_steps(events)),
        failed=tuple(event.res_op_failed_event.metadata.urn for event in events if event.res_op_failed_event),
        diagnostics=tuple(_diagnostics(events)),
        violations=tuple(_violation(event.policy_event) for event in events if event.policy_event),
        remediations=tuple(
            _remediation(event.policy_remediation_event) for event in events if event.policy_remediation_event
        ),
        packs={name.partition("|")[0]: version for name, version in ((summary and summary.policy_packs) or {}).items()},
        result=_result(summary),
        seconds=summary.duration_seconds if summary else 0,
        faults=tuple(faults),
    )


def never(why: str) -> Log:
    """Return the log of a run that did not begin: what it would have said, had it come to that."""
    return Log(diagnostics=(Diagnostic(severity=Severity.ERROR, message=message(why), urn=""),), result="failed")


def _events(lines: Iterable[str], faults: list[str]) -> Iterator[_wire.Line]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield _wire.Line.model_validate_json(line)
        except ValidationError as error:  # its text would repeat values
            [first, *_] = error.errors(include_input=False, include_context=False, include_url=False)
            where = ".".join(str(step) for step in first["loc"])
            what = f"{where} is not what it should be" if where else "it is no JSON object, or only a part of one"
            faults.append(f"line {number} of the event log cannot be read: {what}")


def _config(events: list[_wire.Line]) -> Mapping[str, str]:
    found = next((event.prelude_event.config for event in events if event.prelude_event), None) or {}
    by_name = cleaned(found)
    return {key: Mark.SECRET if by_name[key] is Mark.SECRET else _configured(found[key]) for key in found}


def _configured(value: str) -> str:
    """Return a configured value; one that is structured is JSON in text."""
    try:
        return json.dumps(cleaned(json.loads(value)))
    except ValueError:
        return message(value)


def _steps(events: list[_wire.Line]) -> Iterator[Step]:
    """Yield the steps as they begin, with what was known of them when they ended."""
    ended = {
        (event.res_outputs_event.metadata.urn, event.res_outputs_event.metadata.op): event.res_outputs_event.metadata
        for event in events
        if event.res_outputs_event
    }
    for event in events:
        if event.resource_pre_event:
            begun = event.resource_pre_event.metadata
            yield _step(begun, ended.pop((begun.urn, begun.op), begun))
    yield from (_step(found, found) for found in ended.values())  # such as refreshed ones, which only end


def _step(begun: _wire.Metadata, ended: _wire.Metadata) -> Step:
    told = ended.detailed_diff if begun.detailed_diff is None else begun.detailed_diff
    return Step(
        op=begun.op,
        urn=begun.urn,
        type=begun.type,
        old=_state(begun.type, begun.old),
        new=_state(begun.type, ended.new or begun.new),
        keys=tuple(begun.keys or ()),
        differences=None if told is None else {path: _difference(found) for path, found in told.items()},
    )


def _state(type: str, found: _wire.State | None) -> State | None:
    if found is None:
        return None
    return State(
        id=found.id,
        custom=found.custom,
        parent=found.parent,
        protect=found.protect,
        retain=found.retain_on_delete,
        inputs=properties(type, found.inputs),
        outputs=properties(type, found.outputs),
    )


def _difference(found: _wire.PropertyDiff) -> Difference:
    kind, _, replaces = found.diff_kind.partition("-")
    return Difference(kind=kind, replaces=bool(replaces), drift=not found.input_diff)


def _diagnostics(events: list[_wire.Line]) -> Iterator[Diagnostic]:
    for event in events:
        if event.error_event:
            yield Diagnostic(severity=Severity.ERROR, message=message(event.error_event.error), urn="")
        found = event.diagnostic_event
        if found and not found.ephemeral and found.severity.partition("#")[0] in set(Severity):
            severity = Severity(found.severity.partition("#")[0])
            yield Diagnostic(severity=severity, message=message(found.message), urn=found.urn)


def _violation(found: _wire.PolicyEvent) -> Violation:
    return Violation(
        rule=found.policy_name,
        pack=found.policy_pack_name,
        level=found.enforcement_level,
        severity=found.severity,
        message=message(found.message),
        urn=found.resource_urn,
    )


def _remediation(found: _wire.RemediationEvent) -> Remediation:
    type = found.resource_urn.rpartition("::")[0].rpartition("::")[2].rpartition("$")[2]
    return Remediation(
        rule=found.policy_name,
        pack=found.policy_pack_name,
        urn=found.resource_urn,
        before=properties(type, found.before),
        after=properties(type, found.after),
    )


def _result(summary: _wire.SummaryEvent | None) -> str:
    """Return how the run ended; an older engine does not say it, and then only its errors do."""
    return "" if summary is None else summary.result or "succeeded"
