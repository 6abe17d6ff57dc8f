"""Which object names which: what a Service sends to, what a workload reads, what a binding gives."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from review.kubernetes import TEMPLATES, Kind, containers, kind, pod, template
from review.model import Change
from review.values import Value, get, listed, mapped

Named = tuple[str, str, str]
"""Namespace, kind and name."""

ROUTES: Final = frozenset({"HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute"})


def relations(objects: Sequence[Change]) -> list[tuple[str, str]]:
    """Return pairs of URNs: the first names the second, or selects its pods. Each once, in order."""
    known = {(each.namespace, each.kind, each.name): each.urn for each in objects}
    pairs: list[tuple[str, str]] = []
    for each in objects:
        value = each.new or each.old
        named = [known[one] for one in _names(each, value) if one in known]
        pairs += [(each.urn, urn) for urn in (*named, *_selected(each, value, objects)) if urn != each.urn]
    return list(dict.fromkeys(pairs))


def _names(change: Change, value: Mapping[str, Value]) -> Iterator[Named]:
    space = change.namespace
    if change.kind == "HorizontalPodAutoscaler":
        yield from _reference(space, get(value, "spec", "scaleTargetRef"))
    elif change.kind in ("RoleBinding", "ClusterRoleBinding"):
        role = get(value, "roleRef")
        yield from _reference("" if get(role, "kind") == "ClusterRole" else space, role)
    elif change.kind in ROUTES:
        backends = (b for rule in listed(get(value, "spec", "rules")) for b in listed(get(rule, "backendRefs")))
        yield from (
            (str(get(each, "namespace") or space), str(get(each, "kind") or "Service"), str(get(each, "name")))
            for each in backends
        )
    elif change.kind == "Ingress":
        paths = (p for rule in listed(get(value, "spec", "rules")) for p in listed(get(rule, "http", "paths")))
        yield from ((space, "Service", str(get(path, "backend", "service", "name"))) for path in paths)
    elif change.kind == "Certificate":
        yield space, "Secret", str(get(value, "spec", "secretName"))
        yield from _reference(space, get(value, "spec", "issuerRef"))
        yield from _reference("", get(value, "spec", "issuerRef"))
    if kind(change) in TEMPLATES:
        yield from _read(space, pod(change, value))


def _reference(space: str, found: Value) -> Iterator[Named]:
    if get(found, "name"):
        yield space, str(get(found, "kind") or "Issuer"), str(get(found, "name"))


def _read(space: str, spec: Mapping[str, Value]) -> Iterator[Named]:
    """Yield what pods are given: accounts, volumes, variables."""
    if name := spec.get("serviceAccountName"):
        yield space, "ServiceAccount", str(name)
    for volume in listed(spec.get("volumes")):
        yield space, "ConfigMap", str(get(volume, "configMap", "name"))
        yield space, "Secret", str(get(volume, "secret", "secretName"))
        yield space, "PersistentVolumeClaim", str(get(volume, "persistentVolumeClaim", "claimName"))
        for source in listed(get(volume, "projected", "sources")):
            yield space, "ConfigMap", str(get(source, "configMap", "name"))
            yield space, "Secret", str(get(source, "secret", "name"))
    for _, container in containers(spec):
        sources = [mapped(each) for each in listed(container.get("envFrom"))]
        sources += [mapped(get(each, "valueFrom")) for each in listed(container.get("env"))]
        for source in sources:
            for field, what in (("configMap", "ConfigMap"), ("secret", "Secret")):
                for end in ("Ref", "KeyRef"):
                    yield space, what, str(get(source, f"{field}{end}", "name"))


SELECTORS: Final[Mapping[Kind, tuple[str, ...]]] = {
    ("", "Service"): ("spec", "selector"),
    ("policy", "PodDisruptionBudget"): ("spec", "selector", "matchLabels"),
    ("networking.k8s.io", "NetworkPolicy"): ("spec", "podSelector", "matchLabels"),
}
"""Where kinds say whose pods they are about. What selects all pods of a namespace is about none of them more."""


def _selected(change: Change, value: Mapping[str, Value], objects: Iterable[Change]) -> Iterator[str]:
    path = SELECTORS.get(kind(change))
    wanted = mapped(get(value, *path)) if path else {}
    for other in objects if wanted else ():
        labels = mapped(get(template(other, other.new or other.old), "metadata", "labels"))
        if other.namespace == change.namespace and labels and wanted.items() <= labels.items():
            yield other.urn
