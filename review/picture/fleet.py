"""All stacks by their files: tenants with their environments, on the platform if there is one."""

from collections.abc import Mapping

from review.picture.model import Area, Edge, Node, Picture
from review.verdict import counted
from spec import PLATFORM_STACK, PlatformSpec, TenantSpec


def fleet(specs: Mapping[str, TenantSpec | PlatformSpec]) -> Picture:
    """Return the picture of all stacks."""
    tenants: dict[str, dict[str, TenantSpec]] = {}
    for stack, spec in specs.items():
        if isinstance(spec, TenantSpec):
            tenants.setdefault(spec.name, {})[stack] = spec
    stacks = [stack for each in tenants.values() for stack in each]
    platform = PLATFORM_STACK if PLATFORM_STACK in specs else ""
    return Picture(
        title="The fleet",
        said=f"{counted(len(tenants), 'tenant')} with {counted(len(stacks), 'environment')}"
        + (", on one platform." if platform else ", without a platform."),
        areas=tuple(
            Area(id=f"tenant.{name}", name=name, detail=f"of {next(iter(each.values())).owner.team}")
            for name, each in tenants.items()
        ),
        nodes=tuple(
            Node(id=stack, name=stack, detail=f"{spec.tier}, {_counts(spec)}", area=f"tenant.{name}")
            for name, each in tenants.items()
            for stack, spec in each.items()
        ),
        edges=tuple(Edge(start=platform, end=stack) for stack in stacks if platform),
        plate=platform,
    )


def _counts(spec: TenantSpec) -> str:
    found = [(len(spec.apps), "app"), (len(spec.jobs), "job")]
    return ", ".join(counted(number, what) for number, what in found if number) or "nothing runs"
