"""ResourceQuota: the sum of everything in the namespace. It has no scope, so nothing escapes it."""

from pulumi import Input, ResourceOptions

from components._kubernetes import ResourceQuota
from components._meta import meta
from spec import TenantSpec, plan


def quota(name: str, spec: TenantSpec, key: str | None, namespace: Input[str], opts: ResourceOptions) -> ResourceQuota:
    """Make the quota of the namespace that the stack file calls `key`."""
    return ResourceQuota(
        f"{name}-quota",
        metadata=meta(spec, "environment", namespace=namespace),
        spec={"hard": plan.quota(spec, key)},
        opts=opts,
    )
