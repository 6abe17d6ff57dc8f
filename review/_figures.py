"""The pictures of a report: one for all stacks in which the same changes."""

from collections.abc import Iterator
from typing import Final

from review import picture
from review._text import visible
from review.assess import Assessment
from review.fold import groups

MOST: Final = 6  # pictures, before the rest is a number


def figures(found: Assessment) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield stacks and the picture of what changes in the first of them, the most alike first; `MOST` at most."""
    stacks = {stack.stack: stack for stack in found.review.stacks}
    same: dict[tuple[int, ...], list[str]] = {}
    every = groups(found.review)
    for name in stacks:
        has = tuple(number for number, group in enumerate(every) if name in group.stacks)
        if has:
            same.setdefault(has, []).append(name)
    for names in sorted(same.values(), key=lambda names: -len(names))[:MOST]:
        grave = {danger.urn for danger in found.dangers if danger.grave and danger.stack == names[0]}
        yield tuple(map(visible, names)), picture.svg(picture.change(stacks[names[0]], grave))
