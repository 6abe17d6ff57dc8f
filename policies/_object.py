"""A resource of a stack, the objects in it, and an object as one rule sees it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from policies import _kinds
from policies._kinds import Kind
from policies._values import Secret, unveiled
from policies._view import Reading, View


@dataclass(frozen=True, kw_only=True)
class Resource:
    """A resource as the engine knows it.

    Attributes:
        type: its type token.
        properties: as `_values.plain` makes them.
        provider: name of its provider; None where it has none, as components.
        protect: whether the engine refuses to delete it.
    """

    type: str
    urn: str
    name: str
    properties: dict[str, Any]
    provider: str | None = None
    protect: bool = False

    @cached_property
    def located(self) -> "list[Located]":
        """The objects in it: one, or those of a list; none where it is no object of the API."""
        if not _kinds.is_object(self.type):
            return []
        kind, patch = _kinds.from_token(self.type)
        whole = Located(kind=_own_kind(self.properties) or kind, value=self.properties, patch=patch)
        listed = self.properties.get("items")
        items = unveiled(listed)
        if not whole.kind.name.endswith("List") or not isinstance(items, list):
            return [whole]
        inner = Kind(whole.kind.group, whole.kind.name.removesuffix("List"))
        return [whole, *(_item(inner, each, position, listed) for position, each in enumerate(items))]


def _item(kind: Kind, item: Any, position: int, listed: Any) -> "Located":
    value = Secret(item) if isinstance(listed, Secret) else item
    return Located(kind=_own_kind(item) or kind, value=value, path=f"items[{position}]")


def _own_kind(item: Any) -> Kind | None:
    """The kind that the API server would see, which decides, whatever the type token says."""
    found = unveiled(item)
    if not isinstance(found, dict):
        return None
    api_version, kind = unveiled(found.get("apiVersion")), unveiled(found.get("kind"))
    if not isinstance(api_version, str) or not isinstance(kind, str):
        return None
    return _kinds.from_fields(api_version, kind.removesuffix("Patch"))


@dataclass(frozen=True, kw_only=True)
class Located:
    """An object in a resource.

    Attributes:
        kind: its group and name; a patch has the kind of what it patches.
        value: its fields.
        path: where in the resource; empty for the resource itself.
        patch: whether it says only what changes in an object that others made.
    """

    kind: Kind
    value: Any
    path: str = ""
    patch: bool = False


class Object(View):
    """An object as one rule sees it. `found["spec"]["replicas"].number()` reads a field.

    Attributes:
        resource: what it stands in.
        kind: its group and name, whatever the version.
        patch: whether it says only what changes, so that what is absent is not absent in the cluster.
    """

    def __init__(self, resource: Resource, located: Located, reading: Reading) -> None:
        super().__init__(located.value, located.path, reading)
        self.resource = resource
        self.kind = located.kind
        self.patch = located.patch

    @property
    def name(self) -> str | None:
        """`metadata.name`."""
        return self.at("metadata.name").text()

    @property
    def namespace(self) -> str | None:
        """`metadata.namespace`; None for what belongs to the whole cluster, or says none."""
        return self.at("metadata.namespace").text()

    @property
    def pods(self) -> "list[Template]":
        """The pods that it starts: none, one, or several for kinds with several templates.

        A template that is absent is that of no pod: the kind takes another one, or has the pod from somewhere else.
        """
        paths = _kinds.TEMPLATES.get(self.kind, ())
        found = [each for path in paths for each in (self.every(path) if path else [self])]
        return [Template(each) for each in found if not each.absent]


class Template:
    """A pod, or what pods are made from.

    Attributes:
        metadata: with labels and annotations.
        spec: the pod's own.
    """

    def __init__(self, whole: View) -> None:
        self.metadata = whole["metadata"]
        self.spec = whole["spec"]

    @property
    def containers(self) -> list[View]:
        """Everything that runs: containers, init containers, ephemeral ones; each list is a question of its own."""
        return [each for kind in ("containers", "initContainers", "ephemeralContainers") for each in self._list(kind)]

    @property
    def lasting(self) -> list[View]:
        """What has resources of its own: all but ephemeral containers, which cannot have any."""
        return [each for kind in ("containers", "initContainers") for each in self._list(kind)]

    def _list(self, kind: str) -> Iterator[View]:
        with self.spec.reading.question():
            yield from self.spec[kind].items()
