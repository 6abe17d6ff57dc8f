"""Simulated nodes: objects that kwok plays the kubelet for. Nothing runs on them; pods there only look as if."""

import json
from typing import Any

from sandbox.cluster.api import Kubectl

LABEL = "paas.sandbox/kind=simulated"
TAINT = "kwok.x-k8s.io/node"
"""Beside a real node, pods come here only if they tolerate this taint (value `fake`, effect NoSchedule)."""

FALLBACK_NODES = 3
"""How many simulated nodes there are where no real one can be and the user named no number."""

_CAPACITY = {"cpu": "32", "memory": "256Gi", "pods": "250", "ephemeral-storage": "500Gi"}


def node(number: int, tainted: bool) -> dict[str, Any]:
    """Return the object of one simulated node; numbers begin with 1."""
    name = f"simulated-{number}"
    taints = [{"key": TAINT, "value": "fake", "effect": "NoSchedule"}] if tainted else []
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": name,
            "annotations": {TAINT: "fake"},
            "labels": {
                "paas.sandbox/kind": "simulated",
                "kubernetes.io/hostname": name,
                "kubernetes.io/os": "linux",
                "kubernetes.io/arch": "amd64",
            },
        },
        "spec": {"taints": taints},
        "status": {"allocatable": _CAPACITY, "capacity": _CAPACITY},
    }


def ensure(kubectl: Kubectl, count: int, tainted: bool) -> None:
    """Let there be exactly `count` simulated nodes; pods on those that go are removed with them."""
    wanted = {f"simulated-{number}" for number in range(1, count + 1)}
    there = {item["metadata"]["name"] for item in kubectl.get("nodes", "-l", LABEL)["items"]}
    for name in sorted(there - wanted):
        _remove(kubectl, name)
    if count:
        nodes = [node(number, tainted) for number in range(1, count + 1)]
        kubectl.apply(json.dumps({"apiVersion": "v1", "kind": "List", "items": nodes}))


def _remove(kubectl: Kubectl, name: str) -> None:
    kubectl.run(["delete", "node", name, "--wait=false"])
    kubectl.run(
        ["delete", "pods", "-A", "--field-selector", f"spec.nodeName={name}", "--grace-period=0", "--force"],
    )
