"""Sizes, in SVG's units: a screen's pixels where nothing scales it. All letters are as wide as each other."""

from typing import Final

from review.picture.model import Node

LETTER: Final = 7.4  # of a name: 12 px monospace, with some room for fonts that are wider
SMALL: Final = 6.7  # of a detail: 11 px
LONGEST: Final = 26  # letters of a line, before the rest is a sign
PAD: Final = 12
HEIGHT: Final = 30  # of a node of one line
SECOND: Final = 15  # more, of one with a detail
SIGN: Final = 16  # more to the left, for a sign

BETWEEN: Final = 12  # nodes of a column
ASIDE: Final = 56  # columns, at least
LANE: Final = 10  # of a line that passes through a column
HEAD: Final = 32  # of an area, with its name
MARGIN: Final = 14  # within an area
APART: Final = 18  # areas


def cut(text: str, longest: int = LONGEST) -> str:
    """Return text that fits on a line: of a long one its beginning and its end, by which names differ."""
    if len(text) <= longest:
        return text
    kept = longest - 1
    return f"{text[: kept - kept // 2]}…{text[len(text) - kept // 2 :]}"


def width(node: Node) -> float:
    """Return how wide a node is."""
    longest = max(len(cut(node.name)) * LETTER, len(cut(node.detail)) * SMALL)
    return round(longest + 2 * PAD + (SIGN if node.sign else 0))


def height(node: Node) -> float:
    """Return how high a node is."""
    return HEIGHT + (SECOND if node.detail else 0)
