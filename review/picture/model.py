"""What a picture shows, whatever it is drawn with: things, the areas that they lie in, and what leads where."""

from dataclasses import dataclass
from enum import StrEnum


class Tone(StrEnum):
    """What a thing is in the picture; the drawing gives each a look of its own."""

    PLAIN = "plain"
    OUTSIDE = "outside"
    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    IMPORT = "import"


@dataclass(frozen=True, kw_only=True)
class Node:
    """A thing.

    Attributes:
        id: tells it from all others of the picture.
        name: what it is called.
        detail: a second, smaller line.
        area: the id of the area that it lies in; empty for none.
        sign: what becomes of it, in one sign.
        grave: it must not be overlooked.
        hint: what a pointer that rests on it, or a reader aloud, tells; absent: name and detail.
    """

    id: str
    name: str
    detail: str = ""
    area: str = ""
    tone: Tone = Tone.PLAIN
    sign: str = ""
    grave: bool = False
    hint: str = ""


@dataclass(frozen=True, kw_only=True)
class Area:
    """Where things lie."""

    id: str
    name: str
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class Edge:
    """What leads from one thing to another; `start` may be an area.

    Attributes:
        loose: it may, and need not.
    """

    start: str
    end: str
    label: str = ""
    loose: bool = False


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture.

    Attributes:
        title: in a few words.
        said: the same as the picture in a sentence, for who cannot see it.
        plate: the name of what all areas stand on; empty for nothing. What leads from it to them, its edges say.
    """

    title: str
    said: str
    areas: tuple[Area, ...] = ()
    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()
    plate: str = ""
