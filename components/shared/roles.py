"""ClusterRoles: what people may do in a tenant's namespaces; each environment binds them for its own groups."""

from pulumi import ResourceOptions

from components._kubernetes import ClusterRole
from components._meta import meta
from spec import PlatformSpec, plan


def roles(spec: PlatformSpec, opts: ResourceOptions) -> list[ClusterRole]:
    """Make the cluster roles that environments bind."""
    return [
        ClusterRole(
            f"role-{role}",
            metadata=meta(spec, role),
            rules=[
                {"api_groups": [rule.group], "resources": list(rule.resources), "verbs": list(rule.verbs)}
                for rule in rules
            ],
            opts=opts,
        )
        for role, rules in plan.roles().items()
    ]
