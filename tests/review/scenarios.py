"""Pairs of programs whose previews are recorded: what stands, and what a pull request makes of it.

Objects are written as manifests. A text `secret:...` becomes a secret that the engine knows, `unknown:<name>` what no
preview knows: the resource version of another object.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.builders import a_tenant_document

Objects = dict[str, dict[str, Any]]

CANARY = "canary-7f3a91"
"""What no comment, report or JSON may ever contain."""

PROGRAM = """\
import json
import pulumi
import pulumi_kubernetes as k8s

OBJECTS = json.loads({objects!r})
MADE = {{}}


class Environment(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("paas:tenant:Environment", name, {{}})


def value(found):
    if isinstance(found, dict):
        return {{key: value(each) for key, each in found.items()}}
    if isinstance(found, list):
        return [value(each) for each in found]
    if isinstance(found, str) and found.startswith("secret:"):
        return pulumi.Output.secret(found.removeprefix("secret:"))
    if isinstance(found, str) and found.startswith("unknown:"):
        return MADE[found.removeprefix("unknown:")].metadata["resource_version"]
    return found


provider = k8s.Provider("cluster")
environment = Environment("environment")
opts = pulumi.ResourceOptions(provider=provider, parent=environment)
for name, manifest in OBJECTS.items():
    rest = value({{key: found for key, found in manifest.items() if key not in ("apiVersion", "kind")}})
    group, _, version = manifest["apiVersion"].rpartition("/")
    module = getattr(k8s, group.partition(".")[0] or "core", None)
    known = getattr(getattr(module, version, None), manifest["kind"], None)
    if known is None:
        made = k8s.apiextensions.CustomResource(
            name,
            api_version=manifest["apiVersion"],
            kind=manifest["kind"],
            metadata=rest["metadata"],
            spec=rest["spec"],
            opts=opts,
        )
    else:
        SNAKE = {{"stringData": "string_data", "roleRef": "role_ref"}}
        made = known(name, **{{SNAKE.get(key, key): found for key, found in rest.items()}}, opts=opts)
    MADE[name] = made
{extra}
"""


def program(objects: Objects, extra: str = "") -> str:
    """Return a program that makes some objects."""

    return PROGRAM.format(objects=json.dumps(objects), extra=extra)


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One stack before and after.

    Attributes:
        before: what stands; None for nothing.
        after: what the pull request's program makes.
        pending: what the program of the merge base makes, where that is not what stands.
        extra: lines at the end of the pull request's program.
        judged: the policy pack is asked.
        tenant: the stack file.
        lost: there is no cluster to be reached at the preview.
    """

    stack: str
    before: Objects | None
    after: Objects
    pending: Objects | None = None
    extra: str = ""
    judged: bool = False
    tenant: Mapping[str, Any] = field(default_factory=dict)
    lost: bool = False


Z = "zeta-dev"


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


READ = {"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list"]}
EVERYTHING = {"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}
HOSTILE = "<img src=x onerror=alert(1)> | @everyone ```\n</details> **bold**"

BASE: Objects = {"space": space(Z), "web": web(Z), "settings": settings(Z, level="info")}

SCENARIOS: dict[str, Scenario] = {
    "first": Scenario(stack=Z, before=None, after=BASE),
    "routine": Scenario(
        stack=Z, before=BASE, after=BASE | {"web": web(Z, image="registry.example.com/shop/web:1.4.3", replicas=3)}
    ),
    "nothing": Scenario(stack=Z, before=BASE, after=BASE),
    "deletes": Scenario(
        stack=Z, before=BASE | {"files": claim(Z), "keys": keys(Z, f"secret:{CANARY}-a")}, after={"space": space(Z)}
    ),
    "replaces": Scenario(
        stack=Z,
        before=BASE | {"files": claim(Z), "keys": keys(Z, f"{CANARY}-plain-a")},
        after=BASE | {"files": claim(Z, kind="paas-scratch"), "keys": keys(Z, f"{CANARY}-plain-b")},
    ),
    "rbac": Scenario(
        stack=Z, before=BASE | {"robot": role(Z, READ)}, after=BASE | {"robot": role(Z, READ, EVERYTHING)}
    ),
    "unknown": Scenario(
        stack=Z,
        before=BASE,
        after=BASE | {"early": settings(Z) | named("early"), "late": settings(Z, v="unknown:early") | named("late")},
    ),
    "hostile": Scenario(stack=Z, before=BASE, after=BASE | {"settings": settings(Z, level=HOSTILE)}),
    "pending": Scenario(
        stack=Z,
        before=BASE,
        pending=BASE | {"settings": settings(Z, level="debug")},
        after=BASE | {"settings": settings(Z, level="debug"), "web": web(Z, replicas=4)},
    ),
    "program": Scenario(stack=Z, before=BASE, after=BASE, extra='raise RuntimeError("the file has no tenant")'),
    "unreachable": Scenario(stack=Z, before=BASE, after=BASE | {"web": web(Z, replicas=3)}, lost=True),
    "refused": Scenario(
        stack=Z,
        before=BASE,
        after=BASE | {"settings": settings(Z, level=f"secret:{CANARY}-map")},
        judged=True,
        tenant=a_tenant_document(name="zeta", environment="dev"),
    ),
}
