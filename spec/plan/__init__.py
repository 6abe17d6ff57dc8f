"""Everything that follows from a spec. Components render these answers, policies compare with them.

All of it is pure and exact: quantities are added as decimals and come back in the API server's own spelling. Ask
through this package (`plan.quota(spec)`), not through its modules.
"""

from spec.plan.access import DEBUGGER, LONGEST_GLASS, Grant, Rule, broken_glass, grants, roles, too_long, written
from spec.plan.boundaries import boundaries
from spec.plan.confinement import Limits, Space, expiry, limits, limits_of, maintenance, pod_security, quota, spaces
from spec.plan.demand import Demand, demand, overrun, surge
from spec.plan.exceptions import LONGEST_EXCEPTION, excused, over, too_far
from spec.plan.network import NAMESPACE_NAME, Peer, Policy, holes, policies
from spec.plan.reach import CLOSED, DNS, EVERY, GATEWAY, STRANGER, Matrix, Ports, matrix, probes, told
from spec.plan.requests import LEVEL, callers
from spec.plan.shared import (
    Priority,
    StorageFacts,
    claimable,
    permitted_priorities,
    priorities,
    priority,
    storage_classes,
)
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
    "CLOSED",
    "DEBUGGER",
    "DNS",
    "EVERY",
    "GATEWAY",
    "HTTP_PORT",
    "LEVEL",
    "LONGEST_EXCEPTION",
    "LONGEST_GLASS",
    "NAMESPACE_NAME",
    "STRANGER",
    "Autoscaling",
    "BoundTo",
    "Demand",
    "Grant",
    "Limits",
    "Matrix",
    "Peer",
    "Policy",
    "Ports",
    "Priority",
    "Resources",
    "Rule",
    "Space",
    "StorageFacts",
    "autoscaling",
    "binding_variables",
    "bindings",
    "boundaries",
    "broken_glass",
    "callers",
    "claimable",
    "copies",
    "deadline_seconds",
    "demand",
    "excused",
    "expiry",
    "grants",
    "holes",
    "job_name",
    "limits",
    "limits_of",
    "maintenance",
    "matrix",
    "over",
    "overrun",
    "permitted_priorities",
    "pod_security",
    "policies",
    "priorities",
    "priority",
    "probes",
    "quota",
    "resources",
    "roles",
    "spaces",
    "storage_classes",
    "surge",
    "tier",
    "told",
    "too_far",
    "too_long",
    "uri",
    "workload_resources",
    "written",
]
