"""How far a change reaches: tenants, namespaces, pods that restart, parts that all share."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from review.kubernetes import RUNNING, kind, template, told
from review.model import Change, Op, Review, Shape, StackReview
from review.values import get
from spec import PLATFORM_STACK, TenantSpec

CLUSTER_WIDE: Final = frozenset(
    {
        "ClusterRole",
        "ClusterRoleBinding",
        "CustomResourceDefinition",
        "ClusterIssuer",
        "PriorityClass",
        "StorageClass",
        "GatewayClass",
        "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding",
        "MutatingAdmissionPolicy",
        "MutatingAdmissionPolicyBinding",
        "ValidatingWebhookConfiguration",
        "MutatingWebhookConfiguration",
    }
)


@dataclass(frozen=True, kw_only=True)
class Blast(Shape):
    """How far a change reaches.

    Attributes:
        tenants: whose environments change; of a stack whose file could not be read, the stack.
        namespaces: in which something changes.
        restarts: whose pods are made anew, one after the other, or all at once where it is replaced.
        shared: objects that more than one tenant uses.
        everybody: what all tenants share changes.
    """

    tenants: tuple[str, ...]
    namespaces: tuple[str, ...]
    restarts: tuple[str, ...]
    shared: tuple[str, ...]
    everybody: bool


def blast(review: Review) -> Blast:
    """Return how far a review's own changes reach."""
    changed = [stack for stack in review.stacks if stack.own]
    platform = [stack for stack in changed if stack.stack == PLATFORM_STACK]
    own = [change for stack in changed for change in stack.own]
    wide = [change for change in own if change.kind in CLUSTER_WIDE]
    shared = [*(change for stack in platform for change in stack.own if change.kind), *wide]
    return Blast(
        tenants=_sorted(_tenant(stack) for stack in changed if stack.stack != PLATFORM_STACK),
        namespaces=_sorted(
            change.name if change.kind == "Namespace" else change.namespace for change in own if change.kind
        ),
        restarts=_sorted(told(change) for change in own if restarts(change)),
        shared=_sorted(told(change) for change in shared),
        everybody=bool(platform),
    )


def restarts(change: Change) -> bool:
    """Return whether pods that run are made anew."""
    if kind(change) not in RUNNING or not change.old:
        return False
    if change.op is Op.REPLACE:
        return True
    before, after = (
        (get(template(change, side), "spec"), get(template(change, side), "metadata"))
        for side in (change.old, change.new)
    )
    return change.op is Op.UPDATE and before != after


def _tenant(stack: StackReview) -> str:
    return stack.spec.name if isinstance(stack.spec, TenantSpec) else stack.stack


def _sorted(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({each for each in found if each}))
