"""Pieces of a report's page. Every text of others goes through `text` or `code`."""

import re
from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

from review._text import visible

NUMBERS: Final = frozenset({"before", "after", "change", "budget left"})
FEW: Final = 6  # names that stand in a row
_QUOTED: Final = re.compile(r"`([^`\n]+)`")


def text(found: object) -> str:
    """Return text of others."""
    return escape(visible(str(found)))


def prose(found: object) -> str:
    """Return a sentence of others, in which names in backquotes look like names."""
    return _QUOTED.sub(r"<code>\1</code>", text(found))


def code(found: object) -> str:
    """Return a name of others; nothing for none."""
    return f"<code>{text(found)}</code>" if found else ""


def codes(found: Iterable[object]) -> str:
    """Return names of others."""
    return ", ".join(code(each) for each in found)


def many(found: Sequence[object], what: str) -> str:
    """Return names of others; of more than `FEW` their number, under which they fold."""
    if len(found) <= FEW:
        return codes(found)
    return f'<details class="many"><summary>{len(found)} {what}</summary>{codes(found)}</details>'


def listed(lines: Sequence[str]) -> str:
    """Return lines of HTML: as a list where there are several."""
    if len(lines) < 2:
        return "".join(lines)
    return f"<ul>{''.join(f'<li>{line}</li>' for line in lines)}</ul>"


def pill(kind: str, word: str = "") -> str:
    """Return one of our own words as a label; `kind` decides how it looks."""
    return f'<span class="pill {kind}">{text(word or kind)}</span>'


def table(names: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table without its empty columns; cells are HTML. On a narrow screen a cell bears its column's name."""
    every = list(rows)
    kept = [number for number in range(len(names)) if any(row[number] for row in every)]
    head = "".join(f'<th scope="col"{_kind(names[number])}>{names[number]}</th>' for number in kept)
    body = "\n".join(f"<tr>{''.join(_cell(names[number], row[number]) for number in kept)}</tr>" for row in every)
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody></table></div>'


def _cell(name: str, found: str) -> str:
    label = f' data-name="{name}"' if name else ""
    return f"<td{_kind(name)}{label}>{found}</td>"


def _kind(name: str) -> str:
    return ' class="number"' if name in NUMBERS else ""


def facts(rows: Iterable[tuple[str, str]]) -> str:
    """Return names with what they are; what is HTML."""
    return f'<dl class="facts">{"".join(f"<dt>{name}</dt><dd>{found}</dd>" for name, found in rows)}</dl>'
