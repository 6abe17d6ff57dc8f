"""What a stack asks for before and after: requests of what runs for good, storage, and how much of its quota that is.

Jobs, and pods that an autoscaler adds to the fewest, are not in it: nobody knows at preview when they run. What an
object leaves to the namespace's defaults is not in it either.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from math import ceil
from typing import Final

from review.dangers import Danger
from review.kubernetes import DATABASE, POOLER, RUNNING, backed_up, kind, pod, told
from review.model import Change, Shape, StackReview
from review.values import Mark, Value, get, listed, mapped
from spec import TenantSpec, plan
from spec.quantity import parse

REQUESTS: Final = ("cpu", "memory")
STORAGE: Final = "storage"
PODS: Final = "pods"
BALANCERS: Final = "loadBalancers"
HARD: Final = {"cpu": "requests.cpu", "memory": "requests.memory", STORAGE: "requests.storage", PODS: "pods"}
"""What a quota calls them."""

CLAIM: Final = ("", "PersistentVolumeClaim")
AUTOSCALER: Final = ("autoscaling", "HorizontalPodAutoscaler")

Amounts = Mapping[str, Decimal]
"""Cores, bytes and pieces, by name."""

Number = Callable[[Value], Decimal]


@dataclass(frozen=True, kw_only=True)
class Quota(Shape):
    """What one stack asks for.

    Attributes:
        before: without this pull request.
        after: with it.
        hard: the most that it may ask for; what nothing bounds is not in it.
        uncounted: objects of which a preview does not know what they ask for, or not all of it.
    """

    stack: str
    before: Amounts
    after: Amounts
    hard: Amounts
    uncounted: tuple[str, ...] = ()
    overruns: tuple[Danger, ...] = field(default=())

    def percent(self, name: str) -> int | None:
        """Return how much of the quota is used after, rounded up; None where nothing bounds it."""
        hard = self.hard.get(name)
        if hard is None:
            return None
        return ceil(100 * self.after.get(name, Decimal(0)) / hard) if hard else (100 if self.after.get(name) else 0)


def quota(stack: StackReview) -> Quota:
    """Return what a stack asks for before and after."""
    uncounted: list[str] = []
    stay = [*stack.kept, *(change for change in stack.changes if change.pending)]
    before = _sum([*((each, each.new) for each in stay), *((each, each.old) for each in stack.own)], [])
    after = _sum([(each, each.new) for each in (*stay, *stack.own)], uncounted)
    return Quota(
        stack=stack.stack,
        before=before,
        after=after,
        hard=_hard(stack, [*stay, *stack.own]),
        uncounted=tuple(dict.fromkeys(uncounted)),
        overruns=tuple(_overruns(stack)),
    )


def shares(found: Quota | None) -> str:
    """Return in words how much of the quota is used; nothing where there is none."""
    if found is None:
        return ""
    return ", ".join(f"{name} {found.percent(name)} %" for name in found.hard if name in found.after)


def _sum(objects: Iterable[tuple[Change, Mapping[str, Value]]], uncounted: list[str]) -> Amounts:
    total: dict[str, Decimal] = {}
    every = [(change, value) for change, value in objects if value and not change.patch]
    fewest = dict(_fewest(every))
    for change, value in every:
        copies = _first(get(value, "spec", "replicas"), fewest.get((change.namespace, change.kind, change.name)), 1)
        for name, amount in _asked(change, value, copies, uncounted).items():
            total[name] = total.get(name, Decimal(0)) + amount
    return {name: amount for name, amount in total.items() if amount}


def _fewest(objects: Iterable[tuple[Change, Mapping[str, Value]]]) -> Iterator[tuple[tuple[str, str, str], Value]]:
    """Yield what autoscalers keep at least, by namespace, kind and name of what they scale."""
    for change, value in objects:
        if kind(change) == AUTOSCALER:
            scaled, name = (str(get(value, "spec", "scaleTargetRef", field)) for field in ("kind", "name"))
            yield (change.namespace, scaled, name), get(value, "spec", "minReplicas")


def _asked(change: Change, value: Mapping[str, Value], copies: Value, uncounted: list[str]) -> dict[str, Decimal]:
    def number(found: Value) -> Decimal:
        if found is not None and not _is_quantity(found):
            uncounted.append(told(change))
        return exactly(found)

    if kind(change) == CLAIM:
        return {STORAGE: number(get(value, "spec", "resources", "requests", "storage"))}
    if kind(change) == ("", "Service"):
        return {BALANCERS: Decimal(get(value, "spec", "type") == "LoadBalancer")}
    if kind(change) == DATABASE and backed_up(value):
        uncounted.append(f"{told(change)} (its backups)")
    if count_parts := PARTS.get(kind(change)):
        return count_parts(value, number)
    if kind(change) not in RUNNING:
        return {}
    if kind(change) == ("apps", "DaemonSet"):
        uncounted.append(f"{told(change)} (one for each node)")
        return {}
    count = number(copies)
    found = {name: count * amount for name, amount in of_pod(pod(change, value), number).items()} | {PODS: count}
    claims = listed(get(value, "spec", "volumeClaimTemplates"))
    if claims:
        sizes = (number(get(claim, "spec", "resources", "requests", "storage")) for claim in claims)
        found[STORAGE] = count * sum(sizes, Decimal(0))
    return found


def _database(value: Mapping[str, Value], number: Number) -> dict[str, Decimal]:
    count = number(get(value, "spec", "instances") or 1)
    sizes = (number(get(value, "spec", part, "size")) for part in ("storage", "walStorage"))
    requests = get(value, "spec", "resources", "requests")
    return {name: count * number(get(requests, name)) for name in REQUESTS} | {
        STORAGE: count * sum(sizes, Decimal(0)),
        PODS: count,
    }


def _pooler(value: Mapping[str, Value], number: Number) -> dict[str, Decimal]:
    count = number(get(value, "spec", "instances") or 1)
    template = mapped(get(value, "spec", "template", "spec"))
    return {name: count * amount for name, amount in of_pod(template, number).items()} | {PODS: count}


PARTS: Final = {DATABASE: _database, POOLER: _pooler}
"""How kinds are counted that an operator makes pods of."""


def of_pod(spec: Mapping[str, Value], number: Number) -> dict[str, Decimal]:
    """Return what one pod asks for, as the scheduler and the quota count it.

    Containers run together, with those of the beginning that stay (`restartPolicy: Always`). Others of the beginning
    run one after the other, each beside the ones before it that stay.
    """
    found = {}
    for name in REQUESTS:
        staying = most = Decimal(0)
        for container in listed(spec.get("initContainers")):
            asked = number(_asks(container, name))
            if get(container, "restartPolicy") == "Always":
                staying += asked
                most = max(most, staying)
            else:
                most = max(most, staying + asked)
        running = sum((number(_asks(container, name)) for container in listed(spec.get("containers"))), staying)
        found[name] = max(most, running) + number(get(spec.get("overhead"), name))
    return found


def _asks(container: Value, name: str) -> Value:
    """Return a container's request; one that has only a limit asks for that."""
    return _first(get(container, "resources", "requests", name), get(container, "resources", "limits", name))


def _first(*values: Value) -> Value:
    return next((value for value in values if value is not None), None)


def _hard(stack: StackReview, objects: list[Change]) -> Amounts:
    """Return the tenant's quota: of its stack file, else of the quotas in the stack."""
    if isinstance(stack.spec, TenantSpec):
        spec = stack.spec
        return _bounds(plan.quota(spec, space.key) for space in plan.spaces(spec))
    return _bounds(_limits(change.new) for change in objects if change.kind == "ResourceQuota" and change.new)


def _limits(value: Mapping[str, Value]) -> Mapping[str, Value]:
    found = get(value, "spec", "hard")
    return found if isinstance(found, Mapping) else {}


def _bounds(quotas: Iterable[Mapping[str, Value]]) -> Amounts:
    found: dict[str, Decimal] = {}
    for hard in quotas:
        for name, theirs in HARD.items():
            text = hard.get(theirs)
            if _is_quantity(text):
                found[name] = found.get(name, Decimal(0)) + exactly(text)
    return found


def _overruns(stack: StackReview) -> Iterator[Danger]:
    """Yield quotas that are below what runs in their namespace, and rollouts that do not fit into them."""
    objects = [*stack.kept, *stack.changes]
    for bound in objects:
        if bound.kind != "ResourceQuota" or not bound.new or get(bound.new, "spec", "scopes"):
            continue
        inside = [each for each in objects if each.namespace == bound.namespace and each.new]
        hard = _bounds([_limits(bound.new)])
        needed = _sum([(each, each.new) for each in inside], [])
        yield from _over(stack.stack, bound, needed, hard)
        for each in inside:
            if each in stack.own and not any(needed.get(name, Decimal(0)) > most for name, most in hard.items()):
                yield from _rollout(stack.stack, each, needed, hard)


def _over(stack: str, bound: Change, needed: Amounts, hard: Amounts) -> Iterator[Danger]:
    over = [name for name, most in hard.items() if needed.get(name, Decimal(0)) > most]
    if over:
        yield Danger(
            id="quota-below-need",
            stack=stack,
            urn=bound.urn,
            grave=True,
            message=f"{told(bound)}: less than what runs under it asks for: {', '.join(HARD[name] for name in over)}",
        )


def _rollout(stack: str, change: Change, needed: Amounts, hard: Amounts) -> Iterator[Danger]:
    more = _surge(change)
    if not more or not change.old or pod(change, change.old) == pod(change, change.new):
        return
    extra = {name: more * amount for name, amount in of_pod(pod(change, change.new), exactly).items()} | {PODS: more}
    over = [name for name, most in hard.items() if needed.get(name, Decimal(0)) + extra.get(name, Decimal(0)) > most]
    if over and get(change.new, "spec", "strategy", "rollingUpdate", "maxUnavailable") in (0, "0", "0%"):
        pods = "pod" if more == 1 else "pods"
        yield Danger(
            id="rollout-does-not-fit",
            stack=stack,
            urn=change.urn,
            grave=True,
            message=f"{told(change)}: its rollout needs {more} more {pods}, for which the quota has no room: "
            + ", ".join(HARD[name] for name in over),
        )


def _surge(change: Change) -> Decimal:
    """Return how many pods more than its copies a rollout of a Deployment makes."""
    if kind(change) != ("apps", "Deployment") or not change.new:
        return Decimal(0)
    copies = exactly(_first(get(change.new, "spec", "replicas"), 1))
    surge = str(_first(get(change.new, "spec", "strategy", "rollingUpdate", "maxSurge"), "25%"))
    if surge.endswith("%"):
        return Decimal(ceil(copies * exactly(surge.removesuffix("%")) / 100))
    return exactly(surge)


def exactly(found: Value) -> Decimal:
    """Return a quantity's value; nothing for what is none."""
    return parse(str(found)) if _is_quantity(found) else Decimal(0)


def _is_quantity(found: Value) -> bool:
    if found is None or isinstance(found, Mark | bool):
        return False
    try:
        parse(str(found))
    except ValueError:
        return False
    return True
