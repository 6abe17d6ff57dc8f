"""What is in a namespace now, and people whom roles alone would not stop."""

import copy
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

from spec.labels import DOMAIN, EXCUSED, MANAGED_BY, PULUMI
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


def owned(namespace: str, body: dict[str, Any]) -> dict[str, Any]:
    """Return the object with the labels that the platform's own bear there; rule L1 wants them of whoever is it."""
    found = Person().ask("GET", f"/api/v1/namespaces/{namespace}").body["metadata"]["labels"]
    marks = {key: value for key, value in found.items() if key.startswith(DOMAIN) and key != EXCUSED}
    made = copy.deepcopy(body)
    template = made.get("spec", {}).get("template")
    for part in (made, template) if template else (made,):
        part["metadata"]["labels"] = part["metadata"].get("labels", {}) | marks
    return made


GROUPS = (
    *("", "apps", "autoscaling", "batch", "coordination.k8s.io", "discovery.k8s.io", "events.k8s.io"),
    *("networking.k8s.io", "policy", "rbac.authorization.k8s.io"),
)
"""API groups of what lies in namespaces; without the platform's own, by whose `manage` the platform is known."""

EVERYTHING = {"apiGroups": list(GROUPS), "resources": ["*"], "verbs": ["*"]}
MANAGE = {"apiGroups": ["paas.internal"], "resources": ["environments"], "verbs": ["manage"]}


def overpowered() -> AbstractContextManager[Person]:
    """Give somebody whom a mistake let do everything, so that nothing but admission is in their way."""
    return _with_rules("by-mistake", EVERYTHING)


def pipeline() -> AbstractContextManager[Person]:
    """Give the identity that runs stacks: it is the platform, as the guards know it, and no cluster administrator."""
    return _with_rules("pipeline", EVERYTHING, MANAGE)


@contextmanager
def _with_rules(name: str, *rules: dict[str, Any]) -> Iterator[Person]:
    """Give somebody with a role of the whole cluster: a binding in the namespace would be refused by itself."""
    administrator, group = Person(), f"oidc:{name}"
    binding = {
        "metadata": {"name": name},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": name},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": group}],
    }
    made = {
        f"{RBAC}/clusterroles": {"metadata": {"name": name}, "rules": list(rules)},
        f"{RBAC}/clusterrolebindings": binding,
    }
    try:
        for path, body in made.items():
            answer = administrator.ask("POST", path, body, dry=False)
            assert answer.code == 201, answer.said
        found = impersonated(name, group)
        until = time.monotonic() + PATIENCE
        while not found.can("patch", "configmaps", "default"):
            assert time.monotonic() < until, "the binding is not heeded"
            time.sleep(0.05)
        yield found
    finally:
        for path in reversed(made):
            administrator.ask("DELETE", f"{path}/{name}", dry=False)
