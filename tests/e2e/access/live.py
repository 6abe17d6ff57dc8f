"""What is in a namespace now, and people whom roles alone would not stop."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from spec.labels import MANAGED_BY, PULUMI
from tests.e2e.access.people import Person, impersonated

RBAC = "/apis/rbac.authorization.k8s.io/v1"
PATIENCE = 30  # seconds until the API server's own copy of a new binding is there


@dataclass(frozen=True)
class Found:
    """An object, where it is, and the resource that it is one of."""

    resource: str
    path: str
    body: dict[str, Any]


def made_by_the_platform(namespace: str) -> list[Found]:
    """Return every object of every kind in `namespace` that carries the platform's mark and belongs to no other."""
    administrator = Person()
    found: list[Found] = []
    for version in _versions(administrator):
        for resource in administrator.ask("GET", version).body.get("resources", []):
            if not resource["namespaced"] or "/" in resource["name"] or "list" not in resource["verbs"]:
                continue
            base = f"{version}/namespaces/{namespace}/{resource['name']}"
            listed = administrator.ask("GET", f"{base}?labelSelector={MANAGED_BY}%3D{PULUMI}")
            found += [
                Found(resource["name"], f"{base}/{item['metadata']['name']}", item)
                for item in listed.body.get("items", [])
                if "ownerReferences" not in item["metadata"]
            ]
    return found


def _versions(administrator: Person) -> list[str]:
    groups = administrator.ask("GET", "/apis").body["groups"]
    return ["/api/v1", *(f"/apis/{group['preferredVersion']['groupVersion']}" for group in groups)]


@contextmanager
def overpowered(namespace: str) -> Iterator[Person]:
    """Give somebody whom a mistake let do everything in `namespace`, so that nothing but admission is in their way."""
    group = "oidc:by-mistake"
    path = f"{RBAC}/namespaces/{namespace}/rolebindings"
    binding = {
        "metadata": {"name": "by-mistake"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": group}],
    }
    administrator = Person()
    made = administrator.ask("POST", path, binding, dry=False)
    assert made.code == 201, made.said
    try:
        mallory = impersonated("mallory", group)
        until = time.monotonic() + PATIENCE
        while not mallory.can("patch", "configmaps", namespace):
            assert time.monotonic() < until, "the binding is not heeded"
            time.sleep(0.05)
        yield mallory
    finally:
        administrator.ask("DELETE", f"{path}/by-mistake", dry=False)
