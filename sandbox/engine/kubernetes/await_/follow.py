"""Follow objects as they change: list once, watch from there, list again where the watch fell behind."""

from collections.abc import Iterator
from typing import Final

from sandbox.engine.kubernetes.client import Client
from sandbox.engine.kubernetes.errors import ApiError
from sandbox.engine.kubernetes.values import Object

GONE: Final = 410  # the API server's word for a resourceVersion that is too old


class Follower:
    """The objects of one collection that a selector matches, as of now.

    Args:
        path: the collection's path.
        selector: `fieldSelector` or `labelSelector`.
        known: the one object that matches, where the caller just got it; saves the first list.
    """

    def __init__(self, client: Client, path: str, selector: dict[str, str], known: Object | None = None) -> None:
        self._client = client
        self._path = path
        self._selector = selector
        self._objects: dict[str, Object] = {}
        self._version: str | None = None
        if known:
            self._keep(known)
            self._version = known["metadata"]["resourceVersion"]

    @property
    def objects(self) -> list[Object]:
        """The objects as last seen."""
        return list(self._objects.values())

    def current(self) -> list[Object]:
        """Return all objects as they are now, without following them."""
        if self._version is None:
            self._list()
        return self.objects

    def changes(self, seconds: int) -> Iterator[list[Object]]:
        """Yield all objects, first as they are, then after every change, for `seconds` at most."""
        yield self.current()
        try:
            for event in self._client.watch(
                self._path, {**self._selector, "resourceVersion": self._version or ""}, seconds
            ):
                self._version = event["object"]["metadata"]["resourceVersion"]
                if event["type"] == "BOOKMARK":
                    continue
                if event["type"] == "DELETED":
                    self._objects.pop(event["object"]["metadata"]["uid"], None)
                else:
                    self._keep(event["object"])
                yield self.objects
        except ApiError as error:
            if error.status != GONE:
                raise
            self._version = None

    def _keep(self, one: Object) -> None:
        self._objects[one["metadata"]["uid"]] = one

    def _list(self) -> None:
        found = self._client.request("GET", self._path, query=self._selector, what=self._path).body
        items = found.get("items") or []
        for one in items:
            # Items of a list do not repeat what the list says once.
            one.setdefault("apiVersion", found.get("apiVersion"))
            one.setdefault("kind", str(found.get("kind", "")).removesuffix("List"))
        self._objects = {one["metadata"]["uid"]: one for one in items}
        self._version = found["metadata"]["resourceVersion"]
