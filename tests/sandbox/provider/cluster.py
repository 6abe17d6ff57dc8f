"""Somebody else in the cluster: makes, changes and looks at objects beside the plugin."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.engine.kubernetes.client import APPLY, Client
from sandbox.engine.kubernetes.discovery import Discovery
from sandbox.engine.kubernetes.errors import ApiError
from sandbox.engine.kubernetes.session import key_of
from sandbox.engine.kubernetes.values import Object, get

MERGE = "application/merge-patch+json"


@dataclass
class Cluster:
    """A client of the same API server, with other field managers."""

    client: Client

    def __post_init__(self) -> None:
        self.discovery = Discovery(self.client)

    def path(self, value: Object) -> str:
        served = self.discovery.find(value["apiVersion"], value["kind"], patience=10)
        key = key_of(value, served, "default")
        return served.path(key.namespace, key.name)

    def make(self, value: Object, *, manager: str = "somebody") -> Object:
        path = self.path(value)
        return self.client.request("POST", path.rpartition("/")[0], query={"fieldManager": manager}, body=value).body

    def get(self, value: Object) -> Object | None:
        return self.client.get(self.path(value))

    def change(self, value: Object, patch: Object, *, manager: str = "kubectl-edit", subresource: str = "") -> Object:
        """Merge `patch` into an object as another client would (an Update, which takes fields over)."""
        path = self.path(value) + (f"/{subresource}" if subresource else "")
        return self.client.request("PATCH", path, query={"fieldManager": manager}, body=patch, content=MERGE).body

    def apply(self, value: Object, *, manager: str, force: bool = False) -> Object:
        query = {"fieldManager": manager, "force": str(force).lower()}
        return self.client.request("PATCH", self.path(value), query=query, body=value, content=APPLY).body

    def delete(self, value: Object) -> None:
        try:
            self.client.request("DELETE", self.path(value), body={"propagationPolicy": "Background"})
        except ApiError as error:
            if error.status != 404:
                raise

    def list(self, api_version: str, kind: str, namespace: str | None = None, **query: str) -> list[Object]:
        served = self.discovery.find(api_version, kind)
        found: list[Object] = self.client.request("GET", served.collection(namespace), query=query).body["items"]
        return found

    def wait(self, question: Callable[[], Any], what: str, seconds: float = 30) -> Any:
        """Return the first answer that is true."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if answer := question():
                return answer
            time.sleep(0.05)
        raise AssertionError(f"not within {seconds} s: {what}")

    def end_pod(self, found: Object, phase: str) -> None:
        """Play the kubelet for a Pod that comes to its end."""
        pod = {**found, "apiVersion": "v1", "kind": "Pod"}
        self.change(pod, {"status": {"phase": phase}}, subresource="status")

    def pods_become_ready(self, namespace: str, count: int) -> None:
        """Play the kubelet for Pods of the namespace, whatever image they name: say that they are ready."""

        def pods() -> list[Object]:
            found = self.list("v1", "Pod", namespace)
            return found if len(found) >= count else []

        for pod in self.wait(pods, f"{count} Pods in {namespace}"):
            conditions = [
                {"type": kind, "status": "True", "lastTransitionTime": "2026-01-01T00:00:00Z"}
                for kind in ("Ready", "ContainersReady", "Initialized", "PodScheduled")
            ]
            ip = "10.200.0.9"
            status = {"phase": "Running", "podIP": ip, "podIPs": [{"ip": ip}], "conditions": conditions}
            if get(pod, "status", "phase") != "Running":
                self.change({**pod, "apiVersion": "v1", "kind": "Pod"}, {"status": status}, subresource="status")
