"""Lay Python expressions out as formatters do: on one line while it fits, else an item a line with commas behind.

An expression is text, or a `Bracketed` with items in it: `data={"colour": "blue"}` is an item with a prefix.
"""

from dataclasses import dataclass
from typing import TypeAlias

WIDTH = 88  # columns, the usual formatters' default
STEP = 4

_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


@dataclass(frozen=True)
class Bracketed:
    """`opening item, item closing`; each item is a prefix (`name=`, or nothing) and an expression."""

    opening: str
    items: tuple[tuple[str, "Expression"], ...]
    closing: str


Expression: TypeAlias = "str | Bracketed"


def laid_out(prefix: str, expression: Expression, indent: int = 0, behind: str = "") -> str:
    """Return source text, its first line not indented.

    Args:
        prefix: what stands before it on its first line.
        indent: columns of the line it begins on.
        behind: what follows it: a comma within brackets.
    """
    line = f"{prefix}{_one_line(expression)}{behind}"
    fits = "\n" not in line and indent + len(line) <= WIDTH
    if isinstance(expression, str) or not expression.items or fits:
        return line
    margin = " " * (indent + STEP)
    items = "".join(f"{margin}{laid_out(*item, indent + STEP, ',')}\n" for item in expression.items)
    return f"{prefix}{expression.opening}\n{items}{' ' * indent}{expression.closing}{behind}"


def _one_line(expression: Expression) -> str:
    if isinstance(expression, str):
        return expression
    inside = ", ".join(f"{prefix}{_one_line(item)}" for prefix, item in expression.items)
    return f"{expression.opening}{inside}{expression.closing}"


def quoted(text: str, *, lines: bool = True) -> str:
    """Return a literal for a text: of several lines, where it has them and `lines` lets it."""
    if lines and "\n" in text.rstrip("\n"):
        body = "".join(each if each == "\n" else _escaped(each) for each in text).replace('"""', r"\"\"\"")
        return f'"""{body[:-1]}\\""""' if body.endswith('"') else f'"""{body}"""'
    quote = "'" if text.count('"') > text.count("'") else '"'
    return quote + "".join(map(_escaped, text)).replace(quote, f"\\{quote}") + quote


def _escaped(letter: str) -> str:
    return _ESCAPES.get(letter) or (letter if letter.isprintable() else letter.encode("unicode_escape").decode())
