"""A client beside the tenant's own: a pod that calls a database the way a bound app does, over TLS and by name."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from apiserver import Cluster, wait
from spec import TenantSpec, plan
from spec.labels import labels

NAME = "paas-drill"
PATIENCE = 120.0  # seconds until the pod runs
SIZE = {"cpu": "200m", "memory": "128Mi", "ephemeral-storage": "64Mi"}


@dataclass(frozen=True)
class Client:
    """A running client; `URI` is in its environment."""

    cluster: Cluster
    namespace: str
    pod: str

    def run(self, script: str, *, within: float = 60) -> str:
        """Run a shell script in it."""
        return self.cluster.run(self.namespace, self.pod, "client", ["sh", "-c", script], within=within).strip()


@contextmanager
def client(cluster: Cluster, spec: TenantSpec, database: str, image: str) -> Iterator[Client]:
    """Give a client of a database, with a path to its pooler; afterwards both are gone.

    Args:
        image: one with psql and pgbench, as PostgreSQL's own has.
    """
    namespace, name = plan.namespace_of(spec, database), f"{NAME}-{secrets.token_hex(3)}"
    pods, paths = (
        f"/api/v1/namespaces/{namespace}/pods",
        f"/apis/networking.k8s.io/v1/namespaces/{namespace}/networkpolicies",
    )
    try:
        cluster.call("POST", paths, _path(spec, database, name))
        cluster.call("POST", pods, _pod(spec, database, name, image))
        wait(f"pod {namespace}/{name}", lambda: _ready(cluster.get(f"{pods}/{name}")), within=PATIENCE)
        yield Client(cluster, namespace, name)
    finally:
        cluster.call("DELETE", f"{pods}/{name}", {"gracePeriodSeconds": 0})
        cluster.call("DELETE", f"{paths}/{name}")


def _ready(pod: Any) -> bool:
    states = ((pod or {}).get("status") or {}).get("containerStatuses") or ()
    return any(state.get("ready") for state in states)


def _labels(spec: TenantSpec, name: str) -> dict[str, str]:
    return labels(spec, name)


def _path(spec: TenantSpec, database: str, name: str) -> dict[str, Any]:
    """Return the policy that lets the client alone call the pooler."""
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name, "labels": _labels(spec, name)},
        "spec": {
            "podSelector": {"matchLabels": {"cnpg.io/poolerName": plan.pooler_name(database)}},
            "policyTypes": ["Ingress"],
            "ingress": [
                {
                    "from": [{"podSelector": {"matchLabels": {"app.kubernetes.io/name": name}}}],
                    "ports": [{"protocol": "TCP", "port": plan.POSTGRES_PORT}],
                }
            ],
        },
    }


def _pod(spec: TenantSpec, database: str, name: str, image: str) -> dict[str, Any]:
    login = plan.login_secret(database, spec.databases[database].credentials)
    mounts = [
        {"name": "tmp", "mountPath": "/tmp"},
        {"name": "ca", "mountPath": f"{plan.CA_FOLDER}/{database}", "readOnly": True},
    ]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "labels": _labels(spec, name)},
        "spec": {
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            "restartPolicy": "Never",
            "terminationGracePeriodSeconds": 0,
            "priorityClassName": plan.priority(spec),
            "securityContext": {
                "runAsNonRoot": True,
                "runAsUser": 26,
                "runAsGroup": 26,
                "fsGroup": 26,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            "containers": [
                {
                    "name": "client",
                    "image": image,
                    "command": ["sleep", "3600"],
                    "env": [
                        {"name": "HOME", "value": "/tmp"},
                        {"name": "PGCONNECT_TIMEOUT", "value": "3"},
                        {"name": "URI", "valueFrom": {"secretKeyRef": {"name": login, "key": "uri"}}},
                    ],
                    "resources": {"requests": SIZE, "limits": SIZE},
                    "securityContext": {
                        "allowPrivilegeEscalation": False,
                        "readOnlyRootFilesystem": True,
                        "capabilities": {"drop": ["ALL"]},
                    },
                    "volumeMounts": mounts,
                    # A drill's client is asked by the drill alone; the rules want to know how it is all the same.
                    "readinessProbe": {"exec": {"command": ["true"]}, "periodSeconds": 1},
                }
            ],
            "volumes": [
                {"name": "tmp", "emptyDir": {"sizeLimit": "64Mi"}},
                {
                    "name": "ca",
                    "secret": {
                        "secretName": plan.ca_secret(database),
                        "items": [{"key": plan.CA_KEY, "path": plan.CA_KEY}],
                    },
                },
            ],
        },
    }
