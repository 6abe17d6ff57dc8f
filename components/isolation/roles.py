"""RoleBindings: the environment's people get the platform's cluster roles, in this namespace only."""

from datetime import datetime

from pulumi import Input, ResourceOptions

from components._facts import refused
from components._kubernetes import RoleBinding
from components._meta import meta
from spec import TenantSpec, names, plan
from spec.labels import REASON, UNTIL

API_GROUP = "rbac.authorization.k8s.io"


def role_bindings(name: str, spec: TenantSpec, namespace: Input[str], opts: ResourceOptions) -> list[RoleBinding]:
    """Make one binding for each cluster role that somebody has."""
    return [
        RoleBinding(
            f"{name}-role-{grant.role}",
            metadata=meta(spec, grant.role, namespace=namespace),
            role_ref={"api_group": API_GROUP, "kind": "ClusterRole", "name": grant.role},
            subjects=[{"api_group": API_GROUP, "kind": "Group", "name": group} for group in grant.groups],
            opts=opts,
        )
        for grant in plan.grants(spec)
    ]


def break_glass(
    name: str, spec: TenantSpec, namespace: Input[str], now: datetime, opts: ResourceOptions
) -> list[RoleBinding]:
    """Make the bindings of those who may look into production's containers now; those whose time is over have none."""
    for glass in plan.too_long(spec, now):
        hours = plan.LONGEST_GLASS.total_seconds() / 3600
        raise refused(
            path="breakGlass",
            given=glass.until,
            wanted=f"a moment at most {hours:.0f} hours ahead",
            fix="write an earlier one, and a later one when that is over",
        )
    return [
        RoleBinding(
            f"{name}-break-glass-{glass.group}",
            metadata=meta(
                spec,
                names.hashed("break-glass", glass.group),
                namespace=namespace,
                extra_annotations={UNTIL: glass.until, REASON: glass.reason},
            ),
            role_ref={"api_group": API_GROUP, "kind": "ClusterRole", "name": plan.DEBUGGER},
            subjects=[{"api_group": API_GROUP, "kind": "Group", "name": glass.group}],
            opts=opts,
        )
        for glass in plan.broken_glass(spec, now)
    ]
