"""Pods: what Kubernetes calls `restricted`, at the namespace and in every template."""

from collections.abc import Iterator
from typing import Final

from policies._kinds import PODS, Kind, core
from policies._object import Object
from policies._restricted import ADDED, CHECKS, PROFILES
from policies._rule import ADMISSION, CRITICAL, MANDATORY, PLAN, rule
from policies._stack import Stack
from policies._view import apart
from spec import plan

CLUSTER: Final = Kind("postgresql.cnpg.io", "Cluster")
DATABASE_USERS: Final = ("postgresUID", "postgresGID")
DATABASE_CONTEXTS: Final = ("podSecurityContext", "securityContext")
"""Fields of a database by which its pods may come to be root."""


@rule(
    "P1",
    area="pods",
    level=MANDATORY,
    severity=CRITICAL,
    title="Namespaces of a tenant enforce, audit and warn by Pod Security `restricted`, at the platform's version",
    why="A label that is misspelt enforces nothing, and one at `latest` refuses tomorrow what runs today.",
    fix="make namespaces with the IsolatedNamespace component, which writes these labels",
    serves=("O6", "F6"),
    judges=core("Namespace"),
    excusable=False,
    needs=PLAN,
)
def enforced(found: Object, _stack: Stack) -> Iterator[str]:
    """A patch that leaves a label out does not change it."""
    labels = found.at("metadata.labels")
    for name, wanted in plan.pod_security().items():
        with apart(found):
            value = labels[name].text()
            if value != wanted and not (found.patch and value is None):
                yield f'metadata.labels["{name}"] is {_said(value)}, and must be {wanted}'


def _said(value: str | None) -> str:
    return "missing" if value is None else value or "empty"


@rule(
    "P2",
    area="pods",
    level=MANDATORY,
    severity=CRITICAL,
    title="Pods keep Pod Security level `restricted`, in whatever makes them",
    why="The API server refuses pods only: a Deployment that breaks the level is taken, and then never has a pod.",
    fix="set runAsNonRoot, seccompProfile, allowPrivilegeEscalation and capabilities as the App component does",
    serves=("O6", "F6", "F8"),
    judges=PODS | {CLUSTER},
    excusable=False,
    decided_by=f"Pod Security admission, and {ADMISSION} for what makes pods",
)
def restricted(found: Object, _stack: Stack) -> Iterator[str]:
    """Each check is a question of its own, for each pod."""
    for pod in found.pods:
        for check in CHECKS.values():
            with apart(pod.spec):
                yield from check(pod, not found.patch)
    if found.kind == CLUSTER:
        yield from _database(found)


def _database(found: Object) -> Iterator[str]:
    """CloudNativePG makes restricted pods, unless it is told otherwise."""
    spec = found["spec"]
    for name in DATABASE_USERS:
        with apart(found):
            if spec[name].number() == 0:
                yield f"{spec.path}.{name} is 0, which is root"
    with apart(found):
        if spec["seccompProfile"]["type"].text() not in (None, *PROFILES):
            yield f"{spec.path}.seccompProfile.type is neither RuntimeDefault nor Localhost"
    for name in DATABASE_CONTEXTS:
        with apart(found):
            if spec[name]["runAsUser"].number() == 0 or spec[name]["runAsNonRoot"].flag() is False:
                yield f"{spec.path}.{name} lets it run as root"
    with apart(found):
        context = spec["securityContext"]
        if context["privileged"].flag() or context["allowPrivilegeEscalation"].flag():
            yield f"{context.path} gives it more than its user has"
    with apart(found):
        capabilities = spec["securityContext"]["capabilities"]  # replaces what the operator gives, as a whole
        if capabilities.present:
            added = set(capabilities["add"].texts()) - set(ADDED)
            if added or "ALL" not in capabilities["drop"].texts():
                yield f"{capabilities.path} does not drop ALL, or adds more than NET_BIND_SERVICE"
