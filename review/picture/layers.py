"""The layout of a picture in which things lead to others: from left to right, areas one below another.

A line that passes a column has a lane in it, so that it crosses no node. Same picture, same places, on every machine.
"""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from review.picture import measure
from review.picture.cells import Cell, untangle
from review.picture.model import Area, Edge, Picture
from review.picture.place import Box, Line, Placed, Point
from review.picture.ranks import columns, pairs

SWEEPS = 6
"""How often nodes are put in the order of what they are joined with."""


def layered(picture: Picture) -> Placed:
    """Return where everything is."""
    ways, cells = _cells(picture)
    ids = [area.id for area in picture.areas]
    for _ in range(SWEEPS):
        _sort(cells)
        _stack(cells, ids)
    untangle(cells.values())
    _stack(cells, ids)
    lefts = _lefts(picture, cells)
    for cell in cells.values():
        cell.width = max(each.width for each in cells.values() if each.column == cell.column)
    boxes = {
        each.id: Box(x=lefts[each.column], y=each.y, width=each.width, height=each.height) for each in cells.values()
    }
    areas = tuple((area, _around(area, cells, lefts)) for area in picture.areas if _inside(cells, area.id))
    shown = tuple((node, boxes[node.id]) for node in picture.nodes)
    lines = tuple(_lines(picture, ways, boxes, {area.id: box for area, box in areas}))
    every = [box for _, box in (*shown, *areas)]
    return Placed(
        width=max((box.right for box in every), default=0) + 1,
        height=max((box.bottom for box in every), default=0) + 1,
        nodes=shown,
        areas=areas,
        lines=lines,
    )


def _cells(picture: Picture) -> tuple[dict[tuple[str, str], list[str]], dict[str, Cell]]:
    """Return the cells that each pair's line passes, from left to right, and all cells."""
    column = columns(picture)
    cells = {
        node.id: Cell(
            id=node.id,
            area=node.area,
            column=column[node.id],
            width=measure.width(node),
            height=measure.height(node),
            order=float(number),
        )
        for number, node in enumerate(picture.nodes)
    }
    ways: dict[tuple[str, str], list[str]] = {}
    for start, end in pairs(picture):
        way = [start]
        for between in range(column[start] + 1, column[end]):
            lane = f"\0{start}\0{end}\0{between}"
            near = cells[start] if cells[start].area else cells[end]
            order = (cells[start].order + cells[end].order) / 2
            cells[lane] = Cell(id=lane, area=near.area, column=between, width=0, height=measure.LANE, order=order)
            way.append(lane)
        way.append(end)
        ways[start, end] = way
        for one, other in pairwise(way):
            cells[one].joined.append(other)
            cells[other].joined.append(one)
    return ways, cells


def _inside(cells: dict[str, Cell], area: str) -> list[Cell]:
    return [each for each in cells.values() if each.area == area]


def _sort(cells: dict[str, Cell]) -> None:
    """Give each cell the mean place of what it is joined with; what is joined with nothing keeps its own."""
    placed = {each.id: each.middle or each.order for each in cells.values()}
    for each in cells.values():
        if each.joined:
            each.order = sum(placed[other] for other in each.joined) / len(each.joined)


def _stack(cells: dict[str, Cell], areas: list[str]) -> None:
    """Put the cells of each area below each other, column by column, and what lies in none beside what it leads to."""
    top = 1.0
    for area in areas:
        inside = _inside(cells, area)
        if not inside:
            continue
        by_column = {
            number: [each for each in inside if each.column == number] for number in {e.column for e in inside}
        }
        tall = max(_tall(column) for column in by_column.values())
        for column in by_column.values():
            joined = any(each.joined for each in inside)  # lines are then shorter
            y = top + measure.HEAD + ((tall - _tall(column)) / 2 if joined else 0)
            for each in sorted(column, key=lambda cell: cell.order):
                each.y = y
                y += each.height + measure.BETWEEN
        top += measure.HEAD + tall + measure.MARGIN + measure.APART
    outside = _inside(cells, "")
    taken = {each.column for each in cells.values() if each.area}
    for number in sorted({each.column for each in outside}):
        between = bool(taken) and min(taken) <= number <= max(taken)
        floor = top if between else 1.0
        for each in sorted((e for e in outside if e.column == number), key=lambda cell: cell.order):
            wanted = [cells[other].middle for other in each.joined if cells[other].area]
            each.y = max(floor, (sum(wanted) / len(wanted) if wanted else each.order) - each.height / 2)
            floor = each.y + each.height + measure.BETWEEN


def _tall(column: list[Cell]) -> float:
    return sum(each.height for each in column) + measure.BETWEEN * (len(column) - 1)


def _lefts(picture: Picture, cells: dict[str, Cell]) -> dict[int, float]:
    """Return where each column begins: after the widest of the one before, and the longest label in between."""
    numbers = sorted({each.column for each in cells.values()})
    labels: dict[int, int] = {}
    for edge in picture.edges:
        if edge.label and edge.end in cells and edge.start in cells:
            column = min(cells[edge.start].column, cells[edge.end].column)
            labels[column] = max(labels.get(column, 0), len(measure.cut(edge.label)))
    inmost = max((each.column for each in cells.values() if each.area), default=0)
    starts = [(edge, cells[edge.start].column if edge.start in cells else inmost) for edge in picture.edges]
    starts += [(Edge(start=e.end, end=e.start), cells[e.end].column) for e in picture.edges if e.start in cells]
    lefts: dict[int, float] = {}
    x = measure.MARGIN + 1.0 if any(each.area and each.column == numbers[0] for each in cells.values()) else 1.0
    for number in numbers:
        lefts[number] = x
        wide = max(each.width for each in cells.values() if each.column == number)
        crossed = any(cells[edge.end].column > number >= start for edge, start in starts)
        x += wide + (max(measure.ASIDE, labels.get(number, 0) * measure.SMALL + 24) if crossed else measure.APART)
    return lefts


def _around(area: Area, cells: dict[str, Cell], lefts: dict[int, float]) -> Box:
    """Return the box of an area: as wide as all areas, so that they stand in line."""
    inside = _inside(cells, area.id)
    every = [each for each in cells.values() if each.area]
    left = min(lefts[each.column] for each in every) - measure.MARGIN
    right = max(lefts[each.column] + each.width for each in every) + measure.MARGIN
    title = (len(measure.cut(area.name, 60)) + len(area.detail) + 3) * measure.LETTER + 2 * measure.MARGIN
    top = min(each.y for each in inside) - measure.HEAD
    bottom = max(each.y + each.height for each in inside) + measure.MARGIN
    alone = all(each.area for each in cells.values())
    return Box(x=left, y=top, width=max(right - left, title if alone else 0), height=bottom - top)


def _lines(
    picture: Picture, ways: dict[tuple[str, str], list[str]], boxes: dict[str, Box], areas: dict[str, Box]
) -> Iterator[Line]:
    for edge in picture.edges:
        way = ways.get((edge.start, edge.end))
        if way:
            yield Line(edge=edge, points=tuple(_through(way, boxes)))
        elif back := ways.get((edge.end, edge.start)):
            yield Line(edge=edge, points=tuple(_through(back, boxes)), back=True)
        elif edge.start in areas and edge.end in boxes:
            yield _from_area(edge, areas[edge.start], boxes[edge.end])


def _through(way: list[str], boxes: dict[str, Box]) -> Iterable[Point]:
    first, last = boxes[way[0]], boxes[way[-1]]
    yield first.right, first.middle
    for lane in way[1:-1]:
        yield boxes[lane].x, boxes[lane].middle
        yield boxes[lane].right, boxes[lane].middle
    yield last.x, last.middle


def _from_area(edge: Edge, area: Box, end: Box) -> Line:
    """Return a line from the side of an area, as near to its end as that goes."""
    y = min(max(end.middle, area.y + measure.MARGIN), area.bottom - measure.MARGIN)
    return Line(edge=edge, points=((area.right, y), (end.x, end.middle)))
