"""Copies: several of a program are apart from each other, and nodes can still be drained."""

from collections.abc import Iterator
from decimal import ROUND_CEILING, Decimal
from functools import cache
from typing import Final

from policies._kinds import of
from policies._object import Object, Template
from policies._rule import MANDATORY, MEDIUM, Whole, stack_rule
from policies._stack import Stack
from policies._view import Malformed, View, apart

SCALED: Final = (
    of("apps", "Deployment", "StatefulSet")
    | of("extensions", "Deployment")
    | of("apps.kruise.io", "CloneSet", "StatefulSet")
    | of("argoproj.io", "Rollout")
)
BUDGETS: Final = of("policy", "PodDisruptionBudget")
AUTOSCALERS: Final = {
    **dict.fromkeys(of("autoscaling", "HorizontalPodAutoscaler"), ("minReplicas", 1)),
    **dict.fromkeys(of("keda.sh", "ScaledObject"), ("minReplicaCount", 0)),
}
"""Where autoscalers say how few copies there may be, and what they take where nobody says it."""


@stack_rule(
    "P4",
    area="pods",
    level=MANDATORY,
    severity=MEDIUM,
    title="Two copies and more are spread, and one disruption budget lets one of them go at a time",
    why="Copies on one node fall with it; a drain without a budget takes all, and one that allows none never ends.",
    fix="give one PodDisruptionBudget with maxUnavailable: 1 and topologySpreadConstraints, as the App component does",
    serves=("X13", "K5"),
    judges=SCALED | BUDGETS | frozenset(AUTOSCALERS),
    decided_by="nothing at admission: it is about several objects",
)
def kept(whole: Whole, _stack: Stack) -> Iterator[tuple[Object | None, str]]:
    """Percentages round up, as the API server counts them."""
    budgets = [found for found in whole.objects(BUDGETS) if not found.patch]
    scalers = whole.objects(AUTOSCALERS)
    workloads = [found for found in whole.objects(SCALED) if not found.patch]
    known = _Known()
    for workload in workloads:
        for pod in known.pods(workload):
            with apart(workload):
                if known.fewest(workload, scalers) > 1 and not _spread(pod):
                    yield workload, f"{pod.spec.path}: copies are not spread over nodes"
            with apart(workload):
                covering = [budget for budget in budgets if known.covers(budget, workload, pod)]
                fewest = known.fewest(workload, scalers)
                if fewest > 1 and not covering:
                    yield workload, f"no PodDisruptionBudget selects the pods of {workload.name}"
                if len(covering) > 1:
                    yield (
                        workload,
                        f"{len(covering)} budgets select the pods of {workload.name}: no eviction is answered",
                    )
                for budget in covering:
                    if fewest and _free(budget, fewest) < 1:
                        yield budget, f"{budget.name} lets none of the {fewest} pods of {workload.name} go"
    for budget in budgets:
        with apart(budget):
            selected = [
                found.name or "" for found in workloads for pod in known.pods(found) if known.covers(budget, found, pod)
            ]
            if len(selected) > 1:
                yield budget, f"spec.selector selects the pods of several: {', '.join(selected)}"


class _Known:
    """What budgets, autoscalers and workloads say, read once: each is held against all of the others."""

    def __init__(self) -> None:
        self.pods = cache(lambda workload: workload.pods)
        self._namespace = cache(lambda found: found.namespace)
        self._labels = cache(lambda pod: pod.metadata["labels"].mapping())
        self._target = cache(_target)
        self._selector = cache(_selector)

    def fewest(self, workload: Object, scalers: list[Object]) -> int:
        """Return how few copies there may be; an autoscaler owns the number."""
        for scaler in scalers:
            if self._target(scaler) == (self._namespace(workload), workload.kind.name, workload.name):
                field, default = AUTOSCALERS[scaler.kind]
                least = scaler["spec"][field].number()
                return default if least is None else least
        own = workload.at("spec.replicas").number()
        return 1 if own is None else own

    def covers(self, budget: Object, workload: Object, pod: Template) -> bool:
        """Return whether a budget selects a workload's pod."""
        if self._namespace(budget) != self._namespace(workload):
            return False
        selector = self._selector(budget)
        if isinstance(selector, bool):
            return selector
        wanted, expressions = selector
        labels = self._labels(pod)
        return wanted.items() <= labels.items() and all(_meets(each, labels) for each in expressions)


def _target(scaler: Object) -> tuple[str | None, str, str | None]:
    target = scaler.at("spec.scaleTargetRef")
    return scaler.namespace, target["kind"].text() or "Deployment", target["name"].text()


def _spread(pod: Template) -> bool:
    if pod.spec["topologySpreadConstraints"].items():
        return True
    affinity = pod.spec.at("affinity.podAntiAffinity")
    return any(affinity[f"{mode}DuringSchedulingIgnoredDuringExecution"].items() for mode in ("required", "preferred"))


def _selector(budget: Object) -> tuple[dict[str, str], list[View]] | bool:
    """Return the labels and expressions that pods must meet, or whether it selects all or none."""
    selector = budget.at("spec.selector")
    if not selector.present:
        return False
    wanted, expressions = selector["matchLabels"].mapping(), selector["matchExpressions"].items()
    if not wanted and not expressions:
        return budget["apiVersion"].text() != "policy/v1beta1"  # there, an empty selector selects nothing
    return wanted, expressions


def _meets(expression: View, labels: dict[str, str]) -> bool:
    own = labels.get(expression["key"].text() or "")
    values = expression["values"].texts()
    match expression["operator"].text():
        case "In":
            return own in values
        case "NotIn":
            return own not in values
        case "Exists":
            return own is not None
        case _:
            return own is None


def _free(budget: Object, pods: int) -> int:
    """Return how many of `pods` may go at once. A budget that says nothing lets none go."""
    spec = budget["spec"]
    if spec["maxUnavailable"].present:
        return _part(spec["maxUnavailable"], pods)
    return pods - _part(spec["minAvailable"], pods) if spec["minAvailable"].present else 0


def _part(view: View, pods: int) -> int:
    value = view.number_or_text()
    if not isinstance(value, str):
        return value or 0
    percent = value.removesuffix("%")
    if not percent.isdecimal() or percent == value:
        raise Malformed(view.path, "a number or a percentage", "text that is neither")
    return int((Decimal(pods) * int(percent) / 100).to_integral_value(ROUND_CEILING))
