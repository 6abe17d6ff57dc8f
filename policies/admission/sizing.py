"""Twins of `policies.sizing`."""

from collections.abc import Iterator

from policies import sizing
from policies.admission._common import cel
from policies.admission._twin import Check, Settings, twin
from spec import plan
from spec.labels import TIER
from spec.tiers import Tier

PERMITTED = {str(tier): ["", *plan.permitted_priorities(tier)] for tier in Tier}


@twin(sizing.priority)
def priority(_settings: Settings) -> Iterator[Check]:
    """The API server's own admission sets `priority` from the class, on pods alone."""
    yield Check(
        unless="variables.pods.all(pod, pod.?priorityClassName.orValue('')"
        f" in {cel(PERMITTED)}[variables.home['{TIER}']])",
        says="priorityClassName is above the tier",
    )
    yield Check(
        unless="variables.pods.all(pod, pod.?priority.orValue(0) == 0 || has(pod.priorityClassName))",
        says="priority is set by hand: the class says it",
    )
