"""Sizes: what containers and their copies ask for, together and at worst, fits what the tenant has."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from policies._demand import KEDA_MAXIMUM, POD_LEVEL, SIZES, ask, copies, of_copy, of_pod
from policies._kinds import PODS, RUNNING, of
from policies._object import Object, Template
from policies._rule import HIGH, MANDATORY, MEDIUM, PLAN, Whole, rule, stack_rule
from policies._stack import Stack
from policies._view import View, apart
from spec import plan
from spec.quantity import parse

AUTOSCALERS: Final = of("autoscaling", "HorizontalPodAutoscaler") | of("keda.sh", "ScaledObject")


@rule(
    "Q5",
    area="quota",
    level=MANDATORY,
    severity=HIGH,
    title="Every container says what it needs and where it ends",
    why="A container without limits takes its neighbours' CPU, memory and disk; one without requests lands anywhere.",
    fix="give cpu, memory and ephemeral-storage under resources.requests and resources.limits, within the tier",
    serves=("E3", "F6", "X6"),
    judges=PODS,
    needs=PLAN,
    patches=False,
)
def sized(found: Object, stack: Stack) -> Iterator[str]:
    """Ephemeral containers cannot have resources. What the pod has as a whole its containers need not say."""
    facts = plan.limits(stack.tenant)
    for pod in found.pods:
        for container in pod.lasting:
            for name in SIZES:
                with apart(container):
                    yield from _sized(pod, container, name, facts)
        for name in POD_LEVEL:
            with apart(pod.spec):
                yield from _shared(pod.spec["resources"], name, parse(facts.most[name]))
        for name in SIZES:
            with apart(pod.spec):
                if of_pod(pod, name, parse(facts.default.requests[name])) > parse(facts.most[name]):
                    yield f"{pod.spec.path}: all containers together ask for more than {facts.most[name]} of {name}"


def _sized(pod: Template, container: View, name: str, facts: plan.Limits) -> Iterator[str]:
    own = ask(container["resources"], name)
    shared = ask(pod.spec["resources"], name) if name in POD_LEVEL else None
    where = f"{container.path}.resources"
    if own.limit is None:
        if shared is None or shared.limit is None:
            yield f"{where}: no limit for {name}"
        return
    if own.limit == 0 or own.request == 0:
        yield f"{where}: 0 of {name} is the same as saying nothing"
    if own.limit > parse(facts.most[name]):
        yield f"{where}: the limit for {name} is above {facts.most[name]}, the tier's largest"
    if own.request is not None and own.request > own.limit:
        yield f"{where}: the request for {name} is above its limit"
    elif own.request and name in facts.ratio and own.limit > own.request * parse(facts.ratio[name]):
        yield f"{where}: the limit for {name} is more than {facts.ratio[name]} times its request"


def _shared(resources: View, name: str, most: Decimal) -> Iterator[str]:
    whole = ask(resources, name)
    if whole.limit is not None and not 0 < whole.limit <= most:
        yield f"{resources.path}: the pod's limit for {name} is 0, or above the tier's largest"


@stack_rule(
    "Q6",
    area="quota",
    level=MANDATORY,
    severity=MEDIUM,
    title="Everything at its most fits the quota, during a rollout as well",
    why="A rollout that does not fit stops half way, and an autoscaler that does not fit stops when it is needed.",
    fix="lower copies, their maximum or their requests, or change `tier` in the stack file",
    serves=("E3", "F6", "X13"),
    judges=RUNNING | AUTOSCALERS,
    excusable=False,
    needs=PLAN,
    decided_by="the ResourceQuota of each namespace, which counts pods as they come",
)
def fits(whole: Whole, stack: Stack) -> Iterator[tuple[Object | None, str]]:
    """Each namespace by its share: together these are no more than the tier. What is not known makes no sum smaller."""
    tenant = stack.tenant
    most = {space.name: plan.quota(tenant, space.key) for space in plan.spaces(tenant)}
    targets = _targets(whole)
    for name in ("cpu", "memory", "ephemeral-storage"):
        needed: dict[str, Decimal] = {}
        default = parse(plan.limits(tenant).default.requests[name])
        for workload in whole.objects(RUNNING):
            with apart(workload):
                each = of_copy(workload, name, default)
                namespace = workload.namespace or ""
                count = copies(workload, targets.get((namespace, workload.kind.name, workload.name or "")))
                needed[namespace] = needed.get(namespace, Decimal(0)) + count * each
        for namespace, value in needed.items():
            hard = most.get(namespace, {}).get(f"requests.{name}")
            if hard is not None and value > parse(hard):
                yield None, f"namespace {namespace} needs {value.normalize():f} of {name} at worst, above {hard}"


def _targets(whole: Whole) -> dict[tuple[str, str, str], int]:
    """Return the most copies of what autoscalers scale, by namespace, kind and name."""
    found: dict[tuple[str, str, str], int] = {}
    for scaler in whole.objects(AUTOSCALERS):
        with apart(scaler):
            target = _target(scaler)
            found[target] = max(found.get(target, 0), _maximum(scaler))
    return found


def _target(scaler: Object) -> tuple[str, str, str]:
    reference = scaler.at("spec.scaleTargetRef")
    kind = reference["kind"].text() or "Deployment"  # KEDA's default; an HPA has none
    return scaler.namespace or "", kind, reference["name"].text() or ""


def _maximum(scaler: Object) -> int:
    if scaler.kind.group == "keda.sh":
        most = scaler.at("spec.maxReplicaCount").number()
        return KEDA_MAXIMUM if most is None else most
    return scaler.at("spec.maxReplicas").number() or 0


@rule(
    "Q7",
    area="quota",
    level=MANDATORY,
    severity=HIGH,
    title="Pods have no priority above their tenant's tier",
    why="A pod of higher priority throws others off their nodes, those of other tenants and of the platform first.",
    fix="leave priorityClassName out, or name the class of the tier",
    serves=("E3", "F6"),
    judges=PODS,
    needs=PLAN,
)
def priority(found: Object, stack: Stack) -> Iterator[str]:
    """No class is priority 0: no class of the platform is the default."""
    permitted = plan.permitted_priorities(stack.tenant.tier)
    for pod in found.pods:
        with apart(pod.spec):
            name = pod.spec["priorityClassName"].text()
            if name and name not in permitted:
                yield f"{pod.spec['priorityClassName'].path} is {name}, not one of {', '.join(permitted)}"
        with apart(pod.spec):
            if pod.spec["priority"].number() and not pod.spec["priorityClassName"].text():
                yield f"{pod.spec['priority'].path} is set by hand: the class says it"


@stack_rule(
    "Q8",
    area="quota",
    level=MANDATORY,
    severity=MEDIUM,
    title="What an autoscaler may make at most fits the quota",
    why="An autoscaler whose maximum does not fit stops growing at the moment for which it was made.",
    fix="lower the maximum or the requests, or change `tier` in the stack file",
    serves=("E3", "F2", "F6"),
    judges=RUNNING | AUTOSCALERS,
    excusable=False,
    needs=PLAN,
    decided_by="the ResourceQuota of each namespace, which counts pods as they come",
)
def scaled(whole: Whole, stack: Stack) -> Iterator[tuple[Object | None, str]]:
    """Each autoscaler by itself; `Q6` adds them up. KEDA makes 100 where nobody says a maximum."""
    default = plan.limits(stack.tenant).default.requests
    for scaler in whole.objects(AUTOSCALERS):
        with apart(scaler):
            namespace, kind, name = _target(scaler)
            space = stack.space(namespace)
            if space is None:
                continue
            hard = plan.quota(stack.tenant, space.key)
            target = _find(whole, namespace, kind, name)
            if target is None:
                yield scaler, f"its target {kind} {name} is not in this stack, so nobody can say what it needs"
                continue
            maximum = _maximum(scaler)
            if maximum > parse(hard["pods"]):
                yield scaler, f"{maximum} copies are above {hard['pods']} pods"
            for size in SIZES:
                each = of_copy(target, size, parse(default[size]))
                if maximum * each > parse(hard[f"requests.{size}"]):
                    yield scaler, f"{maximum} copies need more {size} than {hard[f'requests.{size}']}"


def _find(whole: Whole, namespace: str, kind: str, name: str) -> Object | None:
    workloads = whole.objects(found for found in RUNNING if found.name == kind)
    return next((found for found in workloads if found.namespace == namespace and found.name == name), None)
