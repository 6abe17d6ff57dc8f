"""CEL that twins have in common: what is judged, what the environment's boundaries are, what is excused."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from policies._kinds import TEMPLATES, Kind
from spec.admission import BY_THE_PLATFORM
from spec.labels import BOUNDARIES, EXCEPTIONS, MANAGED_BY, PULUMI, TENANT

MARKED_AS_A_TENANTS: Final = f"'{TENANT}' in object.metadata.?labels.orValue({{}})"


def cel(value: Any) -> str:
    """Return a value of JSON as CEL has it."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{cel(key)}: {cel(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple | set | frozenset):
        items = sorted(value) if isinstance(value, set | frozenset) else value
        return "[" + ", ".join(cel(item) for item in items) + "]"
    return json.dumps(str(value) if isinstance(value, str) else value, ensure_ascii=False)


def _template(path: str) -> str:
    """Return a list with the templates at a path of `_kinds.TEMPLATES`, empty where there are none."""
    if not path:
        return "[variables.whole]"
    head, mark, rest = path.partition("[].")
    found = f"variables.whole{optional(head)}"
    if not mark:
        return f"{found}.optMap(each, [each]).orValue([])"
    return f"{found}.orValue([]).map(each, each{optional(rest)}).filter(each, each.hasValue()).map(each, each.value())"


def is_one_of(kinds: Iterable[Kind]) -> str:
    """Return CEL that holds where the object is of one of these kinds, in whatever version."""
    return f"(request.kind.group + '/' + request.kind.kind) in {cel({f'{kind.group}/{kind.name}' for kind in kinds})}"


def optional(path: str) -> str:
    """Return what follows a name where fields on the way may be absent: `.?spec.?template`."""
    return "".join(f".?{field}" for field in path.split("."))


def _pods() -> str:
    """Return the pods that an object is or starts, as `metadata` and `spec`, whatever its kind."""
    by_paths: dict[tuple[str, ...], list[Kind]] = {}
    for kind, paths in TEMPLATES.items():
        by_paths.setdefault(paths, []).append(kind)
    return (
        "".join(
            f"{is_one_of(kinds)} ? {' + '.join(_template(path) for path in paths)} : "
            for paths, kinds in by_paths.items()
        )
        + "[]"
    )


def _boundary(what: str) -> str:
    """Return the values of one kind of line of `plan.boundaries`."""
    return f"variables.boundaries.filter(line, line.startsWith('{what} ')).map(line, line.substring({len(what) + 1}))"


LASTING: Final = ("containers", "initContainers")
ALL: Final = (*LASTING, "ephemeralContainers")


def listed(kinds: tuple[str, ...]) -> str:
    """Return all containers of `pod`, of these kinds."""
    return " + ".join(f"pod.?{kind}.orValue([])" for kind in kinds)


VARIABLES: Final = {
    "whole": "dyn(object)",
    "before": "dyn(oldObject)",
    # Of the namespace that it is in; what is in none says it by itself.
    "home": "namespaceObject != null ? namespaceObject.metadata.labels : object.metadata.labels",
    "ours": f"{BY_THE_PLATFORM}"
    f" && (oldObject == null || oldObject.metadata.?labels[?'{MANAGED_BY}'].orValue('') == '{PULUMI}')",
    "boundaries": f"namespaceObject != null"
    f" ? namespaceObject.metadata.?annotations[?'{BOUNDARIES}'].orValue('').split('\\n') : []",
    "namespaces": _boundary("namespace"),
    "domains": _boundary("domain"),
    "registries": _boundary("registry"),
    "egress": _boundary("egress"),
    "grants": _boundary("grant"),
    "quotas": "variables.boundaries.filter(line, line.startsWith('quota ')).transformMapEntry(place, line,"
    " {line.split(' ')[1]: line.split(' ')[2]})",
    "name": "object.metadata.?name.orValue('')",
    "labels": "variables.whole.metadata.?labels.orValue({})",
    "annotations": "variables.whole.metadata.?annotations.orValue({})",
    "spec": "variables.whole.?spec.orValue({})",
    "templates": _pods(),
    "pods": "variables.templates.map(template, template.?spec.orValue({}))",
    "lasting": f"variables.pods.map(pod, {listed(LASTING)}).flatten()",
    "containers": f"variables.pods.map(pod, {listed(ALL)}).flatten()",
}
"""What every twin may use. The API server computes only what is used.

- `whole` is the object without its type, `before` the one that it replaces
- `ours`: whether the platform makes it, or changes what it made; what others made stays as they made it
- `home` are the labels of its namespace: `paas.internal/tenant`, `paas.internal/tier` and others
- `namespaces`, `domains`, `registries`, `egress`: lists of text; `grants`: `<cluster role> <group>`, too;
  `quotas`: the most by resource, of its namespace
- `templates` are the pods that it is or starts, with metadata; `pods` their specs
- `containers` are all that run in these pods; `lasting` leaves out ephemeral ones, which have no resources
"""

LENGTH_OF_MOMENT: Final = len("2027-01-31T18:00:00Z")


def excused(rule: str) -> str:
    """Return CEL that holds where an exception from the rule stands for the object, and is not over.

    The time is that of the API servers' own Leases, which the binding hands over where a namespace has exceptions.
    """
    end = LENGTH_OF_MOMENT
    return (
        "params != null && namespaceObject != null"
        f" && namespaceObject.metadata.?annotations[?'{EXCEPTIONS}'].orValue('').split('\\n').exists(line,"
        f" size(line) > {end}"
        f" && line.substring({end + 1}) == '{rule} ' + request.kind.kind + '/' + object.metadata.name"
        f" && timestamp(line.substring(0, {end})) > timestamp(params.spec.renewTime))"
    )
