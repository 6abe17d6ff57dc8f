"""Lines of a diff for one change, in the words of the manifest."""

import difflib
from collections.abc import Iterator
from typing import Final

from review._text import value, visible
from review.kubernetes import told
from review.model import Change, Op, PropertyChange
from review.values import Mark, leaves, spelled

SIGNS: Final = {Op.CREATE: "+", Op.UPDATE: "~", Op.REPLACE: "±", Op.DELETE: "-", Op.IMPORT: "="}
MOST_LINES: Final = 40  # of a text whose lines are compared


def head(change: Change) -> str:
    """Return the line that says what becomes of what."""
    where = f" in {'/'.join(change.components)}" if change.components else ""
    why = f", because of {', '.join(change.reasons)}" if change.reasons else ""
    return visible(" ".join(f"@@ {SIGNS[change.op]} {change.op} {told(change)}{where}{why} @@".split()))


def body(change: Change) -> Iterator[str]:
    """Yield what changes of it: all of it where it is made, nothing where it goes."""
    for found in change.properties:
        yield from _property(found)
    for path, leaf in leaves(change.made):
        if path and path[:1] not in (("apiVersion",), ("kind",)):
            yield f"+ {visible(spelled(path))}: {value(leaf)}"


def _property(found: PropertyChange) -> Iterator[str]:
    path, drift = visible(found.path), " (as it is in the cluster)" if found.drift else ""
    if found.before == found.after:
        yield f"! {path}: {value(found.after)} changes{drift}"
        return
    if _text(found.before) and _text(found.after):
        yield from _lines(path, found.before, found.after)
        return
    for sign, side, note in (("-", found.before, drift), ("+", found.after, "")):
        if side is not None:
            for inner, leaf in leaves(side):
                yield f"{sign} {path}{_below(visible(spelled(inner)))}: {value(leaf)}{note}"


def _below(path: str) -> str:
    return path if not path or path.startswith("[") else f".{path}"


def _text(found: object) -> bool:
    """Return whether it is a text of several lines."""
    return isinstance(found, str) and not isinstance(found, Mark) and "\n" in found


def _lines(path: str, before: str, after: str) -> Iterator[str]:
    found = [
        f"{line[0]} {path}: {value(line[1:])}"
        for line in difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
        if not line.startswith(("---", "+++", "@@"))
    ]
    if found and len(found) <= MOST_LINES:
        yield from found
    else:
        yield f"- {path}: {value(before)}"
        yield f"+ {path}: {value(after)}"
