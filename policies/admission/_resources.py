"""Which resources of the API server kinds are: admission goes by resources, rules go by kinds."""

from collections.abc import Iterable
from typing import Final

from policies._kinds import Kind

IRREGULAR: Final = {"Endpoints": "endpoints"}


def plural(kind: Kind) -> str:
    """Return the resource of a kind, by the rule that the API's own kinds and all published ones keep."""
    name = kind.name.lower()
    if kind.name in IRREGULAR:
        return IRREGULAR[kind.name]
    if name.endswith("y") and name[-2] not in "aeiou":
        return f"{name[:-1]}ies"
    return f"{name}es" if name.endswith(("s", "x", "ch")) else f"{name}s"


SUBRESOURCES: Final = {
    Kind("", "Pod"): ("ephemeralcontainers", "resize"),
    Kind("", "Namespace"): ("status", "finalize"),  # labels can be written through these, too
}
"""What changes an object past its own resource. Other scales and states hold nothing that a rule is about."""

EVERYTHING: Final = (
    ("*", "*"),
    *((kind.group, f"{plural(kind)}/{part}") for kind, parts in SUBRESOURCES.items() for part in parts),
)
"""Every resource, and those subresources; `*` means none of them."""

LEFT_ALONE: Final = (
    ("", "events"),
    ("events.k8s.io", "events"),
    ("authorization.k8s.io", "localsubjectaccessreviews"),
    ("coordination.k8s.io", "leases"),
)
"""What says something and is nothing: programs write it all the time, and nobody owns it."""


def resources(kinds: Iterable[Kind]) -> tuple[tuple[str, str], ...]:
    """Return (API group, resource) of all kinds, with the subresources that rules are about too."""
    found: list[tuple[str, str]] = []
    for kind in sorted(kinds):
        found.append((kind.group, plural(kind)))
        found += [(kind.group, f"{plural(kind)}/{part}") for part in SUBRESOURCES.get(kind, ())]
    return tuple(found)
