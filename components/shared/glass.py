"""Break-glass: production's containers are open to whom the stack file names, until the moment that it names.

A RoleBinding has no end and admission no clock, but API servers renew a Lease of their own every few seconds, and a
rule may read it: that is the clock. Until when is read from the namespace, which no tenant can change. Without a
Lease nobody gets in. What is open at that moment stays open until its user leaves, as any session does.
"""

from pulumi import ResourceOptions

from components.shared._admission import (
    BY_THE_DATABASES_OPERATOR,
    CLOCK,
    CLOCK_KIND,
    NOT_BY_THE_PLATFORM,
    WHERE_A_TENANT_IS,
    enforce,
    refuse,
    requests,
)
from spec import PlatformSpec
from spec.labels import BREAK_GLASS, ENVIRONMENT
from spec.tenant import Environment

MOMENT = len("2027-01-31T18:00:00Z")
NOW = "timestamp(params.spec.renewTime)"


def glass(spec: PlatformSpec, opts: ResourceOptions) -> None:
    """Make the rule, and put it into force in all production."""
    inside = ("pods/exec", "pods/attach", "pods/portforward")
    enforce(
        "glass",
        spec,
        {
            "param_kind": CLOCK_KIND,
            "match_constraints": {
                "resource_rules": requests(["CONNECT"], [("", resource) for resource in inside]),
                "namespace_selector": {
                    "match_expressions": [
                        WHERE_A_TENANT_IS,
                        {"key": ENVIRONMENT, "operator": "In", "values": [Environment.PROD.value]},
                    ]
                },
            },
            "match_conditions": [
                NOT_BY_THE_PLATFORM,
                {
                    "name": "not-a-backup",  # which the databases' operator begins within the instance itself
                    "expression": f"!({BY_THE_DATABASES_OPERATOR} && object.?container.orValue('') == 'postgres')",
                },
            ],
            "validations": [
                refuse(
                    "containers of production are open to groups in `breakGlass` of the stack file, until the moment "
                    "that stands there; this is another group, or a later moment",
                    unless=f"namespaceObject.metadata.?annotations[?'{BREAK_GLASS}'].orValue('').split('\\n').exists("
                    f"line, size(line) > {MOMENT} && line.substring({MOMENT + 1}) in request.userInfo.groups"
                    f" && timestamp(line.substring(0, {MOMENT})) > {NOW})",
                )
            ],
        },
        opts,
        parameters=CLOCK,
    )
