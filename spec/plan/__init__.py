"""Everything that follows from a spec. Components render these answers, policies compare with them.

All of it is pure and exact: quantities are added as decimals and come back in the API server's own spelling. Ask
through this package (`plan.quota(spec)`), not through its modules.
"""

from spec.plan.access import DEBUGGER, Grant, Rule, broken_glass, grants, roles
from spec.plan.confinement import Limits, Space, limits, maintenance, pod_security, quota, spaces
from spec.plan.demand import Demand, demand, overrun, surge
from spec.plan.network import NAMESPACE_NAME, Peer, Policy, holes, policies
from spec.plan.shared import Priority, StorageFacts, priorities, priority, storage_classes
from spec.plan.sizes import Resources, resources, tier
from spec.plan.workload import (
    HTTP_PORT,
    Autoscaling,
    BoundTo,
    autoscaling,
    binding_variables,
    bindings,
    copies,
    deadline_seconds,
    job_name,
    uri,
    workload_resources,
)

__all__ = [
    "DEBUGGER",
    "HTTP_PORT",
    "NAMESPACE_NAME",
    "Autoscaling",
    "BoundTo",
    "Demand",
    "Grant",
    "Limits",
    "Peer",
    "Policy",
    "Priority",
    "Resources",
    "Rule",
    "Space",
    "StorageFacts",
    "autoscaling",
    "binding_variables",
    "bindings",
    "broken_glass",
    "copies",
    "deadline_seconds",
    "demand",
    "grants",
    "holes",
    "job_name",
    "limits",
    "maintenance",
    "overrun",
    "pod_security",
    "policies",
    "priorities",
    "priority",
    "quota",
    "resources",
    "roles",
    "spaces",
    "storage_classes",
    "surge",
    "tier",
    "uri",
    "workload_resources",
]
