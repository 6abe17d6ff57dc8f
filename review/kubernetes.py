"""Questions about Kubernetes objects as plain data: where their pods are, how many, and what a field holds."""

from collections.abc import Iterator, Mapping
from typing import Final

from review.model import Change
from review.values import Value, get, listed, mapped

Kind = tuple[str, str]
"""API group, empty for the core group, and name."""

DATABASE: Final[Kind] = ("postgresql.cnpg.io", "Cluster")
POOLER: Final[Kind] = ("postgresql.cnpg.io", "Pooler")

TEMPLATES: Final[Mapping[Kind, tuple[str, ...]]] = {
    ("", "Pod"): (),
    ("apps", "Deployment"): ("spec", "template"),
    ("apps", "StatefulSet"): ("spec", "template"),
    ("apps", "DaemonSet"): ("spec", "template"),
    ("apps", "ReplicaSet"): ("spec", "template"),
    ("batch", "Job"): ("spec", "template"),
    ("batch", "CronJob"): ("spec", "jobTemplate", "spec", "template"),
    ("argoproj.io", "Rollout"): ("spec", "template"),
    ("serving.knative.dev", "Service"): ("spec", "template"),
    POOLER: ("spec", "template"),
}
"""Where objects keep the template of their pods."""

RUNNING: Final = frozenset({("apps", "Deployment"), ("apps", "StatefulSet"), ("apps", "DaemonSet")})
"""Kinds whose pods run as long as the object is there."""


def kind(change: Change) -> Kind:
    """Return the kind of a changed object."""
    return change.group, change.kind


def template(change: Change, value: Mapping[str, Value]) -> Value:
    """Return the template of an object's pods; None where it has none."""
    path = TEMPLATES.get(kind(change))
    return None if path is None or not value else get(value, *path)


def pod(change: Change, value: Mapping[str, Value]) -> Mapping[str, Value]:
    """Return what an object's pods are; empty where it has none."""
    return mapped(get(template(change, value), "spec"))


def containers(spec: Mapping[str, Value]) -> Iterator[tuple[str, Mapping[str, Value]]]:
    """Yield the containers of a pod by name, those that only begin it included."""
    for field in ("initContainers", "containers"):
        for found in listed(spec.get(field)):
            yield str(get(found, "name")), mapped(found)


def images(change: Change, value: Mapping[str, Value]) -> dict[str, Value]:
    """Return the images that an object runs, by container; a database's operator makes its containers."""
    found = {name: each.get("image") for name, each in containers(pod(change, value))}
    return found | ({"postgres": get(value, "spec", "imageName")} if kind(change) == DATABASE else {})


def backed_up(value: Value) -> bool:
    """Return whether a database is backed up: by its operator, or by a plugin of that."""
    plugins = listed(get(value, "spec", "plugins"))
    return bool(get(value, "spec", "backup")) or any(get(each, "isWALArchiver") is True for each in plugins)


def told(change: Change) -> str:
    """Return an object in words: `Deployment web`, with its namespace where it has one."""
    kind = change.kind or change.type.rpartition(":")[2]
    return f"{kind} {change.namespace}/{change.name}" if change.namespace else f"{kind} {change.name}"


def short(urn: str) -> str:
    """Return the type's and the resource's own name: `Deployment web`; empty for no resource."""
    if not urn:
        return ""
    type = urn.rpartition("::")[0].rpartition("::")[2].rpartition("$")[2]
    return f"{type.rpartition(':')[2]} {urn.rpartition('::')[2]}"
