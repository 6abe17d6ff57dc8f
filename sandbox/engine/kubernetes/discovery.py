"""Which kinds the API server serves: plural and scope, asked once per group version, and again where one is missing."""

import threading
import time
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from sandbox.engine.kubernetes.client import Client
from sandbox.engine.kubernetes.errors import NoSuchKind

STALE: Final = 0.1  # seconds after which a missing kind is worth another look


@dataclass(frozen=True)
class Served:
    """One kind as the API server serves it.

    Attributes:
        base: the path of its group version, such as `/apis/apps/v1`.
        plural: such as `deployments`.
        namespaced: False for kinds of the whole cluster.
    """

    base: str
    plural: str
    namespaced: bool

    def collection(self, namespace: str | None) -> str:
        """Return the path of all objects of this kind, in one namespace or (None) in all."""
        within = f"/namespaces/{quote(namespace)}" if self.namespaced and namespace else ""
        return f"{self.base}{within}/{self.plural}"

    def path(self, namespace: str | None, name: str) -> str:
        """Return the path of one object."""
        return f"{self.collection(namespace)}/{quote(name, safe='')}"


class Discovery:
    """Answers from memory where it can; safe to share between threads."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._lock = threading.Lock()
        self._groups: dict[str, tuple[float, dict[str, Served]]] = {}
        self._locks: dict[str, threading.Lock] = {}

    def find(self, api_version: str, kind: str, *, patience: float = 0.0) -> Served:
        """Return how `kind` is served.

        Args:
            patience: seconds to wait for it to appear; for a CRD that was made a moment ago.

        Raises:
            NoSuchKind: it is not served.
            Unreachable: nobody answers.
        """
        until = time.monotonic() + patience
        while True:
            kinds = self._kinds(api_version, kind)
            if kind in kinds:
                return kinds[kind]
            if time.monotonic() >= until:
                raise NoSuchKind(api_version, kind)
            time.sleep(0.1)

    def _kinds(self, api_version: str, wanted: str) -> dict[str, Served]:
        with self._lock:
            lock = self._locks.setdefault(api_version, threading.Lock())
        with lock:  # one question per group version, however many threads want to know
            asked, kinds = self._groups.get(api_version, (0.0, {}))
            if wanted not in kinds and (not asked or time.monotonic() - asked > STALE):
                kinds = self._ask(api_version)
                self._groups[api_version] = (time.monotonic(), kinds)
            return kinds

    def _ask(self, api_version: str) -> dict[str, Served]:
        base = f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"
        found = self._client.get(base, what=f"The API {api_version}") or {}
        return {
            one["kind"]: Served(base, one["name"], bool(one["namespaced"]))
            for one in found.get("resources", [])
            if "/" not in one["name"]  # subresources
        }
