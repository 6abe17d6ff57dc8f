"""An event log without secrets, for keeping: a review of it tells what one of the log itself does.

    python -m review.scrub <head.jsonl >kept.jsonl

The engine writes in clear what the program has not marked: the values of a Kubernetes Secret, a password in a variable.
"""

import json
import sys
from collections.abc import Mapping
from typing import Any, Final

from review.secrets import UNKNOWN, cleaned, message, properties
from review.values import Mark, Value

OURS: Final = ("paas:tenant", "paas:platform")
"""Configuration that a review reads. All other is the program's own affair."""

LOST: Final = "a line that is no event"


def scrubbed(line: str) -> str:
    """Return a line without secrets. One that cannot be read keeps nothing of what it says."""
    try:
        event = json.loads(line)
    except ValueError:
        return LOST
    return json.dumps(_marked(_event(event))) if isinstance(event, dict) else LOST


def _event(event: Mapping[str, Any]) -> dict[str, Value]:
    return {kind: _part(found) for kind, found in event.items()}


def _part(found: Any) -> Value:
    if not isinstance(found, Mapping):
        return found
    clean = {key: _text(value) if key == "message" else cleaned(value) for key, value in found.items()}
    if isinstance(found.get("config"), Mapping):
        clean["config"] = {key: _config(key, value) for key, value in found["config"].items()}
    if isinstance(found.get("metadata"), Mapping):
        clean["metadata"] = _step(found["metadata"])
    return clean


def _text(value: Any) -> Any:
    return message(value) if isinstance(value, str) else cleaned(value)


def _config(key: str, value: Any) -> Any:
    if key not in OURS:
        return Mark.SECRET
    try:
        return json.dumps(_marked(cleaned(json.loads(value))))
    except (TypeError, ValueError):
        return cleaned(value)


def _step(step: Mapping[str, Any]) -> dict[str, Value]:
    sides = {side: _state(step[side]) for side in ("old", "new") if isinstance(step.get(side), Mapping)}
    return {key: cleaned(value) for key, value in step.items() if key not in sides} | sides


def _state(state: Mapping[str, Any]) -> dict[str, Value]:
    fields = {
        field: properties(str(state.get("type", "")), state[field])
        for field in ("inputs", "outputs")
        if isinstance(state.get(field), Mapping)
    }
    return {key: cleaned(value) for key, value in state.items() if key not in fields} | fields


def _marked(value: Value) -> Value:
    """Return a value in which what is not known yet is spelled as the engine does, so that it is read as such."""
    if value is Mark.UNKNOWN:
        return min(UNKNOWN)
    if isinstance(value, Mapping):
        return {key: _marked(found) for key, found in value.items()}
    return [_marked(found) for found in value] if isinstance(value, list) else value


def main() -> None:
    """Scrub what comes in."""
    for line in sys.stdin:
        print(scrubbed(line), flush=True)


if __name__ == "__main__":
    main()
