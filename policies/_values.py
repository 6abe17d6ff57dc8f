"""What a value can be besides those of JSON: not known yet, nobody's business, or a file. `_wire` makes them."""

from dataclasses import dataclass
from typing import Any, Final


class Unknown:
    """A value that a preview cannot know yet."""

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __deepcopy__(self, _memo: object) -> "Unknown":
        return self  # there is one, and it is compared by identity


UNKNOWN: Final = Unknown()


@dataclass(frozen=True)
class Secret:
    """A value that no message may show; it never prints itself either."""

    value: Any

    def __repr__(self) -> str:
        return "[secret]"


def unveiled(value: Any) -> Any:
    """Return what stands under the marks of secrets: only what a thing is may be decided by it, nothing be shown."""
    while isinstance(value, Secret):
        value = value.value
    return value


@dataclass(frozen=True)
class Opaque:
    """A file or an archive: no part of any Kubernetes object."""
