"""A picture as one SVG element: no script, no font, no address, so that a page or a file needs nothing else.

Lines are drawn first and nodes over them. What each thing is stands in its `<title>`; the whole has a title and a
description. Texts of others are escaped.
"""

from collections.abc import Iterator
from html import escape
from typing import Final

from review._text import visible
from review.picture import measure
from review.picture.grid import grid
from review.picture.layers import layered
from review.picture.model import Area, Node, Picture, Tone
from review.picture.place import Box, Line, Placed, Point

STYLE: Final = """\
.picture { --p-ink: #1c2024; --p-paper: #ffffff; --p-faint: #5d6670; --p-line: #8b95a0; --p-area: #f4f6f8;
  --p-edge: #c6cdd4; --p-create: #0b6b2e; --p-update: #8a5a00; --p-replace: #7c3aad; --p-delete: #b3261e; }
@media (prefers-color-scheme: dark) { .picture { --p-ink: #e6e9ec; --p-paper: #14171a; --p-faint: #9aa4ae;
  --p-line: #7b8590; --p-area: #1d2126; --p-edge: #3f4750; --p-create: #6fd08c; --p-update: #f0b45a;
  --p-replace: #d3a6f5; --p-delete: #ff8a80; } }
.picture text { font: 12px ui-monospace, "DejaVu Sans Mono", monospace; fill: var(--p-ink); }
.picture .detail { font-size: 11px; fill: var(--p-faint); }
.picture .plate rect { fill: none; stroke: var(--p-edge); stroke-width: 1.5; stroke-dasharray: 2 4; }
.picture .area rect { fill: var(--p-area); stroke: var(--p-edge); }
.picture .area .name, .picture .plate .name { font-weight: 600; }
.picture .line path { fill: none; stroke: var(--p-line); stroke-width: 1.5; }
.picture .line .tip { fill: var(--p-line); stroke: none; }
.picture .loose path { stroke-dasharray: 5 4; } .picture .loose .tip { stroke-dasharray: none; }
.picture .line text { font-size: 11px; fill: var(--p-faint); paint-order: stroke; stroke: var(--p-paper);
  stroke-width: 4px; stroke-linejoin: round; }
.picture .inner text { stroke: var(--p-area); }
.picture .node rect { fill: var(--p-paper); stroke: var(--p-line); stroke-width: 1.25; }
.picture .outside rect { stroke-dasharray: none; }
.picture .sign { font-weight: 700; }
.picture .create rect { stroke: var(--p-create); } .picture .create .sign { fill: var(--p-create); }
.picture .import rect { stroke: var(--p-create); } .picture .import .sign { fill: var(--p-create); }
.picture .update rect { stroke: var(--p-update); } .picture .update .sign { fill: var(--p-update); }
.picture .replace rect { stroke: var(--p-replace); } .picture .replace .sign { fill: var(--p-replace); }
.picture .delete rect { stroke: var(--p-delete); } .picture .delete .sign { fill: var(--p-delete); }
.picture .delete .name { text-decoration: line-through; }
.picture .create rect, .picture .import rect, .picture .update rect, .picture .replace rect,
.picture .delete rect { stroke-width: 1.75; }
.picture .grave rect { stroke-width: 3; }
.picture .badge { fill: var(--p-delete); } .picture .mark { font-size: 11px; font-weight: 700; fill: var(--p-paper); }
"""


def svg(picture: Picture, *, alone: bool = False) -> str:
    """Return the SVG element.

    Args:
        alone: it is a file of its own, so that it needs its namespace and its style; else the page has `STYLE`.
    """
    placed = grid(picture) if picture.plate else layered(picture)
    size = f'width="{_n(placed.width)}" height="{_n(placed.height)}"'
    view = f'viewBox="0 0 {_n(placed.width)} {_n(placed.height)}"'
    space = ' xmlns="http://www.w3.org/2000/svg"' if alone else ""
    style = f"<style>\n{STYLE}</style>\n" if alone else ""
    parts = "\n".join(_drawn(placed))
    return (
        f'<svg{space} class="picture" role="img" aria-label="{_text(picture.title)}" {size} {view}>\n'
        f"<title>{_text(picture.title)}</title>\n<desc>{_text(picture.said)}</desc>\n{style}{parts}\n</svg>\n"
    )


def _drawn(placed: Placed) -> Iterator[str]:
    if placed.plate:
        name, box = placed.plate
        yield f'<g class="plate">{_rect(box, 10)}{_label(box.x + measure.MARGIN, box.y + 21, name, "name")}</g>'
    areas = [box for _, box in placed.areas]
    yield from (_area(area, box) for area, box in placed.areas)
    yield from (_line(line, areas) for line in placed.lines)
    yield from (_node(node, box) for node, box in placed.nodes)


def _area(area: Area, box: Box) -> str:
    x, y = box.x + measure.MARGIN, box.y + 21
    name = measure.cut(area.name, 60)
    after = x + len(name) * measure.LETTER + 10
    detail = _label(after, y, area.detail, "detail") if area.detail else ""
    hint = f"<title>{_text(' '.join((area.name, area.detail)).strip())}</title>"
    return f'<g class="area">{hint}{_rect(box, 8)}{_label(x, y, name, "name")}{detail}</g>'


def _node(node: Node, box: Box) -> str:
    hint = node.hint or " ".join((node.name, node.detail)).strip()
    classes = " ".join(["node", node.tone, *(["grave"] if node.grave else [])])
    left = box.x + measure.PAD
    parts = [f"<title>{_text(hint)}</title>", _rect(box, box.height / 2 if node.tone is Tone.OUTSIDE else 5)]
    if node.sign:
        parts.append(_label(left, box.y + 19, node.sign, "sign"))
        left += measure.SIGN
    parts.append(_label(left, box.y + 19, measure.cut(node.name), "name"))
    if node.detail:
        parts.append(_label(left, box.y + 35, measure.cut(node.detail), "detail"))
    if node.grave:
        x, y = box.right - 2, box.y + 2
        parts.append(f'<circle class="badge" cx="{_n(x)}" cy="{_n(y)}" r="8"/>')
        parts.append(f'<text class="mark" x="{_n(x)}" y="{_n(y + 4)}" text-anchor="middle">!</text>')
    return f'<g class="{classes}">{"".join(parts)}</g>'


def _line(line: Line, areas: list[Box]) -> str:
    start, end = line.points[0], line.points[-1]
    tip = _tip(start, -1) if line.back else _tip(end, 1)
    label = ""
    inner = ""
    if line.edge.label:
        (x1, y1), (x2, y2) = line.points[:2]  # where it begins: ends are where many meet
        x, y = (x1 + x2) / 2, (y1 + y2) / 2
        inner = " inner" if any(a.x < x < a.right and a.y < y < a.bottom for a in areas) else ""
        text = _text(measure.cut(line.edge.label))
        label = f'<text x="{_n(x)}" y="{_n(y - 4)}" text-anchor="middle">{text}</text>'
    classes = f"line{' loose' if line.edge.loose else ''}{inner}"
    return f'<g class="{classes}"><path d="{_curve(line.points)}"/>{tip}{label}</g>'


def _curve(points: tuple[Point, ...]) -> str:
    """Return a line that leaves and enters everything level."""
    (x, y), *rest = points
    path = f"M{_n(x)} {_n(y)}"
    for x2, y2 in rest:
        bend = (x + x2) / 2
        path += f"C{_n(bend)} {_n(y)} {_n(bend)} {_n(y2)} {_n(x2)} {_n(y2)}"
        x, y = x2, y2
    return path


def _tip(at: Point, way: int) -> str:
    x, y = at
    back = x - 8 * way
    return f'<path class="tip" d="M{_n(x)} {_n(y)}L{_n(back)} {_n(y - 4.5)}L{_n(back)} {_n(y + 4.5)}Z"/>'


def _rect(box: Box, round: float) -> str:
    size = f'width="{_n(box.width)}" height="{_n(box.height)}"'
    return f'<rect x="{_n(box.x)}" y="{_n(box.y)}" {size} rx="{_n(round)}"/>'


def _label(x: float, y: float, text: str, name: str) -> str:
    return f'<text class="{name}" x="{_n(x)}" y="{_n(y)}">{_text(text)}</text>'


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


def _text(text: str) -> str:
    return escape(visible(text))
