"""Who may do what: roles verb by verb, and to whom an environment gives which.

Deliberately in no role:
- reading Secrets, and patching them, since a patch answers with the whole Secret. Whoever may start a pod can still
  mount the Secrets of its namespace: what must be kept from an environment's own deployers belongs into another one;
- the scale subresource and autoscalers: nobody could tell whose Deployment they move. Autoscalers are the stack
  file's `scale`, whose rate and maxima the plan answers for; one's own Deployment is scaled by changing it;
- disruption budgets: one over other pods, or one that allows no disruption, would keep nodes from being drained;
- minting tokens, impersonation, writing NetworkPolicies, quotas, limits, roles, bindings, service accounts, endpoints,
  ingresses or namespaces, and starting pods by anything but what `WORK` names.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from spec.access import BreakGlass, Role
from spec.tenant import Environment, TenantSpec

READ = ("get", "list", "watch")
WRITE = ("create", "update", "patch", "delete")


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule of a role: verbs on resources of one API group."""

    group: str
    resources: tuple[str, ...]
    verbs: tuple[str, ...]


VIEW = (
    Rule(group="", resources=("namespaces",), verbs=("get",)),
    Rule(
        group="",
        resources=(
            "pods",
            "services",
            "endpoints",
            "configmaps",
            "events",
            "persistentvolumeclaims",
            "serviceaccounts",
            "resourcequotas",
            "limitranges",
        ),
        verbs=READ,
    ),
    Rule(group="apps", resources=("deployments", "replicasets", "statefulsets", "daemonsets"), verbs=READ),
    Rule(group="batch", resources=("jobs", "cronjobs"), verbs=READ),
    Rule(group="autoscaling", resources=("horizontalpodautoscalers",), verbs=READ),
    Rule(group="policy", resources=("poddisruptionbudgets",), verbs=READ),
    Rule(group="networking.k8s.io", resources=("networkpolicies", "ingresses"), verbs=READ),
    Rule(group="discovery.k8s.io", resources=("endpointslices",), verbs=READ),
    Rule(group="events.k8s.io", resources=("events",), verbs=READ),
    Rule(group="metrics.k8s.io", resources=("pods",), verbs=("get", "list")),
)

LOGS = (Rule(group="", resources=("pods/log",), verbs=("get",)),)

WORK = (
    Rule(group="", resources=("services", "configmaps", "persistentvolumeclaims"), verbs=WRITE),
    Rule(group="", resources=("secrets",), verbs=("create", "update", "delete")),  # written, never read
    Rule(group="", resources=("pods",), verbs=("delete",)),  # a restart
    Rule(group="", resources=("pods/eviction",), verbs=("create",)),
    Rule(group="apps", resources=("deployments", "statefulsets"), verbs=WRITE),
    Rule(group="batch", resources=("jobs", "cronjobs"), verbs=WRITE),
)

ACCESS = (Rule(group="rbac.authorization.k8s.io", resources=("roles", "rolebindings"), verbs=READ),)

DEBUG = (
    Rule(group="", resources=("pods",), verbs=READ),  # who breaks glass may have no other role
    Rule(group="", resources=("pods/exec", "pods/attach", "pods/portforward"), verbs=("create", "get")),
)

DEBUGGER = "paas-debugger"

LONGEST_GLASS = timedelta(hours=72)
"""How far ahead glass may be broken: what shall last longer is written again, and seen again."""

_ROLES: dict[str, tuple[Rule, ...]] = {
    f"paas-{Role.VIEWER}": VIEW,
    f"paas-{Role.DEVELOPER}": VIEW + LOGS,
    f"paas-{Role.DEPLOYER}": VIEW + LOGS + WORK,
    f"paas-{Role.ADMIN}": VIEW + LOGS + WORK + ACCESS,
    DEBUGGER: DEBUG,
}

_IN_PRODUCTION: dict[Role, tuple[str, ...]] = {role: (f"paas-{role}",) for role in Role}
_ELSEWHERE: dict[Role, tuple[str, ...]] = _IN_PRODUCTION | {
    Role.DEVELOPER: (f"paas-{Role.DEVELOPER}", f"paas-{Role.DEPLOYER}", DEBUGGER),
    Role.ADMIN: (f"paas-{Role.ADMIN}", DEBUGGER),
}


@dataclass(frozen=True, kw_only=True)
class Grant:
    """A cluster role that groups have in the environment's namespaces."""

    role: str
    groups: tuple[str, ...]


def broken_glass(spec: TenantSpec, now: datetime) -> list[BreakGlass]:
    """Return who may look into production's containers at `now` (with a time zone)."""
    return [glass for glass in spec.break_glass if datetime.fromisoformat(glass.until) > now]


def too_long(spec: TenantSpec, now: datetime) -> list[BreakGlass]:
    """Return what of `broken_glass` would last longer than may be."""
    return [glass for glass in broken_glass(spec, now) if datetime.fromisoformat(glass.until) > now + LONGEST_GLASS]


def written() -> list[tuple[str, str]]:
    """Return the (API group, resource) of everything that some tenant's role may create or change."""
    return [
        (rule.group, resource)
        for rule in WORK
        for resource in rule.resources
        if {"create", "update", "patch"} & set(rule.verbs) and "/" not in resource
    ]


def roles() -> dict[str, tuple[Rule, ...]]:
    """Return the rules of the cluster roles that all environments share, by name."""
    return _ROLES


def grants(spec: TenantSpec) -> list[Grant]:
    """Return which groups have which role. In production developers look on, and only deployers and admins change."""
    table = _IN_PRODUCTION if spec.environment is Environment.PROD else _ELSEWHERE
    groups: dict[str, list[str]] = {}
    for member, found in spec.members.items():
        for role in table[member]:
            groups.setdefault(role, []).extend(found)
    return [Grant(role=role, groups=tuple(dict.fromkeys(found))) for role, found in groups.items()]
