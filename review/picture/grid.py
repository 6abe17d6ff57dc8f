"""The layout of a picture in which nothing leads anywhere: areas side by side, in as many columns as make it handy."""

from math import ceil, sqrt

from review.picture import measure
from review.picture.model import Area, Node, Picture
from review.picture.place import Box, Placed

WIDEST = 5
"""Columns at most: more would need a screen that few have."""


def grid(picture: Picture) -> Placed:
    """Return where everything is: each area where its column ends first, so that none is much longer than others."""
    inside = {area.id: [node for node in picture.nodes if node.area == area.id] for area in picture.areas}
    columns = min(WIDEST, max(1, ceil(sqrt(len(picture.areas)))))
    wide = max([measure.width(node) for node in picture.nodes] + [_title(area) for area in picture.areas], default=120)
    whole = wide + 2 * measure.MARGIN
    left = top = measure.MARGIN if picture.plate else 1.0
    top += measure.HEAD - measure.MARGIN + 4 if picture.plate else 0
    ends = [top] * columns
    areas: list[tuple[Area, Box]] = []
    nodes: list[tuple[Node, Box]] = []
    for area in picture.areas:
        column = ends.index(min(ends))
        x, y = left + column * (whole + measure.APART), ends[column]
        below = y + measure.HEAD
        for node in inside[area.id]:
            nodes.append((node, Box(x=x + measure.MARGIN, y=below, width=wide, height=measure.height(node))))
            below += measure.height(node) + measure.BETWEEN
        box = Box(x=x, y=y, width=whole, height=below - y - measure.BETWEEN + measure.MARGIN)
        areas.append((area, box))
        ends[column] = box.bottom + measure.APART
    right = left + columns * whole + (columns - 1) * measure.APART
    bottom = max(ends) - (measure.APART if picture.areas else 0)
    if not picture.plate:
        return Placed(width=right + 1, height=bottom + 1, nodes=tuple(nodes), areas=tuple(areas))
    plate = Box(x=1, y=1, width=right + measure.MARGIN - 1, height=bottom + measure.MARGIN - 1)
    return Placed(
        width=plate.right + 1,
        height=plate.bottom + 1,
        nodes=tuple(nodes),
        areas=tuple(areas),
        plate=(picture.plate, plate),
    )


def _title(area: Area) -> float:
    return len(measure.cut(area.name)) * measure.LETTER + len(measure.cut(area.detail)) * measure.SMALL + 12
