"""PriorityClasses: which tenants' pods stay when a node is full."""

from pulumi import ResourceOptions

from components._kubernetes import PriorityClass
from components._meta import meta
from spec import PlatformSpec, plan


def priorities(spec: PlatformSpec, opts: ResourceOptions) -> list[PriorityClass]:
    """Make a priority class for each tier."""
    return [
        PriorityClass(
            f"priority-{found.tier}",
            metadata=meta(spec, found.name),
            value=found.value,
            preemption_policy="PreemptLowerPriority",
            description=f"Pods of tenants of tier {found.tier}",
            opts=opts,
        )
        for found in plan.priorities()
    ]
