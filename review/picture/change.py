"""A change in its place: what becomes of which object, and what stands next to it as it is."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

from review._diff import SIGNS
from review.fold import told
from review.kubernetes import told as named
from review.model import Change, Op, StackReview
from review.picture.model import Area, Edge, Node, Picture, Tone
from review.relations import relations
from review.values import Mark, get
from review.verdict import counted

MOST: Final = 40  # things of a picture, before those of a kind and an end become one
TONES: Final = {op: Tone(op) for op in SIGNS}
VERBS: Final = {
    Op.CREATE: "created",
    Op.UPDATE: "updated",
    Op.REPLACE: "replaced",
    Op.DELETE: "deleted",
    Op.IMPORT: "imported",
}


def change(stack: StackReview, grave: Collection[str]) -> Picture:
    """Return the picture of what a pull request changes in one stack.

    Args:
        grave: URNs of what must not be overlooked.
    """
    own = _housed(list(told(stack)))
    urns = {each.urn for each in own}
    still = [each for each in (*stack.kept, *stack.changes) if each.urn not in urns and each.kind]
    every = relations([*own, *still])
    near = {urn for pair in every if urns & set(pair) for urn in pair} - urns
    beside = [each for each in still if each.urn in near]
    if len(own) + len(beside) > MOST:
        beside = []
    drawn = {each.urn for each in (*own, *beside)}
    edges = [pair for pair in every if urns & set(pair) and set(pair) <= drawn]
    nodes = [_node(each, each.urn in grave) for each in own] + [_still(each) for each in beside]
    if len(nodes) > MOST:
        nodes = _folded(own, grave)
        edges = [pair for pair in edges if set(pair) <= {node.id for node in nodes}]
    spaces = dict.fromkeys(node.area for node in nodes if node.area)
    return Picture(
        title=f"What changes in {stack.stack}",
        said=_said(own),
        areas=tuple(Area(id=space, name=space, detail="namespace") for space in spaces),
        nodes=tuple(nodes),
        edges=tuple(Edge(start=start, end=end) for start, end in edges),
    )


def _said(own: Sequence[Change]) -> str:
    found = [each.op for each in own]
    counts = [f"{counted(found.count(op), 'object')} {verb}" for op, verb in VERBS.items() if op in found]
    return f"{', '.join(counts) or 'nothing changes'}."


def _housed(changes: Sequence[Change]) -> list[Change]:
    """Return changes with the namespace that is made with them, where it is the only one that is made."""
    new = [each.name for each in changes if each.kind == "Namespace" and each.op is Op.CREATE]
    if len(new) != 1:
        return list(changes)
    return [
        replace(each, namespace=new[0]) if get(each.new, "metadata", "namespace") is Mark.UNKNOWN else each
        for each in changes
    ]


def _space(change: Change) -> str:
    return change.name if change.kind == "Namespace" else change.namespace


def _node(change: Change, grave: bool) -> Node:
    why = f", because of {', '.join(change.reasons)}" if change.reasons else ""
    return Node(
        id=change.urn,
        name=change.name,
        detail=change.kind or change.type.rpartition(":")[2],
        area=_space(change),
        tone=TONES[change.op],
        sign=SIGNS[change.op],
        grave=grave,
        hint=f"{named(change)} is {VERBS[change.op]}{why}",
    )


def _still(change: Change) -> Node:
    return Node(id=change.urn, name=change.name, detail=change.kind, area=_space(change), hint=f"{named(change)} stays")


def _folded(own: Sequence[Change], grave: Collection[str]) -> list[Node]:
    """Return one node for all things of a kind that meet the same end in the same place, but for what is grave."""
    alike: dict[tuple[str, str, Op], list[Change]] = {}
    for each in own:
        if each.urn not in grave:
            alike.setdefault((_space(each), each.kind or each.type, each.op), []).append(each)
    nodes = [_node(each, True) for each in own if each.urn in grave][:MOST]
    for (space, kind, op), found in alike.items():
        if len(found) == 1:
            nodes.append(_node(found[0], False))
            continue
        nodes.append(
            Node(
                id=f"{space} {kind} {op}",
                name=f"{len(found)} of them",
                detail=kind.rpartition(":")[2],
                area=space,
                tone=TONES[op],
                sign=SIGNS[op],
                hint=f"{len(found)} of kind {kind.rpartition(':')[2]} are {VERBS[op]}",
            )
        )
    return nodes
