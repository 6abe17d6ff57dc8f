"""Quotas and limits: every namespace has them, whole, and none is above what the tenant's tier is worth."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Final

from policies._kinds import core
from policies._object import Object
from policies._rule import HIGH, MANDATORY, MEDIUM, PLAN, Whole, rule, stack_rule
from policies._stack import Stack
from policies._view import View, apart, some
from spec import plan
from spec.quantity import parse

NAMESPACES: Final = core("Namespace")
QUOTAS: Final = core("ResourceQuota")
LIMITS: Final = core("LimitRange")

ALIASES: Final = {name: f"requests.{name}" for name in ("cpu", "memory", "ephemeral-storage")}
"""A quota's short names: `cpu` is `requests.cpu`. `pods` is not `count/pods`, which counts finished ones too."""


def unscoped(found: Object) -> bool:
    """Return whether a quota counts everything: one with a scope leaves out whatever has another."""
    return not found.at("spec.scopes").items() and not found.at("spec.scopeSelector.matchExpressions").items()


def named(hard: dict[str, View]) -> dict[str, list[View]]:
    """Return what a quota says, by long name; where it says a thing twice, the cluster holds both."""
    by_name: dict[str, list[View]] = {}
    for name, value in hard.items():
        by_name.setdefault(ALIASES.get(name, name), []).append(value)
    return by_name


@stack_rule(
    "Q1",
    area="quota",
    level=MANDATORY,
    severity=HIGH,
    title="Every namespace of a tenant has a quota without scopes, and limits",
    why="Without a quota one tenant takes the whole cluster; one with scopes counts only some of its pods.",
    fix="make namespaces with the IsolatedNamespace component, which brings both",
    serves=("E3", "F6", "X6"),
    judges=NAMESPACES | QUOTAS | LIMITS,
    needs=PLAN,
    decided_by="nothing at admission: it is about several objects, which only the platform makes and changes",
)
def covered(whole: Whole, _stack: Stack) -> Iterator[tuple[Object | None, str]]:
    """A quota whose namespace is not known may be the one: then nothing is decided."""
    quotas, limits = (whole.objects(kinds, patches=False) for kinds in (QUOTAS, LIMITS))
    for namespace in whole.objects(NAMESPACES):
        with apart(namespace):
            name = namespace.name
            if not some(quotas, _in(name, unscoped)):
                yield namespace, f"namespace {name} has no ResourceQuota without scopes"
        with apart(namespace):
            name = namespace.name
            if not some(limits, _in(name)):
                yield namespace, f"namespace {name} has no LimitRange"


def _in(namespace: str | None, test: Callable[[Object], bool] = bool) -> Callable[[Object], bool]:
    return lambda found: found.namespace == namespace and test(found)


@rule(
    "Q2",
    area="quota",
    level=MANDATORY,
    severity=HIGH,
    title="A quota without scopes names everything that the plan counts",
    why="What a quota does not name is without bounds: load balancers, volumes, Secrets, Jobs.",
    fix="take `spec.hard` from the plan of the stack file",
    serves=("E3", "F6", "X6"),
    judges=QUOTAS,
    needs=PLAN,
    patches=False,
)
def whole(found: Object, stack: Stack) -> Iterator[str]:
    """A quota with scopes may be as narrow as it likes: it comes on top."""
    space = stack.space(found.namespace)
    if space is None or not unscoped(found):
        return
    hard = found.at("spec.hard")
    missing = plan.quota(stack.tenant, space.key).keys() - named(hard.fields()).keys()
    if missing:
        yield f"{hard.path} does not name {', '.join(sorted(missing))}"


@rule(
    "Q3",
    area="quota",
    level=MANDATORY,
    severity=HIGH,
    title="No quota is above the tenant's tier",
    why="A quota is what the tenant has bought, and what the capacity of the cluster is planned by.",
    fix="change `tier` in the stack file, or the namespace's `percent`",
    serves=("E3", "F6", "X6"),
    judges=QUOTAS,
    needs=PLAN,
)
def within(found: Object, stack: Stack) -> Iterator[str]:
    """Values are compared as exact decimals. What the plan does not know can only narrow further."""
    space = stack.space(found.namespace)
    if space is None:
        return
    most = plan.quota(stack.tenant, space.key)
    for name, values in named(found.at("spec.hard").fields()).items():
        for value in values:
            with apart(value):
                given = value.quantity()
                if name in most and given is not None and given > parse(most[name]):
                    yield f"{value.path} is above {most[name]}, which tier {stack.tenant.tier} has"


SIZES: Final = ("cpu", "memory", "ephemeral-storage")


@rule(
    "Q4",
    area="quota",
    level=MANDATORY,
    severity=MEDIUM,
    title="Limits have defaults and a maximum, within the tier",
    why="A pod that asks for nothing is refused by the quota, unless limits give it something.",
    fix="take `spec.limits` from the plan of the stack file",
    serves=("E3", "F6"),
    judges=LIMITS,
    needs=PLAN,
    patches=False,
)
def limits(found: Object, stack: Stack) -> Iterator[str]:
    """Each LimitRange is judged by itself: two of one type in a namespace would hide each other's defaults.

    Where it leaves a default out the API server takes the maximum, and for a default request the default.
    """
    facts = plan.limits(stack.tenant)
    items = found.at("spec.limits").items()
    for item in items:
        with apart(item):
            if not item["type"].text():
                yield f"{item.path} has no type, so it limits nothing"
    containers = [item for item in items if item["type"].text() == "Container"]
    claims = [item for item in items if item["type"].text() == "PersistentVolumeClaim"]
    if not containers:
        yield "no limits of type Container"
    if not claims:
        yield "no limits of type PersistentVolumeClaim"
    for item in containers:
        for name in SIZES:
            with apart(item):
                yield from _container(item, name, parse(facts.most[name]))
    for item in claims:
        with apart(item):
            yield from _at_most(item["max"]["storage"], parse(facts.volume))


def _container(item: View, name: str, most: Decimal) -> Iterator[str]:
    default, request, limit = (item[field][name] for field in ("default", "defaultRequest", "max"))
    yield from _at_most(limit, most)
    yield from _ordered(default, limit)
    yield from _ordered(request, default if default.present else limit)


def _ordered(lower: View, upper: View) -> Iterator[str]:
    low, high = lower.quantity(), upper.quantity()
    if low is not None and high is not None and low > high:
        yield f"{lower.path} is above {upper.path}"


def _at_most(value: View, most: Decimal) -> Iterator[str]:
    given = value.quantity()
    if given is None:
        yield f"{value.path} is missing"
    elif given > most:
        yield f"{value.path} is above what the tier has"
