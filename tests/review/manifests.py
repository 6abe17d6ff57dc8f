"""Manifests that scenarios are made of, as small as the API server takes them."""

import base64
from typing import Any

Z = "zeta-dev"

CANARY = "canary-7f3a91"
"""What no comment, report or JSON may ever contain."""


def space(stack: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": stack}}


def web(stack: str, *, image: str = "registry.example.com/shop/web:1.4.2", **spec: Any) -> dict[str, Any]:
    container = {
        "name": "web",
        "image": image,
        "resources": {"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"cpu": "400m", "memory": "128Mi"}},
        "env": [{"name": "TOKEN", "value": f"secret:{CANARY}-env"}],
        "securityContext": {"runAsNonRoot": True, "allowPrivilegeEscalation": False},
    }
    pod = {"containers": [container | spec.pop("container", {})], **spec.pop("pod", {})}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": stack, "annotations": {"pulumi.com/skipAwait": "true"}},
        "spec": {
            "replicas": 2,
            "selector": {"matchLabels": {"app": "web"}},
            "template": {"metadata": {"labels": {"app": "web"}}, "spec": pod},
            **spec,
        },
    }


def settings(stack: str, **data: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings", "namespace": stack}, "data": data}


def named(name: str) -> dict[str, Any]:
    return {"metadata": {"name": name, "namespace": Z}}


def keys(stack: str, value: str, **metadata: Any) -> dict[str, Any]:
    place = {"name": "keys", "namespace": stack, **metadata}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": place, "stringData": {"password": value}}


def claim(stack: str, storage: str = "1Gi", kind: str = "paas-retained") -> dict[str, Any]:
    place = {"name": "files", "namespace": stack, "annotations": {"pulumi.com/skipAwait": "true"}}
    spec = {
        "accessModes": ["ReadWriteOnce"],
        "storageClassName": kind,
        "resources": {"requests": {"storage": storage}},
    }
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": place, "spec": spec}


def role(stack: str, *rules: dict[str, Any]) -> dict[str, Any]:
    metadata = {"name": "robot", "namespace": stack}
    return {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": metadata, "rules": list(rules)}


def wide(*rules: dict[str, Any]) -> dict[str, Any]:
    made = role(Z, *rules)
    return made | {"kind": "ClusterRole", "metadata": {"name": "review-wide"}}


def binding(role: str, *groups: str) -> dict[str, Any]:
    api = "rbac.authorization.k8s.io"
    return {
        "apiVersion": f"{api}/v1",
        "kind": "RoleBinding",
        "metadata": {"name": "who", "namespace": Z},
        "roleRef": {"apiGroup": api, "kind": "ClusterRole", "name": role},
        "subjects": [{"apiGroup": api, "kind": "Group", "name": group} for group in groups],
    }


def service(type: str = "ClusterIP") -> dict[str, Any]:
    metadata = {"name": "front", "namespace": Z, "annotations": {"pulumi.com/skipAwait": "true"}}
    spec = {"type": type, "selector": {"app": "web"}, "ports": [{"port": 80}]}
    return {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec}


def policy(*rules: dict[str, Any]) -> dict[str, Any]:
    spec = {"podSelector": {}, "policyTypes": ["Ingress"], "ingress": list(rules)}
    metadata = {"name": "closed", "namespace": Z}
    return {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": metadata, "spec": spec}


def quota(cpu: str) -> dict[str, Any]:
    metadata = {"name": "bound", "namespace": Z, "annotations": {"pulumi.com/skipAwait": "true"}}
    return {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": metadata, "spec": {"hard": {"requests.cpu": cpu}}}


def crd(group: str, kind: str, plural: str) -> dict[str, Any]:
    """A definition whose objects may hold anything."""
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    spec = {
        "group": group,
        "names": {"kind": kind, "plural": plural},
        "scope": "Namespaced",
        "versions": [version],
    }
    place = {"name": f"{plural}.{group}", "annotations": {"pulumi.com/skipAwait": "true"}}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": place,
        "spec": spec,
    }


def database(name: str, storage: str = "10Gi") -> dict[str, Any]:
    resources = {"requests": {"cpu": "500m", "memory": "1Gi"}}
    spec = {"instances": 2, "storage": {"size": storage}, "resources": resources}
    place = {"name": name, "namespace": Z}
    return {"apiVersion": "postgresql.cnpg.io/v1", "kind": "Cluster", "metadata": place, "spec": spec}


def certificate(issuer: str, algorithm: str = "ECDSA") -> dict[str, Any]:
    spec = {
        "secretName": "front-tls",
        "dnsNames": ["www.zeta.example"],
        "issuerRef": {"kind": "ClusterIssuer", "name": issuer},
        "privateKey": {"algorithm": algorithm, "rotationPolicy": "Always"},
    }
    place = {"name": "front", "namespace": Z}
    return {"apiVersion": "cert-manager.io/v1", "kind": "Certificate", "metadata": place, "spec": spec}


def stateful(service: str) -> dict[str, Any]:
    found = web(Z)
    kept = {key: value for key, value in found["spec"].items() if key != "strategy"}
    place = {"name": "store", "namespace": Z, "annotations": {"pulumi.com/skipAwait": "true"}}
    return found | {"kind": "StatefulSet", "metadata": place, "spec": kept | {"serviceName": service}}


def leaks(which: str) -> dict[str, dict[str, Any]]:
    """Secrets in all the places where programs leave them, each a canary of its own."""
    mark = f"{CANARY}-{which}"
    encoded = base64.b64encode(f"{mark}-data".encode()).decode()
    key = f"-----BEGIN RSA PRIVATE KEY-----\n{mark}-key\n-----END RSA PRIVATE KEY-----"
    data = {
        "marked": f"secret:{mark}-marked",
        "key": key,
        "url": f"postgres://shop:{mark}-url@db.example/shop",
        "kubeconfig": f"users: [{{user: {{client-key-data: {mark}-kubeconfig}}}}]",
    }
    annotations = {
        "kubectl.kubernetes.io/last-applied-configuration": f'{{"password": "{mark}-applied"}}',
        "example.com/note": f"secret:{mark}-annotation",
    }
    place = {"name": "encoded", "namespace": Z, "annotations": annotations}
    return {
        "config": settings(Z, **data) | named("leaks"),
        "plain": keys(Z, f"{mark}-plain"),
        "encoded": {"apiVersion": "v1", "kind": "Secret", "metadata": place, "data": {"password": encoded}},
        "web": web(Z, container={"args": [f"secret:{mark}-argument", f"--db=redis://u:{mark}-flag@r"]}),
    }


READ = {"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list"]}
EVERYTHING = {"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}
HOSTILE = "<img src=x onerror=alert(1)> | @everyone ```\n</details> **bold**"
