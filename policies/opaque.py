"""Opaque resources: everything is of a kind that rules can read, goes to the stack's cluster, and stays at home."""

from collections.abc import Iterator
from typing import Final

from policies import _kinds
from policies._kinds import PODS, Kind, core, of
from policies._object import Object
from policies._rule import ADMISSION, CRITICAL, MANDATORY, PLAN, RESOURCES, rule
from policies._stack import Stack
from policies._view import apart
from spec import TenantSpec, plan

COMPONENTS: Final = "paas:"
"""What the types of our own components begin with."""

BUILT_IN: Final = (
    "pulumi:pulumi:Stack",
    "pulumi:pulumi:StackReference",
    "pulumi:providers:pulumi",
    "pulumi:providers:kubernetes",
)
"""The stack itself, what it reads, and the providers of both."""

AMBIENT: Final = "default"
"""Providers that the engine makes by itself are called so: they go to whatever cluster the shell points at."""

MONITORS: Final[dict[Kind, str]] = {
    Kind("monitoring.coreos.com", "ServiceMonitor"): "spec.namespaceSelector",
    Kind("monitoring.coreos.com", "PodMonitor"): "spec.namespaceSelector",
    Kind("monitoring.coreos.com", "Probe"): "spec.targets.ingress.namespaceSelector",
}
"""Where those that gather metrics say of which namespaces."""

NAMESPACED: Final = (
    PODS
    | frozenset(MONITORS)
    | core("ConfigMap", "Secret", "Service", "ServiceAccount", "PersistentVolumeClaim", "ResourceQuota", "LimitRange")
    | core("Endpoints")
    | of("rbac.authorization.k8s.io", "Role", "RoleBinding")
    | of("networking.k8s.io", "NetworkPolicy", "Ingress")
    | of("policy", "PodDisruptionBudget")
    | of("autoscaling", "HorizontalPodAutoscaler")
)
"""Kinds of which we know that they live in a namespace; where they name none they go to the shell's own."""


@rule(
    "O1",
    area="opaque",
    level=MANDATORY,
    severity=CRITICAL,
    title="Everything can be judged, goes to the stack's own cluster, and lies in the tenant's own namespaces",
    why="What rules cannot read they cannot refuse: a command, a chart's release, a list; or an object somewhere else.",
    fix="make objects of the API by the stack's provider, in the environment's namespaces",
    serves=("I9", "O6", "E3"),
    judges=RESOURCES,
    excusable=False,
    needs=PLAN,
    decided_by=f"{ADMISSION} for kinds and monitors, and by this rule once more for the rest",
)
def readable(found: Object, stack: Stack) -> Iterator[str]:
    """The type token decides what may be registered, the object's own fields what the API server makes of it."""
    token = found.resource.type
    if token.startswith(COMPONENTS) or token in BUILT_IN:
        return
    if not token.startswith("kubernetes:") or token == _kinds.RELEASE:
        yield f"{token} cannot be judged: rules see nothing of what it makes"
        return
    if not _kinds.is_object(token):
        return  # a component around objects, each of which is judged
    provider = found.resource.provider
    if provider is None or provider.startswith(AMBIENT):
        yield "it has no explicit provider, so it goes to whatever cluster the shell points at"
    with apart(found):
        yield from _kind(found, token)
    for located in found.resource.located:
        with apart(found):
            yield from _home(Object(found.resource, located, found.reading), stack.tenant)


def _kind(found: Object, token: str) -> Iterator[str]:
    said, _ = _kinds.from_token(token)
    version, name = found["apiVersion"].text(), found["kind"].text()
    if name is not None and version is not None:
        own = _kinds.from_fields(version, name.removesuffix("Patch"))
        if own != said:
            yield f"its type says {said}, its fields say {own}"
        said = own
    if said.group not in _kinds.GROUPS and said not in _kinds.LONE:
        yield f"{said} cannot be judged: no rule knows kinds of {said.group}"
    if said.name.endswith("List"):
        yield f"{said} is several objects in one resource"


def _home(found: Object, tenant: TenantSpec) -> Iterator[str]:
    own = [space.name for space in plan.spaces(tenant)]
    namespace = found.namespace
    if found.kind == Kind("", "Namespace"):
        if found.name not in own:
            yield f"namespace {found.name} is not in the stack file"
    elif namespace is None:
        if found.kind in NAMESPACED:
            yield "it names no namespace, so it goes to whichever the shell points at"
    elif namespace not in own:
        yield f"namespace {namespace} is not this environment's"
    if found.kind in MONITORS:
        selector = found.at(MONITORS[found.kind])
        if selector["any"].flag():
            yield f"{selector.path}.any reads the metrics of every tenant"
        for name in selector["matchNames"].texts():
            if name not in own:
                yield f"{selector.path} reads the metrics of namespace {name}, which is not this environment's"
