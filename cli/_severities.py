"""How bad broken rules are: the engine says it in its events, and the Automation API leaves it out of its own."""

from typing import Any

from pulumi.automation import events


class PolicyEvent(events.PolicyEvent):
    """A rule that something breaks.

    Attributes:
        severity: low, medium, high or critical; empty where the rule has none.
    """

    severity: str

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "PolicyEvent":
        """Return the event that the engine has written."""
        found = super().from_json(data)
        assert isinstance(found, cls)
        found.severity = data.get("severity") or ""
        return found


# By this name the Automation API looks for what reads such events.
events.PolicyEvent = PolicyEvent  # type: ignore[misc]  # a class is no variable to mypy


def severity(event: events.PolicyEvent) -> str:
    """Return how bad it is."""
    return event.severity if isinstance(event, PolicyEvent) else ""
