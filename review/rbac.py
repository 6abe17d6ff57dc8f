"""Whether roles and bindings give more than before: computed from what rules allow, not from how they are written.

A rule allows a box: groups x resources x verbs x names, or URLs x verbs. It is cut into grants of one each, and a
grant is new unless a single old rule covers it. That is exact: what `*` stands for has no end, so no sum of rules
without it can cover it, and grants without it are points. The API server's own check against escalation works alike
(k8s.io/component-helpers, auth/rbac/validation).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Final

from review.values import Mark, Value, get, listed, mapped

ALL: Final = "*"
BINDINGS: Final = ("RoleBinding", "ClusterRoleBinding")
ROLES: Final = ("Role", "ClusterRole")
GROUP: Final = "rbac.authorization.k8s.io"


@dataclass(frozen=True, kw_only=True)
class Grant:
    """One thing that is allowed: a verb on a resource, or on a URL.

    Attributes:
        name: of the one object; None for all.
        url: that of no resource; then the other fields are empty.
    """

    verb: str
    group: str = ""
    resource: str = ""
    name: str | None = None
    url: str = ""

    def __str__(self) -> str:
        if self.url:
            return f"{self.verb} {self.url}"
        resource = f"{self.resource}.{self.group}" if self.group else self.resource
        return f"{self.verb} {resource}" + ("" if self.name is None else f" {self.name}")


def widened(old: Value, new: Value) -> list[Grant]:
    """Return what the rules `new` allow and the rules `old` do not, each once, in the rules' order."""
    before = [rule for rule in listed(old) if not isinstance(rule, Mark)]
    return list(dict.fromkeys(grant for rule in listed(new) for grant in grants(rule) if not _covered(grant, before)))


def grants(rule: Value) -> Iterator[Grant]:
    """Yield what one rule allows."""
    names: Iterable[str | None] = _texts(rule, "resourceNames") or (None,)
    boxes = product(_texts(rule, "verbs"), _texts(rule, "apiGroups"), _texts(rule, "resources"), names)
    for verb, group, resource, name in boxes:
        yield Grant(verb=verb, group=group, resource=resource, name=name)
    for verb, url in product(_texts(rule, "verbs"), _texts(rule, "nonResourceURLs")):
        yield Grant(verb=verb, url=url)


def undecided(rules: Value) -> bool:
    """Return whether a preview does not show all that the rules allow."""
    if isinstance(rules, Mark):
        return True
    return any(
        isinstance(found, Mark) or any(isinstance(each, Mark) for each in listed(found))
        for rule in listed(rules)
        for found in ([rule] if isinstance(rule, Mark) else mapped(rule).values())
    )


def subjects(binding: Value) -> frozenset[str]:
    """Return who a binding gives its role to: `Group oidc:acme-admins`, `ServiceAccount acme-prod/web`."""
    found = []
    for subject in listed(get(binding, "subjects")):
        place = get(subject, "namespace")
        name = get(subject, "name")
        found.append(f"{get(subject, 'kind')} {place}/{name}" if place else f"{get(subject, 'kind')} {name}")
    return frozenset(found)


def role(binding: Value) -> str:
    """Return the role that a binding gives: `ClusterRole admin`."""
    return f"{get(binding, 'roleRef', 'kind')} {get(binding, 'roleRef', 'name')}"


def _covered(grant: Grant, rules: list[Value]) -> bool:
    return any(_covers(rule, grant) for rule in rules)


def _covers(rule: Value, grant: Grant) -> bool:
    if not _holds(_texts(rule, "verbs"), grant.verb):
        return False
    if grant.url:
        return any(_reaches(url, grant.url) for url in _texts(rule, "nonResourceURLs"))
    names = _texts(rule, "resourceNames")
    return (
        _holds(_texts(rule, "apiGroups"), grant.group)
        and _serves(_texts(rule, "resources"), grant.resource)
        and (not names or grant.name in names)
    )


def _holds(given: list[str], wanted: str) -> bool:
    return ALL in given or wanted in given


def _serves(given: list[str], wanted: str) -> bool:
    """`*/scale` stands for that part of every resource; `pods/*` for nothing."""
    part = wanted.partition("/")[2]
    return _holds(given, wanted) or bool(part and f"*/{part}" in given)


def _reaches(given: str, wanted: str) -> bool:
    return given in (ALL, wanted) or (given.endswith(ALL) and wanted.startswith(given.rstrip(ALL)))


def _texts(rule: Value, field: str) -> list[str]:
    return [each for each in listed(get(rule, field)) if isinstance(each, str) and not isinstance(each, Mark)]
