"""What an environment has in the cluster, whoever made it and whatever the state of its stack says."""

import json
from functools import cache

from spec import PlatformSpec, TenantSpec, names
from spec.labels import PART_OF
from tests.e2e.stacks import kubectl


@cache
def kinds() -> str:
    """Return every kind that can be listed, as kubectl takes them: `pods,namespaces,...`."""
    found = kubectl("api-resources", "--verbs=list", "-o", "name").split()
    return ",".join(name for name in found if not name.startswith("events") and "metrics.k8s.io" not in name)


def labelled(spec: TenantSpec | PlatformSpec) -> set[str]:
    """Return everything with the labels of `spec`, in all namespaces and beside them: `kind/name`."""
    label = f"{PART_OF}={names.stack_of(spec)}"
    return set(kubectl("get", kinds(), "--all-namespaces", "-l", label, "-o", "name").split())


def volumes(namespace: str) -> list[str]:
    """Return the persistent volumes that were made for claims in a namespace."""
    found = json.loads(kubectl("get", "persistentvolumes", "-o", "json"))["items"]
    return [
        each["metadata"]["name"] for each in found if each["spec"].get("claimRef", {}).get("namespace") == namespace
    ]
