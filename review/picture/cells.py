"""What stands in the columns of a layout, and in which order: such that few lines cross."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from typing import Final

ROUNDS: Final = 4
MOST: Final = 60  # cells, beyond which lines may cross: looking at all pairs would take seconds


@dataclass
class Cell:
    """A node, or the lane of a line, in a column.

    Attributes:
        order: what comes first in its column and area; equal for none.
        joined: ids of cells in the columns beside it.
    """

    id: str
    area: str
    column: int
    width: float
    height: float
    order: float
    y: float = 0
    joined: list[str] = field(default_factory=list)

    @property
    def middle(self) -> float:
        """Half way down."""
        return self.y + self.height / 2


def untangle(found: Iterable[Cell]) -> None:
    """Swap neighbours of a column as long as fewer lines cross for it."""
    cells = {cell.id: cell for cell in found}
    for column in _columns(cells.values()):
        for number, cell in enumerate(sorted(column, key=lambda each: each.order)):
            cell.order = number
    if len(cells) > MOST:
        return
    best = _crossings(cells)
    for _ in range(ROUNDS):
        before = best
        for column in _columns(cells.values()):
            for one, other in pairwise(sorted(column, key=lambda each: each.order)):
                one.order, other.order = other.order, one.order
                crossed = _crossings(cells)
                if crossed < best:
                    best = crossed
                else:
                    one.order, other.order = other.order, one.order
        if best == before:
            return


def _columns(cells: Iterable[Cell]) -> Iterator[list[Cell]]:
    """Yield what can be put in another order: the cells of each column in each area."""
    groups: dict[tuple[str, int], list[Cell]] = {}
    for cell in cells:
        groups.setdefault((cell.area, cell.column), []).append(cell)
    yield from groups.values()


def _crossings(cells: dict[str, Cell]) -> int:
    """Return how many pairs of lines cross between two columns, areas being in the order in which they come."""
    rank = {area: number for number, area in enumerate(dict.fromkeys(cell.area for cell in cells.values()))}

    def place(cell: Cell) -> tuple[float, float]:
        return (rank[cell.area], cell.order) if cell.area else (-1, cell.order)

    by_column: dict[int, list[tuple[tuple[float, float], tuple[float, float]]]] = {}
    for cell in cells.values():
        for other in (cells[each] for each in cell.joined):
            if other.column > cell.column:
                by_column.setdefault(cell.column, []).append((place(cell), place(other)))
    return sum(_crossed(lines) for lines in by_column.values())


def _crossed(lines: Sequence[tuple[tuple[float, float], tuple[float, float]]]) -> int:
    return sum((a < c and b > d) or (a > c and b < d) for (a, b), (c, d) in combinations(lines, 2))
