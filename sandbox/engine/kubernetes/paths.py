"""Property paths as the engine writes them: `spec.ports[*].port`, `metadata.labels["a.b/c"]`."""

import re
from typing import Final

from sandbox.engine.kubernetes.errors import InvalidInput
from sandbox.engine.kubernetes.values import Path

_PART: Final = re.compile(
    r'\.?(?P<name>[^.\[\]"]+)|\[(?P<index>\d+)\]|\[(?P<every>\*)\]|\["(?P<key>(?:[^"\\]|\\.)*)"\]'
)


def parse(text: str) -> Path:
    """Return the parts of a path; `*` stands for every key or index.

    Raises:
        InvalidInput: it is no path.
    """
    parts: list[str | int] = []
    at = 0
    while at < len(text):
        found = _PART.match(text, at)
        if found is None:
            raise InvalidInput(f"{text!r} is no property path; write it like `spec.ports[0].port`.")
        if found["index"] is not None:
            parts.append(int(found["index"]))
        elif found["key"] is not None:
            parts.append(found["key"].replace('\\"', '"'))
        else:
            parts.append(found["name"] or found["every"])
        at = found.end()
    return tuple(parts)
