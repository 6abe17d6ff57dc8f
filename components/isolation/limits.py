"""LimitRange: what one container, pod or volume may ask for, and what it gets when it asks for nothing."""

from pulumi import Input, ResourceOptions

from components._kubernetes import LimitRange
from components._meta import meta
from spec import TenantSpec, plan


def limits(name: str, spec: TenantSpec, namespace: Input[str], opts: ResourceOptions) -> LimitRange:
    """Make the namespace's limits."""
    found = plan.limits(spec)
    return LimitRange(
        f"{name}-limits",
        metadata=meta(spec, "environment", namespace=namespace),
        spec={
            "limits": [
                {
                    "type": "Container",
                    "default": found.default.limits,
                    "default_request": found.default.requests,
                    "max": found.most,
                    "max_limit_request_ratio": found.ratio,
                },
                {"type": "Pod", "max": found.most},
                {"type": "PersistentVolumeClaim", "max": {"storage": found.volume}},
            ]
        },
        opts=opts,
    )
