"""How bad broken rules are, from the engine's own events: the Automation API leaves it out of its."""

import json
from collections.abc import Iterable

MARK = '"policyEvent"'


def severities(lines: Iterable[str]) -> dict[str, str]:
    """Return severities, `low` to `critical`, by rule; rules that have none are not in it."""
    events = (_policy(line) for line in lines if MARK in line)
    return {event["policyName"]: event["severity"] for event in events if event.get("severity")}


def _policy(line: str) -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads(line)["policyEvent"]
    except (ValueError, KeyError):  # a line that was cut off, or one that only speaks of such events
        return {}
    return found
