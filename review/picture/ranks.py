"""In which column each node of a picture stands: what leads to it stands left of it."""

from collections.abc import Iterable, Mapping, Sequence

from review.picture.model import Node, Picture

Pair = tuple[str, str]

WIDEST = 3
"""Columns over which things that nothing leads to are spread."""


def pairs(picture: Picture) -> list[Pair]:
    """Return what leads from node to node, each once, without what leads back: none of it goes round."""
    known = {node.id for node in picture.nodes}
    every = dict.fromkeys((e.start, e.end) for e in picture.edges if {e.start, e.end} <= known and e.start != e.end)
    after: dict[str, list[str]] = {}
    for start, end in every:
        after.setdefault(start, []).append(end)
    back = set(_back(list(after), after))
    return list(dict.fromkeys((end, start) if (start, end) in back else (start, end) for start, end in every))


def _back(starts: Sequence[str], after: Mapping[str, Sequence[str]]) -> Iterable[Pair]:
    """Yield what leads back to where a walk came from. Without recursion: a chain may be as long as a file."""
    done: set[str] = set()
    for first in starts:
        path: dict[str, int] = {}
        walk = [(first, iter(after.get(first, ())))] if first not in done else []
        path[first] = 1
        while walk:
            here, rest = walk[-1]
            following = next(rest, None)
            if following is None:
                walk.pop()
                path.pop(here, None)
                done.add(here)
            elif following in path:
                yield here, following
            elif following not in done:
                path[following] = 1
                walk.append((following, iter(after.get(following, ()))))


def columns(picture: Picture) -> dict[str, int]:
    """Return each node's column from 0: what leads in from outside first, what is led to outside last."""
    found = pairs(picture)
    leading = {start for start, _ in found}
    led = {end for _, end in found} | {edge.end for edge in picture.edges}
    inside = [node for node in picture.nodes if node.area]
    first = int(bool(inside) and any(not node.area and node.id not in led - leading for node in picture.nodes))
    ranks = _longest({node.id: first if node.area else 0 for node in picture.nodes}, found)
    alone = [node for node in picture.nodes if node.id not in leading | led and (node.area or not inside)]
    _spread(alone, ranks, first, picture.nodes)
    last = max(ranks.values(), default=0)
    if inside and any(node.area and ranks[node.id] == last for node in picture.nodes):
        last += 1
    ranks |= {node.id: last for node in picture.nodes if inside and not node.area and node.id in led - leading}
    return ranks


def _longest(least: Mapping[str, int], found: Sequence[Pair]) -> dict[str, int]:
    """Return the length of the longest way to each node, counted from the least that each may have."""
    ranks = dict(least)
    for _ in least:
        late = [(start, end) for start, end in found if ranks[end] <= ranks[start]]
        if not late:
            break
        for start, end in late:
            ranks[end] = max(ranks[end], ranks[start] + 1)
    return ranks


def _spread(alone: Sequence[Node], ranks: dict[str, int], first: int, every: Sequence[Node]) -> None:
    """Put what nothing leads to where least stands in its area, left first."""
    last = max([first + WIDEST - 1, *ranks.values()])
    single = {node.id for node in alone}
    height: dict[tuple[str, int], int] = {}
    for node in every:
        if node.id not in single:
            height[node.area, ranks[node.id]] = height.get((node.area, ranks[node.id]), 0) + 1
    for node in alone:
        ranks[node.id] = min(range(first, last + 1), key=lambda column: (height.get((node.area, column), 0), column))
        height[node.area, ranks[node.id]] = height.get((node.area, ranks[node.id]), 0) + 1
