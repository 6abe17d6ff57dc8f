"""Events as the engine sends them, in its own JSON."""

from typing import Any

from pulumi.automation import EngineEvent

ROOT = "urn:pulumi:acme-dev::paas::pulumi:pulumi:Stack::paas-acme-dev"


def urn(name: str, type: str = "kubernetes:core/v1:Namespace") -> str:
    return f"urn:pulumi:acme-dev::paas::paas:tenant:TenantEnvironment${type}::{name}"


def an_event(**said: Any) -> EngineEvent:
    return EngineEvent.from_json({"sequence": 1, "timestamp": 1, **said})


def done(op: str, name: str, type: str = "kubernetes:core/v1:Namespace", **diff: str) -> EngineEvent:
    detailed = {key: {"diffKind": kind} for key, kind in diff.items()}
    metadata = {"op": op, "urn": urn(name, type), "type": type, "provider": "", "detailedDiff": detailed}
    return an_event(resOutputsEvent={"metadata": metadata})


def failed(name: str) -> EngineEvent:
    metadata = {"op": "create", "urn": urn(name), "type": "kubernetes:core/v1:Namespace", "provider": ""}
    return an_event(resOpFailedEvent={"metadata": metadata, "status": 1, "steps": 1})


def said(message: str, severity: str = "error", name: str = "") -> EngineEvent:
    place = {"urn": urn(name)} if name else {}
    return an_event(diagnosticEvent={"message": message, "color": "never", "severity": severity, **place})


def broken(rule: str, level: str, name: str = "quota") -> EngineEvent:
    policy = {"policyName": rule, "enforcementLevel": level, "resourceUrn": urn(name), "message": "too\n  much"}
    return an_event(policyEvent=policy)


def summed_up(**counts: int) -> EngineEvent:
    changes = {op.replace("_", "-"): count for op, count in counts.items()}
    return an_event(summaryEvent={"resourceChanges": changes, "durationSeconds": 1})
