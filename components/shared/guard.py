"""The guard: in a tenant's namespaces, only the platform changes what the platform made.

Roles cannot tell one Deployment from another; this rule of the API server can. What the cluster's own controllers do,
and what belongs to another object (a Deployment's pods), is left alone. Whoever may not write a kind at all has been
refused by then; `*` leaves out subresources, of which no role writes any but `pods/eviction`.

Namespaces have rules of their own: which ones are meant cannot go by the labels that a request leaves them with.
"""

from pulumi import ResourceOptions

from components._kubernetes import MatchConditionArgsDict, ValidationArgsDict
from components.shared._admission import (
    MARKED,
    NOT_BY_A_CONTROLLER,
    NOT_BY_THE_DATABASE_ITSELF,
    OF_ITS_OWN,
    WHERE_A_TENANT_IS,
    enforce,
    refuse,
    requests,
)
from spec import PlatformSpec
from spec.admission import BY_THE_PLATFORM
from spec.labels import ENVIRONMENT, PART_OF, TENANT

WHOSE = (TENANT, ENVIRONMENT, PART_OF)
"""Labels by which every rule of the API server finds what is a tenant's. Not even the platform takes them off."""

NAMESPACES = [("", f"namespaces{part}") for part in ("", "/status", "/finalize")]


def guard(spec: PlatformSpec, opts: ResourceOptions) -> None:
    """Make the rules, and put them into force wherever a tenant is."""
    made_by_the_platform: list[MatchConditionArgsDict] = [
        {"name": "made-by-the-platform", "expression": MARKED},
        {"name": "of-its-own", "expression": OF_ITS_OWN},
        NOT_BY_A_CONTROLLER,
    ]
    only_by_the_platform: list[ValidationArgsDict] = [
        {
            "expression": BY_THE_PLATFORM,
            "message_expression": "'the platform made ' + request.resource.resource + '/'"
            " + oldObject.metadata.name + ' from the stack file of this environment; change it there'",
            "reason": "Forbidden",
        }
    ]
    enforce(
        "guard",
        spec,
        {
            "match_constraints": {
                "resource_rules": requests(["UPDATE", "DELETE"], [("*", "*")]),
                "namespace_selector": {"match_expressions": [WHERE_A_TENANT_IS]},
            },
            "match_conditions": [*made_by_the_platform, NOT_BY_THE_DATABASE_ITSELF],
            "validations": only_by_the_platform,
        },
        opts,
    )
    enforce(
        "guard-namespaces",
        spec,
        {
            "match_constraints": {"resource_rules": requests(["UPDATE", "DELETE"], NAMESPACES)},
            "match_conditions": [
                {"name": "of-a-tenant", "expression": f"'{TENANT}' in oldObject.metadata.?labels.orValue({{}})"},
                *made_by_the_platform,
            ],
            "validations": only_by_the_platform,
        },
        opts,
    )
    enforce(
        "bounds",
        spec,
        {
            "match_constraints": {"resource_rules": requests(["UPDATE"], NAMESPACES)},
            "match_conditions": [
                {"name": "of-a-tenant", "expression": f"'{TENANT}' in oldObject.metadata.?labels.orValue({{}})"},
            ],
            "validations": [
                refuse(
                    f"rules find a tenant's namespace by its labels {', '.join(WHOSE)}: they never change",
                    unless=f"{list(WHOSE)}.all(key, object.metadata.?labels[?key] == oldObject.metadata.?labels[?key])",
                )
            ],
        },
        opts,
    )
