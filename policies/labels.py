"""Labels and cost: everything says whose it is and who pays, and together it stays within the budget."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from policies._demand import copies, disk, of_copy, sized
from policies._kinds import CLAIMS, RUNNING, core
from policies._object import Object
from policies._rule import ADVISORY, LOW, MANDATORY, MEDIUM, OBJECTS, PLAN, Whole, rule, stack_rule
from policies._stack import Stack
from policies._view import View, apart
from spec import plan
from spec.labels import COST_CENTRE, DOMAIN, ENVIRONMENT, EXCUSED, OWNER, RESIDENCY, TENANT, TIER, labels
from spec.quantity import parse

REQUIRED: Final = (TENANT, ENVIRONMENT, OWNER, COST_CENTRE)
SAID: Final = (*REQUIRED, TIER)
"""Labels whose values the stack file says, wherever they stand."""

KNOWN: Final = frozenset({*SAID, RESIDENCY, EXCUSED})
"""All labels of ours; the values of those that the stack file does not say are other rules' business."""


@rule(
    "L1",
    area="labels",
    level=MANDATORY,
    severity=MEDIUM,
    title="Everything says whose it is and who pays for it, in the words of the stack file",
    why="Cost, alerts and clean-up go by these labels: without them a thing is nobody's, with others another's.",
    fix="take labels from `spec.labels`, on templates of pods and claims as well",
    serves=("I10", "X8", "X17", "E3"),
    judges=OBJECTS,
    needs=PLAN,
)
def owned(found: Object, stack: Stack) -> Iterator[str]:
    """A patch may leave labels out, and may not set others. Templates hand theirs on to what is made from them."""
    wanted = labels(stack.tenant)
    yield from _owned(found["metadata"], wanted, partial=found.patch)
    for pod in found.pods:
        if pod.metadata.path != found["metadata"].path:
            yield from _owned(pod.metadata, wanted, partial=found.patch)
    for claim in found.every(CLAIMS[found.kind]) if found.kind in CLAIMS else ():
        yield from _owned(claim["metadata"], wanted, partial=found.patch)


def _owned(metadata: View, wanted: dict[str, str], *, partial: bool) -> Iterator[str]:
    have = metadata["labels"]
    for key in SAID:
        with apart(have):
            value = have[key].text()
            if value is None and key in REQUIRED and not partial:
                yield f"{have.path} lacks {key}: {wanted[key]}"
            elif value is not None and value != wanted[key]:
                yield f"{have.path}: {key} is not {wanted[key]}"
    with apart(have):
        for key in have.fields():
            if key.startswith(f"{DOMAIN}/") and key not in KNOWN:
                yield f"{have.path}: nobody knows {key}"


HOURS: Final = 730  # of a month
GIBI: Final = Decimal(1024**3)


@stack_rule(
    "L2",
    area="labels",
    level=ADVISORY,
    severity=LOW,
    title="What everything costs at worst is within the budget",
    why="A bill that nobody saw coming is seen here, where it is still a number in a file.",
    fix="lower requests or copies, or have the budget raised",
    serves=("I10", "R2"),
    judges=RUNNING | core("PersistentVolumeClaim"),
    needs=PLAN,
    decided_by="nothing at admission: no object shows a price, and quotas bound what there can be",
    settings={
        "budget": {"type": "number", "default": 0, "description": "For a month. 0: none, and nothing is judged."},
        "cpuHour": {"type": "number", "default": 0, "description": "Price of one core for one hour."},
        "gibHour": {"type": "number", "default": 0, "description": "Price of one GiB of memory for one hour."},
        "gibMonth": {"type": "number", "default": 0, "description": "Price of one GiB of volume for one month."},
    },
)
def affordable(whole: Whole, stack: Stack) -> Iterator[tuple[Object | None, str]]:
    """What has no price is told, never counted as free."""
    price = {name: Decimal(str(value)) for name, value in stack.settings.items()}
    if not price["budget"]:
        return
    default = plan.limits(stack.tenant).default.requests
    total = Decimal(0)
    for workload in whole.objects(RUNNING):
        with apart(workload):
            for each in sized(workload):
                for name in each["resources"]["limits"].fields():
                    if name not in default:
                        yield workload, f"{each.path}: {name} has no price"
            cpu = of_copy(workload, "cpu", parse(default["cpu"])) * price["cpuHour"]
            memory = of_copy(workload, "memory", parse(default["memory"])) / GIBI * price["gibHour"]
            volumes = disk(workload) / GIBI * price["gibMonth"]
            total += copies(workload, None) * ((cpu + memory) * HOURS + volumes)
    for claim in whole.objects(core("PersistentVolumeClaim")):
        with apart(claim):
            size = claim.at("spec.resources.requests.storage").quantity() or Decimal(0)
            total += size / GIBI * price["gibMonth"]
    if total > price["budget"]:
        yield None, f"{total:.2f} a month at worst, above the budget of {price['budget']}"
