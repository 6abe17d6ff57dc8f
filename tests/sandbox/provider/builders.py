"""The smallest valid objects, with overrides."""

from typing import Any

from sandbox.engine.kubernetes.values import Object

LABELS = {"app": "web"}
NODE = "conformance-nowhere"


def config_map(namespace: str, name: str | None = "settings", **data: str) -> Object:
    metadata: Object = {"namespace": namespace} | ({"name": name} if name else {})
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data or {"colour": "blue"}}


def secret(namespace: str, name: str = "keys", **more: Any) -> Object:
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"namespace": namespace, "name": name}, **more}


def deployment(namespace: str, name: str = "web", **spec: Any) -> Object:
    """A Deployment whose Pods go to a node that is not there, so that nobody but the test decides about them."""
    pod = {
        "nodeName": NODE,
        "tolerations": [{"operator": "Exists"}],
        "containers": [{"name": "web", "image": "example/web:1"}],
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"namespace": namespace, "name": name},
        "spec": {
            "replicas": 1,
            "selector": {"matchLabels": LABELS},
            "template": {"metadata": {"labels": LABELS}, "spec": pod},
            **spec,
        },
    }


def service(namespace: str, name: str = "web", **spec: Any) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"namespace": namespace, "name": name},
        "spec": {"selector": LABELS, "ports": [{"name": "http", "port": 80}], **spec},
    }


def pod(namespace: str, name: str = "one", **spec: Any) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"namespace": namespace, "name": name, "labels": LABELS},
        "spec": {"nodeName": NODE, "containers": [{"name": "web", "image": "example/web:1"}], **spec},
    }


def claim(namespace: str, storage_class: str, name: str = "disk") -> Object:
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"namespace": namespace, "name": name},
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "storageClassName": storage_class,
            "resources": {"requests": {"storage": "1Gi"}},
        },
    }


def crd(plural: str, kind: str, group: str = "conformance.example") -> Object:
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    version = {
        "name": "v1",
        "served": True,
        "storage": True,
        "subresources": {"status": {}},
        "schema": {"openAPIV3Schema": {"type": "object", "properties": {"spec": schema, "status": schema}}},
    }
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": {"plural": plural, "singular": kind.lower(), "kind": kind},
            "versions": [version],
        },
    }


def custom(namespace: str, kind: str, name: str = "mine", **more: Any) -> Object:
    """An object that goes at once: the garbage collector looks for new kinds every 30 s only."""
    background = {"pulumi.com/deletionPropagationPolicy": "background"}
    return {
        "apiVersion": "conformance.example/v1",
        "kind": kind,
        "metadata": {"namespace": namespace, "name": name, "annotations": background},
        "spec": {"size": 1},
        **more,
    }


def annotated(value: Object, **annotations: str) -> Object:
    """`value` with annotations of Pulumi: `annotated(x, skipAwait="true")`."""
    metadata = value["metadata"]
    more = {f"pulumi.com/{key}": text for key, text in annotations.items()}
    return {**value, "metadata": {**metadata, "annotations": {**metadata.get("annotations", {}), **more}}}
