"""Where everything of a picture is: what a layout answers, and what is drawn."""

from dataclasses import dataclass

from review.picture.model import Area, Edge, Node

Point = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Box:
    """A rectangle: left, top, and how wide and high it is."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        """Half way down."""
        return self.y + self.height / 2

    @property
    def right(self) -> float:
        """The right side."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The lower side."""
        return self.y + self.height


@dataclass(frozen=True, kw_only=True)
class Line:
    """An edge by the points that it passes, from its start to its end; `back`: it is drawn from its end."""

    edge: Edge
    points: tuple[Point, ...]
    back: bool = False


@dataclass(frozen=True, kw_only=True)
class Placed:
    """A picture with places.

    Attributes:
        plate: what all areas stand on; None for nothing.
    """

    width: float
    height: float
    nodes: tuple[tuple[Node, Box], ...]
    areas: tuple[tuple[Area, Box], ...]
    lines: tuple[Line, ...] = ()
    plate: tuple[str, Box] | None = None
