"""In which order the objects of a manifest can be made: a few waves, each of what needs only earlier ones."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sandbox.engine.kubernetes.errors import InvalidInput
from sandbox.engine.kubernetes.objects import annotation, group_kind
from sandbox.engine.kubernetes.values import Object, get

DEPENDS_ON: Final = "config.kubernetes.io/depends-on"
"""`<group>/namespaces/<namespace>/<kind>/<name>` or `<group>/<kind>/<name>`, separated by commas; the core is empty."""

Name = tuple[str, str, str, str]
"""Group, kind, namespace (empty for the cluster), name."""


@dataclass(frozen=True)
class Placed:
    """One object of the manifest: its position, and the positions of those that it needs."""

    index: int
    needs: tuple[int, ...]


def waves(found: list[Object]) -> Iterator[list[Placed]]:
    """Yield the objects wave by wave.

    Raises:
        InvalidInput: objects need each other in a circle, or one names an object that is not in the manifest.
    """
    needs = {index: tuple(sorted(_needs(index, value, found))) for index, value in enumerate(found)}
    done: set[int] = set()
    while len(done) < len(found):
        ready = [index for index in needs if index not in done and done.issuperset(needs[index])]
        if not ready:
            stuck = ", ".join(_show(found[index]) for index in needs if index not in done)
            raise InvalidInput(f"These objects depend on each other in a circle (`{DEPENDS_ON}`): {stuck}.")
        yield [Placed(index, needs[index]) for index in ready]
        done.update(ready)


def _needs(index: int, value: Object, found: list[Object]) -> set[int]:
    group, kind = group_kind(value)
    namespace = str(get(value, "metadata", "namespace") or "")
    needed = set()
    for position, other in enumerate(found):
        if position == index:
            continue
        what, name = group_kind(other), get(other, "metadata", "name")
        if what == ("apiextensions.k8s.io", "CustomResourceDefinition"):
            if (get(other, "spec", "group"), get(other, "spec", "names", "kind")) == (group, kind):
                needed.add(position)
        elif what == ("", "Namespace") and name == namespace:
            needed.add(position)
    names = {_name(other): position for position, other in enumerate(found)}
    for reference in filter(None, (part.strip() for part in (annotation(value, DEPENDS_ON) or "").split(","))):
        if (at := names.get(_parse(reference))) is None:
            raise InvalidInput(f"{_show(value)} depends on {reference!r}, which is not in the same manifest.")
        needed.add(at)
    return needed


def _name(value: Object) -> Name:
    group, kind = group_kind(value)
    return group, kind, str(get(value, "metadata", "namespace") or ""), str(get(value, "metadata", "name"))


def _parse(reference: str) -> Name:
    parts = reference.split("/")
    if len(parts) == 5 and parts[1] == "namespaces":
        return parts[0], parts[3], parts[2], parts[4]
    if len(parts) == 3:
        return parts[0], parts[1], "", parts[2]
    raise InvalidInput(
        f"`{DEPENDS_ON}` names {reference!r}; "
        "write `<group>/namespaces/<namespace>/<kind>/<name>` or `<group>/<kind>/<name>`."
    )


def _show(value: Object) -> str:
    _, kind, namespace, name = _name(value)
    return f"{kind} {namespace}/{name}" if namespace else f"{kind} {name}"
