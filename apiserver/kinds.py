"""What can be listed, and what of it bears a label: names and labels alone, over all namespaces."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from apiserver.cluster import Cluster, Object

WORKERS = 8
METADATA = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json"
"""Asks for names and labels alone: no Secret's contents leave the API server."""

T = TypeVar("T")


@dataclass(frozen=True)
class Kind:
    """A kind that can be listed.

    Attributes:
        path: where it is listed, over all namespaces.
    """

    name: str
    path: str


def kinds(cluster: Cluster) -> tuple[list[Kind], list[str]]:
    """Return every kind that can be listed, and the groups that do not say which they have."""
    groups = cluster.given("/apis")
    if groups is None:
        return [], ["/apis"]
    paths = ["/api/v1", *(f"/apis/{group['preferredVersion']['groupVersion']}" for group in groups["groups"])]
    found = _each(cluster.given, paths)
    listed = [kind for path, answer in zip(paths, found, strict=True) if answer for kind in _listable(path, answer)]
    return listed, [path for path, answer in zip(paths, found, strict=True) if not answer]


def labelled(cluster: Cluster, kinds: Sequence[Kind], label: str) -> tuple[list[tuple[Kind, Object]], list[str]]:
    """Return all objects with a label, and the kinds that the API server does not list."""

    def ask(kind: Kind) -> Any:
        return cluster.given(kind.path, accept=METADATA, labelSelector=label)

    answers = list(zip(kinds, _each(ask, kinds), strict=True))
    found = [(kind, each) for kind, answer in answers if answer for each in answer.get("items") or ()]
    return found, [kind.name for kind, answer in answers if answer is None]


def _each(ask: Callable[[T], Any], things: Sequence[T]) -> list[Any]:
    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(ask, things))


def _listable(path: str, answer: Object) -> list[Kind]:
    return [
        Kind(each["kind"], f"{path}/{each['name']}")
        for each in answer.get("resources", ())
        if "list" in each["verbs"] and "/" not in each["name"] and each["kind"] != "Event"
    ]
