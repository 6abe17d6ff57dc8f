"""The part of kubectl's JSONPath that readiness needs: `{.status.phase}`, `{.items[0].name}`, `{.a['b.c'][*].d}`,
`{.status.conditions[?(@.type=="Ready")].status}`. Anything else is an error that quotes it.
"""

import json
import re
from collections.abc import Callable
from typing import Any, Final

from sandbox.engine.kubernetes.errors import InvalidInput

Step = Callable[[list[Any]], list[Any]]

_STEP: Final = re.compile(
    r"""
      \.?\[ \s* (?P<index>-?\d+) \s* \]
    | \.?\[ \s* (?P<every>\*) \s* \]
    | \.?\[ \s* (?P<quoted>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*") \s* \]
    | \.?\[ \s* \?\( \s* @\.(?P<field>[\w.\-]+) \s* (?P<op>==|!=) \s* (?P<wanted>'[^']*'|"[^"]*"|[\w.\-]+) \s* \) \s* \]
    | \.(?P<all>\*)
    | \.?(?P<name>(?:[^.\[\]{}\\*'"\s]|\\.)+)
    """,
    re.VERBOSE,
)


def compiled(text: str) -> Callable[[Any], list[Any]]:
    """Return a function that finds every value at a JSONPath.

    Raises:
        InvalidInput: the path uses something that is not supported, or is none.
    """
    inner = text.strip()
    inner = inner[1:-1].strip() if inner.startswith("{") and inner.endswith("}") else inner
    inner = inner.removeprefix("$")
    steps: list[Step] = []
    at = 0
    while at < len(inner):
        found = _STEP.match(inner, at)
        if found is None:
            raise InvalidInput(
                f"JSONPath {text!r} is not understood from {inner[at:]!r} on; supported are fields, [0], [*] and "
                '[?(@.field=="value")].'
            )
        steps.append(_step(found))
        at = found.end()
    if not steps:
        raise InvalidInput(f"JSONPath {text!r} is empty; write it like {{.status.phase}}.")

    def find(value: Any) -> list[Any]:
        values = [value]
        for step in steps:
            values = step(values)
        return values

    return find


def _step(found: "re.Match[str]") -> Step:
    if found["every"] or found["all"]:
        return lambda values: [item for value in values for item in _children(value)]
    if found["index"] is not None:
        return _at(int(found["index"]))
    if found["field"] is not None:
        return _where(found["field"].split("."), found["op"] == "==", _literal(found["wanted"]))
    name = _literal(found["quoted"]) if found["quoted"] else re.sub(r"\\(.)", r"\1", found["name"])
    return lambda values: [value[name] for value in values if isinstance(value, dict) and name in value]


def _at(index: int) -> Step:
    return lambda values: [
        value[index] for value in values if isinstance(value, list) and -len(value) <= index < len(value)
    ]


def _where(field: list[str], equal: bool, wanted: str) -> Step:
    def keep(item: Any) -> bool:
        for part in field:
            item = item.get(part) if isinstance(item, dict) else None
        return (item is not None and text_of(item) == wanted) is equal

    return lambda values: [item for value in values for item in _children(value) if keep(item)]


def _children(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _literal(text: str) -> str:
    return text[1:-1].replace("\\'", "'").replace('\\"', '"') if text[:1] in "'\"" else text


def text_of(value: Any) -> str:
    """Write a value as kubectl would compare it: text as it is, the rest as JSON."""
    return value if isinstance(value, str) else json.dumps(value)
