"""Kinds of operators that the API server does not have, served with any fields: so that rules can be asked about them.

What a real schema would refuse besides is not this corpus' business.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from policies._kinds import from_fields
from policies.admission._resources import plural

OWN = frozenset(
    {
        "admissionregistration.k8s.io",
        "apiextensions.k8s.io",
        "apiregistration.k8s.io",
        "authentication.k8s.io",
        "authorization.k8s.io",
        "certificates.k8s.io",
        "coordination.k8s.io",
        "discovery.k8s.io",
        "events.k8s.io",
        "flowcontrol.apiserver.k8s.io",
        "networking.k8s.io",
        "node.k8s.io",
        "rbac.authorization.k8s.io",
        "resource.k8s.io",
        "scheduling.k8s.io",
        "storage.k8s.io",
    }
)
"""The API server's own groups, with those without a dot: nobody can define kinds in them."""

APPROVED = {"api-approved.kubernetes.io": "unapproved, for a test"}


def definitions(manifests: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return a definition for each kind of `manifests` that an operator would bring."""
    versions: dict[tuple[str, str], dict[str, None]] = {}
    for manifest in manifests:
        group, _, version = str(manifest["apiVersion"]).rpartition("/")
        versions.setdefault((group, str(manifest["kind"])), {})[version] = None
    return [_definition(group, kind, list(found)) for (group, kind), found in versions.items()]


def _definition(group: str, kind: str, versions: list[str]) -> dict[str, Any]:
    resource = plural(from_fields(f"{group}/{versions[0]}", kind))
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{resource}.{group}", "annotations": APPROVED},
        "spec": {
            "group": group,
            "scope": "Cluster" if kind.startswith("Cluster") and kind != "Cluster" else "Namespaced",
            "names": {"plural": resource, "singular": kind.lower(), "kind": kind, "listKind": f"{kind}List"},
            "versions": [
                {
                    "name": version,
                    "served": True,
                    "storage": version == versions[0],
                    "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}},
                }
                for version in versions
            ],
        },
    }


def theirs(manifest: Mapping[str, Any]) -> bool:
    """Return whether a kind is an operator's, not the API server's own in whatever version."""
    group = str(manifest.get("apiVersion", "")).rpartition("/")[0]
    return "." in group and group not in OWN
