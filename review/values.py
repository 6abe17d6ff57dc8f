"""Values of resources as a review may hold them: JSON, in which what is secret or not known yet is only a mark."""

import re
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final, TypeAlias

Value: TypeAlias = Any
"""None, a truth value, a number, text, a Mark, a list of values, or a mapping of text to values."""

Path: TypeAlias = tuple[str | int, ...]
"""Names of fields and positions in lists, from the outside in."""


class Mark(StrEnum):
    """Stands where a value was."""

    SECRET = "[secret]"
    UNKNOWN = "[unknown]"


_STEP = re.compile(r"""\.?(?P<name>[^.\[\]"]+)|\[(?P<index>\d+)\]|\["(?P<quoted>(?:[^"\\]|\\.)*)"\]""")
_PLAIN: Final = re.compile(r"[A-Za-z_$][\w$-]*", re.ASCII)


def parse(text: str) -> Path:
    """Return a path from the engine's spelling: `spec.containers[0].env`, `metadata.labels["a.b/c"]`.

    Raises:
        ValueError: it is none.
    """
    found: list[str | int] = []
    position = 0
    while position < len(text):
        match = _STEP.match(text, position)
        if match is None:
            raise ValueError(f"not a path of properties: {text}")
        if match["index"] is not None:
            found.append(int(match["index"]))
        elif match["quoted"] is not None:
            found.append(re.sub(r"\\(.)", r"\1", match["quoted"]))
        else:
            found.append(match["name"])
        position = match.end()
    return tuple(found)


def spelled(path: Path) -> str:
    """Return a path in the engine's spelling."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif _PLAIN.fullmatch(step):
            text += f".{step}" if text else step
        else:
            quoted = step.replace("\\", "\\\\").replace('"', '\\"')
            text += f'["{quoted}"]'
    return text


def get(value: Value, *path: str | int) -> Value:
    """Return what stands at `path`: None where nothing does, and a mark where the path leads into one."""
    for step in path:
        if isinstance(value, Mark):
            return value
        if isinstance(value, Mapping) and isinstance(step, str):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int):
            value = value[step] if step < len(value) else None
        else:
            return None
    return value


def listed(value: Value) -> list[Value]:
    """Return a list's items; nothing for what is no list."""
    return list(value) if isinstance(value, list) else []


def mapped(value: Value) -> Mapping[str, Value]:
    """Return a mapping; an empty one for what is none."""
    return value if isinstance(value, Mapping) else {}


def leaves(value: Value, path: Path = ()) -> Iterator[tuple[Path, Value]]:
    """Yield every value that holds no others, with its path; empty lists and mappings are such."""
    inner: Sequence[tuple[str | int, Value]] = ()
    if isinstance(value, Mapping):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    if not inner:
        yield path, value
    for step, found in inner:
        yield from leaves(found, (*path, step))


def differences(old: Value, new: Value, path: Path = ()) -> Iterator[tuple[Path, Value, Value]]:
    """Yield (path, before, after) of the outermost values that differ; None is nothing."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in [*old, *(key for key in new if key not in old)]:
            yield from differences(old.get(key), new.get(key), (*path, key))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (before, after) in enumerate(zip(old, new, strict=True)):
            yield from differences(before, after, (*path, index))
    elif old != new or isinstance(old, bool) is not isinstance(new, bool):
        yield path, old, new
