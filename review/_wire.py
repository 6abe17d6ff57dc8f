"""The lines of an event log as the engine writes them (sdk/go/common/apitype/events.go): only what a review reads."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class Wire(BaseModel):
    """A part of a line. Fields that a newer engine adds are ignored; fields that are read must have their type."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True, alias_generator=to_camel)


class State(Wire):
    """A resource before or after a step."""

    id: str = ""
    custom: bool = False
    parent: str = ""
    protect: bool = False
    retain_on_delete: bool = False
    inputs: dict[str, Any] | None = None
    outputs: dict[str, Any] | None = None
    init_errors: list[str] | None = None


class PropertyDiff(Wire):
    """How one property differs."""

    diff_kind: str
    input_diff: bool = False


class Metadata(Wire):
    """A step."""

    op: str
    urn: str
    type: str
    provider: str = ""
    old: State | None = None
    new: State | None = None
    keys: list[str] | None = None
    diffs: list[str] | None = None
    detailed_diff: dict[str, PropertyDiff] | None = None


class ResourceEvent(Wire):
    """A step that begins, has ended or has failed."""

    metadata: Metadata


class DiagnosticEvent(Wire):
    """A message."""

    message: str
    severity: str
    urn: str = ""
    ephemeral: bool = False


class PolicyEvent(Wire):
    """What a policy refuses or advises."""

    message: str
    policy_name: str
    policy_pack_name: str = ""
    enforcement_level: str
    severity: str = ""
    resource_urn: str = ""


class RemediationEvent(Wire):
    """What a policy has changed."""

    policy_name: str
    policy_pack_name: str = ""
    resource_urn: str = ""
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None


class PreludeEvent(Wire):
    """The stack's configuration; the engine blinds what is secret there."""

    config: dict[str, str] | None = None


class SummaryEvent(Wire):
    """The end of a run."""

    duration_seconds: int = 0
    policy_packs: dict[str, str] | None = Field(default=None, alias="PolicyPacks")  # spelled so for ever
    result: str = ""


class ErrorEvent(Wire):
    """An error of the engine itself."""

    error: str


class Line(Wire):
    """One event: at most one of the fields is there, none where its kind is of no interest."""

    cancel_event: dict[str, Any] | None = None
    diagnostic_event: DiagnosticEvent | None = None
    prelude_event: PreludeEvent | None = None
    summary_event: SummaryEvent | None = None
    resource_pre_event: ResourceEvent | None = None
    res_outputs_event: ResourceEvent | None = None
    res_op_failed_event: ResourceEvent | None = None
    policy_event: PolicyEvent | None = None
    policy_remediation_event: RemediationEvent | None = None
    error_event: ErrorEvent | None = None
