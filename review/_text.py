"""Text that others wrote, made harmless: for cells of tables, for HTML, for lines of a diff."""

import hashlib
import html
import json
import re
from typing import Final

from review.values import Mark, Value

LONGEST_CELL: Final = 400  # characters of one cell of a table, before they are escaped
LONGEST_VALUE: Final = 240  # characters of one value in a diff

_SPECIAL = re.compile(r"([\\`*_\[\]#|~$:])")
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)


def visible(text: str) -> str:
    """Return text in which characters that nobody sees, or that turn others around, are spelled out."""
    return _HIDDEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def cell(text: str, longest: int = LONGEST_CELL) -> str:
    """Return text for one cell of a Markdown table, or one line: no markup, no mention, no line's end."""
    plain = visible(" ".join(text.split()))
    if len(plain) > longest:
        plain = f"{plain[: longest - 1].rstrip()}…"
    return _SPECIAL.sub(r"\\\1", html.escape(plain, quote=False)).replace("@", "@\u200b")


def code(text: str, longest: int = LONGEST_CELL) -> str:
    """Return a name for a cell, in the shape of code; HTML, since a name may have backquotes."""
    plain = visible(" ".join(text.split()))
    if len(plain) > longest:
        plain = f"{plain[: longest - 1]}…"
    escaped = re.sub(r"[^\w ./…\u0080-\uffff-]", lambda found: f"&#{ord(found[0])};", plain, flags=re.ASCII)
    return f"<code>{escaped.replace('_', '&#95;').replace('-', '&#45;')}</code>" if escaped else ""


def value(found: Value) -> str:
    """Return a value on one line of a diff; of a long one only how long it is and whether two are the same."""
    if isinstance(found, Mark):
        return found.value
    text = visible(json.dumps(found, ensure_ascii=False, default=str))
    return text if len(text) <= LONGEST_VALUE else f"({len(text)} characters, {_digest(text)})"


def fence(lines: list[str]) -> str:
    """Return lines as a block of a diff, whatever they hold."""
    longest = max([2, *(len(run) for line in lines for run in re.findall(r"`+", line))])
    marks = "`" * (longest + 1)
    return "\n".join([f"{marks}diff", *lines, marks])


def _digest(text: str) -> str:
    return f"sha256 {hashlib.sha256(text.encode()).hexdigest()[:8]}"
