"""Twins: the rules that stand in the API server as well, so that nothing gets around a preview.

Which rules have none, and what enforces those instead, each rule says itself (`decided_by`).
"""

from policies._platform import as_set
from policies._rule import MANDATORY
from policies.admission import (
    certificates,
    certificates_names,
    certificates_secrets,
    data,
    images,
    ingress,
    ingress_routes,
    labels,
    network,
    opaque,
    pods,
    pods_health,
    quota,
    rbac,
    rbac_bindings,
    secret_stores,
    sizing,
)
from policies.admission._twin import Twin
from policies.rules import RULES
from spec import PlatformSpec
from spec.admission import AdmissionPolicy

AREAS = (
    certificates,
    certificates_names,
    certificates_secrets,
    data,
    images,
    ingress,
    ingress_routes,
    labels,
    network,
    opaque,
    pods,
    pods_health,
    quota,
    rbac,
    rbac_bindings,
    secret_stores,
    sizing,
)

TWINS: tuple[Twin, ...] = tuple(found for area in AREAS for found in vars(area).values() if isinstance(found, Twin))
"""Every twin; a module of an area takes part by being in `AREAS`."""

BY_RULE = {twin.rule.id: twin for twin in TWINS}


def twins(spec: PlatformSpec) -> list[AdmissionPolicy]:
    """Return all twins, set and staged as the platform's stack file has it.

    Raises:
        SpecError: the file sets what no rule has.
    """
    rules = {rule.id: rule for rule in as_set(RULES, spec)}
    return [twin.policy(rules[id].defaults, enforced=rules[id].level is MANDATORY) for id, twin in BY_RULE.items()]
