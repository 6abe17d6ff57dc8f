"""Twins of `policies.pods`."""

from collections.abc import Iterator
from typing import Final

from policies import pods
from policies._restricted import ADDED, PROFILES
from policies.admission import _restricted
from policies.admission._common import cel
from policies.admission._twin import Check, Settings, twin
from spec import plan

CONTEXT: Final = "spec.?securityContext"


@twin(pods.enforced)
def enforced(_settings: Settings) -> Iterator[Check]:
    """A namespace is judged by the labels that it would have."""
    for name, wanted in plan.pod_security().items():
        yield Check(unless=f"variables.labels[?'{name}'].orValue('') == '{wanted}'", says=f"{name} is not {wanted}")


@twin(
    pods.restricted,
    variables={
        **_restricted.VARIABLES,
        "databases": f"request.kind.group == '{pods.CLUSTER.group}' && request.kind.kind == '{pods.CLUSTER.name}'"
        " ? [variables.spec] : []",
    },
)
def restricted(_settings: Settings) -> Iterator[Check]:
    """Pod Security itself refuses pods alone, and only warns of what makes them."""
    yield from _restricted.CHECKS.values()
    yield from _database()


def _database() -> Iterator[Check]:
    for name in pods.DATABASE_USERS:
        yield _of_databases(f"spec.?{name}.orValue(1) != 0", f"{name} is 0, which is root")
    yield _of_databases(
        f"spec.?seccompProfile.?type.orValue('{PROFILES[0]}') in {cel(PROFILES)}",
        f"seccompProfile.type is none of {', '.join(PROFILES)}",
    )
    for name in pods.DATABASE_CONTEXTS:
        yield _of_databases(
            f"spec.?{name}.?runAsUser.orValue(1) != 0 && spec.?{name}.?runAsNonRoot.orValue(true)",
            f"{name} lets it run as root",
        )
    yield _of_databases(
        f"!{CONTEXT}.?privileged.orValue(false) && !{CONTEXT}.?allowPrivilegeEscalation.orValue(false)",
        "securityContext gives it more than its user has",
    )
    yield _of_databases(
        f"{CONTEXT}.?capabilities.optMap(found, 'ALL' in found.?drop.orValue([])"
        f" && found.?add.orValue([]).all(name, name in {cel(ADDED)})).orValue(true)",
        f"securityContext.capabilities do not drop ALL, or add more than {', '.join(ADDED)}",
    )


def _of_databases(test: str, says: str) -> Check:
    return Check(unless=f"variables.databases.all(spec, {test})", says=f"spec.{says}")
