"""What differs between two versions of an object's inputs, property by property, and what that means."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from sandbox.engine.kubernetes.immutable import replaces
from sandbox.engine.kubernetes.naming import same_object
from sandbox.engine.kubernetes.objects import group_kind
from sandbox.engine.kubernetes.values import UNKNOWN, Json, Object, Path


class Change(Enum):
    """How a property changes; the values are the protocol's PropertyDiff.Kind without its `_REPLACE` half."""

    ADD = 0
    DELETE = 2
    UPDATE = 4


@dataclass(frozen=True)
class Difference:
    """All that changes.

    Attributes:
        changes: path -> how.
        replacing: the paths among them that force a replacement.
        delete_first: the old object must go before its successor can come.
    """

    changes: dict[Path, Change]
    replacing: frozenset[Path] = frozenset()
    delete_first: bool = False


def compare(old: Json, new: Json, path: Path = ()) -> dict[Path, Change]:
    """Return every place where two JSON values differ, as deep as both have the same shape."""
    if isinstance(old, dict) and isinstance(new, dict):
        found: dict[Path, Change] = {}
        for key in [*old, *(key for key in new if key not in old)]:
            at = (*path, key)
            if key not in new:
                found[at] = Change.DELETE
            elif key not in old:
                found[at] = Change.ADD
            else:
                found |= compare(old[key], new[key], at)
        return found
    if isinstance(old, list) and isinstance(new, list):
        found = {}
        for index in range(max(len(old), len(new))):
            at = (*path, index)
            if index >= len(new):
                found[at] = Change.DELETE
            elif index >= len(old):
                found[at] = Change.ADD
            else:
                found |= compare(old[index], new[index], at)
        return found
    return {} if _equal(old, new) else {path: Change.UPDATE}


def _equal(old: Json, new: Json) -> bool:
    if UNKNOWN is old or UNKNOWN is new:
        return False  # what is not known yet may turn out to be anything
    return (type(old) is type(new) and bool(old == new)) or (_number(old) and _number(new) and bool(old == new))


def _number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def difference(olds: Object, news: Object, *, mutable_content: Callable[[Object], bool]) -> Difference:
    """Return what changes from `olds` to `news`, both complete inputs of one resource.

    Args:
        mutable_content: whether the data of this ConfigMap or Secret may change in place.
    """
    changes = compare(olds, news)
    if not changes:
        return Difference({})
    if group_kind(olds) == group_kind(news):
        mutable = mutable_content(olds)
        replacing = frozenset(path for path in changes if replaces(path, olds, mutable_content=mutable))
    else:
        replacing = frozenset(path for path in changes if path[0] in ("apiVersion", "kind"))
    return Difference(changes, replacing, bool(replacing) and same_object(olds, news))
