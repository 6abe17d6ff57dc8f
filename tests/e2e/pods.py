"""Pods of a tenant's own making, as its people would write them: restricted, with sizes, on the real node."""

from collections.abc import Mapping
from typing import Any

from tests.e2e.scratch import IMAGE

Object = dict[str, Any]
NODE = {"kubernetes.io/hostname": "sandbox"}


def pod(
    name: str,
    *args: str,
    node: bool = True,
    requests: Object | None = None,
    limits: Object | None = None,
    labels: Mapping[str, str] | None = None,
) -> Object:
    """Return a pod that runs agnhost with `args`, once.

    Args:
        labels: besides its name; what an administrator makes in a tenant's namespace says whose it is.
        node: whether it runs at all; else no node is its own, and it stays what the API server knows of it.
        requests: None for what the namespace gives by default.
        limits: None for the same as the requests.
    """
    container: Object = {
        "name": "main",
        "image": IMAGE,
        "args": list(args),
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
        "resources": {"requests": requests, "limits": limits or requests} if requests else {},
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "labels": {"app": name, **(labels or {})}},
        "spec": {
            "automountServiceAccountToken": False,
            "restartPolicy": "Never",
            "terminationGracePeriodSeconds": 0,
            "securityContext": {
                "runAsNonRoot": True,
                "runAsUser": 65532,
                "fsGroup": 65532,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            "nodeSelector": NODE if node else {"kubernetes.io/hostname": "nowhere"},
            "containers": [container],
        },
    }


def keeping(found: Object, claim: str) -> Object:
    """Return the pod with a volume of `claim` at `/data`."""
    [container] = found["spec"]["containers"]
    mounted = container | {"volumeMounts": [{"name": "data", "mountPath": "/data"}]}
    volume = {"name": "data", "persistentVolumeClaim": {"claimName": claim}}
    return found | {"spec": found["spec"] | {"containers": [mounted], "volumes": [volume]}}
