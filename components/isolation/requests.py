"""FlowSchema: all requests of an environment are one flow, however many people and programs it has."""

from pulumi import ResourceOptions

from components._kubernetes import FlowSchema
from components._meta import meta
from spec import TenantSpec, names, plan

PRECEDENCE = 5000  # after the API server's own for nodes and controllers, before those for anybody (9000, 9900)
ANYTHING = ["*"]


def flow(spec: TenantSpec, opts: ResourceOptions) -> FlowSchema:
    """Make the flow. It has no distinguisher: whoever it is of the environment, they wait in the same queues."""
    return FlowSchema(
        "requests",
        metadata=meta(spec, f"paas-{names.namespace(spec.name, spec.environment)}"),
        spec={
            "priority_level_configuration": {"name": plan.LEVEL},
            "matching_precedence": PRECEDENCE,
            "rules": [
                {
                    "subjects": [{"kind": "Group", "group": {"name": group}} for group in plan.callers(spec)],
                    "resource_rules": [
                        {
                            "verbs": ANYTHING,
                            "api_groups": ANYTHING,
                            "resources": ANYTHING,
                            "namespaces": ANYTHING,
                            "cluster_scope": True,
                        }
                    ],
                    "non_resource_rules": [{"verbs": ANYTHING, "non_resource_urls": ANYTHING}],
                }
            ],
        },
        opts=opts,
    )
