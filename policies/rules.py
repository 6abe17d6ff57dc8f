"""All rules, by area, in the order of their modules."""

from policies import (
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
    pods_copies,
    pods_health,
    quota,
    rbac,
    rbac_bindings,
    secret_stores,
    sizing,
)
from policies._rule import Rule

AREAS = (
    quota,
    sizing,
    images,
    network,
    labels,
    opaque,
    rbac,
    rbac_bindings,
    secret_stores,
    ingress,
    ingress_routes,
    pods,
    pods_health,
    pods_copies,
    certificates,
    certificates_names,
    certificates_secrets,
    data,
)

RULES: tuple[Rule, ...] = tuple(found for area in AREAS for found in vars(area).values() if isinstance(found, Rule))
"""Every rule of the pack; a module of an area takes part by being in `AREAS`."""

BY_ID = {rule.id: rule for rule in RULES}
