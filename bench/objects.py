"""What the benchmarks deploy: plain tenants, as the dictionaries that both Pulumi and kubectl get.

Seventeen objects a tenant and two that all share: 19 objects for one tenant, 342 for twenty.
"""

from typing import Any

Object = dict[str, Any]
IMAGE = "registry.k8s.io/e2e-test-images/agnhost:2.59"
LABELS = {"app.kubernetes.io/part-of": "paas-bench"}


def shared(prefix: str) -> list[Object]:
    """Return the two objects that all tenants of a run share."""
    return [
        _object("scheduling.k8s.io/v1", "PriorityClass", f"{prefix}-standard", None, value=1000),
        _object("rbac.authorization.k8s.io/v1", "ClusterRole", f"{prefix}-viewer", None, rules=_READS),
    ]


def tenant(prefix: str, number: int, *, simulated: bool) -> list[Object]:
    """Return the 17 objects of one tenant, its Deployment on a real node or on simulated ones."""
    space = f"{prefix}-{number}"
    rbac, net = "rbac.authorization.k8s.io/v1", "networking.k8s.io/v1"
    chosen = {"matchLabels": {"app": "web"}}
    return [
        _object("v1", "Namespace", space, None),
        _object("v1", "ResourceQuota", "quota", space, spec={"hard": {"pods": "10", "limits.cpu": "8"}}),
        _object("v1", "LimitRange", "limits", space, spec={"limits": [{"type": "Container", "default": _LIMITS}]}),
        *(_object("v1", "ServiceAccount", name, space, automountServiceAccountToken=False) for name in ("web", "ci")),
        *(_object(rbac, "Role", name, space, rules=_READS) for name in ("viewer", "deployer")),
        *(_binding(name, space) for name in ("viewer", "deployer")),
        _object(net, "NetworkPolicy", "deny", space, spec={"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}),
        _object(net, "NetworkPolicy", "same", space, spec={"podSelector": {}, "ingress": [{"from": [_SELF]}]}),
        _object("v1", "ConfigMap", "settings", space, data={"mode": "bench"}),
        _object("v1", "Secret", "token", space, stringData={"token": "not-a-real-one"}),
        _object("apps/v1", "Deployment", "web", space, spec=_deployment(simulated)),
        _object("v1", "Service", "web", space, spec={"selector": chosen["matchLabels"], "ports": [{"port": 8080}]}),
        _object("policy/v1", "PodDisruptionBudget", "web", space, spec={"maxUnavailable": 1, "selector": chosen}),
        _object("autoscaling/v2", "HorizontalPodAutoscaler", "web", space, spec=_SCALER),
    ]


def tenants(prefix: str, count: int, *, simulated: bool) -> list[Object]:
    """Return all objects of a run, shared ones first."""
    each = (tenant(prefix, number, simulated=simulated) for number in range(count))
    return shared(prefix) + [made for one in each for made in one]


_LIMITS = {"cpu": "100m", "memory": "64Mi"}
_READS = [{"apiGroups": [""], "resources": ["pods", "services"], "verbs": ["get", "list", "watch"]}]
_SELF: Object = {"podSelector": {}}
_SCALER = {
    "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
    "minReplicas": 1,
    "maxReplicas": 3,
}


def _object(version: str, kind: str, name: str, namespace: str | None, **rest: Any) -> Object:
    metadata = {"name": name, "labels": LABELS} | ({"namespace": namespace} if namespace else {})
    return {"apiVersion": version, "kind": kind, "metadata": metadata, **rest}


def _binding(name: str, space: str) -> Object:
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": name}
    subject = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": f"{space}-{name}"}
    return _object("rbac.authorization.k8s.io/v1", "RoleBinding", name, space, roleRef=role, subjects=[subject])


def _deployment(simulated: bool) -> Object:
    placed: Object = (
        {
            "nodeSelector": {"paas.sandbox/kind": "simulated"},
            "tolerations": [{"key": "kwok.x-k8s.io/node", "operator": "Exists"}],
        }
        if simulated
        else {}
    )
    container = {
        "name": "web",
        "image": IMAGE,
        "args": ["netexec", "--http-port=8080"],
        "ports": [{"containerPort": 8080}],
        "readinessProbe": {"httpGet": {"path": "/healthz", "port": 8080}, "periodSeconds": 1},
        "resources": {"requests": _LIMITS, "limits": _LIMITS},
    }
    return {
        "selector": {"matchLabels": {"app": "web"}},
        "template": {
            "metadata": {"labels": {"app": "web"} | LABELS},
            "spec": {"serviceAccountName": "web", "containers": [container], **placed},
        },
    }
