"""Event logs for tests: recorded ones, and small ones written line by line."""

import json
from pathlib import Path
from typing import Any

from review.events import Log, read

RECORDED = Path(__file__).parent / "recorded"
URN = "urn:pulumi:zeta-dev::shop::paas:tenant:Environment${type}::{name}"
END: dict[str, Any] = {"cancelEvent": {}}


def recorded(name: str, side: str = "head") -> Log:
    """What the engine said of a scenario."""
    return read((RECORDED / f"{name}.{side}.jsonl").read_text().splitlines())


def lines(*events: dict[str, Any]) -> list[str]:
    """Events as lines of a log."""
    return [json.dumps({"sequence": number, "timestamp": 1, **event}) for number, event in enumerate(events)]


def step(op: str, manifest: dict[str, Any], *, old: dict[str, Any] | None = None, type: str = "") -> dict[str, Any]:
    """A step of an object, as it begins."""
    type = type or f"kubernetes:{manifest.get('apiVersion', 'v1')}:{manifest.get('kind', 'ConfigMap')}"
    urn = URN.format(type=type, name=manifest.get("metadata", {}).get("name", "it"))
    states = {
        side: None
        if found is None
        else {"type": type, "urn": urn, "id": "", "custom": True, "parent": "", "inputs": found, "outputs": {}}
        for side, found in (("old", old), ("new", None if op == "delete" else manifest))
    }
    return {"resourcePreEvent": {"metadata": {"op": op, "urn": urn, "type": type, "detailedDiff": None, **states}}}


def refusal(message: str, level: str = "mandatory", rule: str = "S1") -> dict[str, Any]:
    """What a policy says."""
    return {
        "policyEvent": {
            "message": message,
            "color": "never",
            "policyName": rule,
            "policyPackName": "paas",
            "policyPackVersion": "0.1.0",
            "policyPackVersionTag": "0.1.0",
            "enforcementLevel": level,
            "severity": "high",
        }
    }


def error(message: str) -> dict[str, Any]:
    """A message of the engine."""
    return {"diagnosticEvent": {"message": message, "color": "never", "severity": "error"}}


def summary(result: str = "succeeded") -> dict[str, Any]:
    """The end of a preview, as it tells itself."""
    return {
        "summaryEvent": {
            "maybeCorrupt": False,
            "durationSeconds": 1,
            "resourceChanges": {},
            "PolicyPacks": {},
            "isPreview": True,
            "result": result,
        }
    }
