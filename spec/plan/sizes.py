"""CPU, memory and disk: of one container, and of a whole environment."""

from dataclasses import dataclass

from spec.quantity import binary_text, decimal_text, parse
from spec.tenant import TenantSpec
from spec.tiers import TIERS, Facts, Size


@dataclass(frozen=True, kw_only=True)
class Resources:
    """Requests and limits, in the API server's spelling."""

    requests: dict[str, str]
    limits: dict[str, str]


def tier(spec: TenantSpec) -> Facts:
    """Return what the tenant's tier is worth."""
    return TIERS[spec.tier]


def less(size: Size, other: Size) -> Size:
    """Return what is left of `size` without `other`."""
    return Size(
        cpu=decimal_text(parse(size.cpu) - parse(other.cpu)),
        memory=binary_text(parse(size.memory) - parse(other.memory)),
        disk=binary_text(parse(size.disk) - parse(other.disk)),
    )


def resources(size: Size, burst: int) -> Resources:
    """Return requests of `size` and its limits: CPU may go up to `burst` times, memory and disk not."""
    fixed = {"memory": binary_text(parse(size.memory)), "ephemeral-storage": binary_text(parse(size.disk))}
    cpu = parse(size.cpu)
    return Resources(
        requests={"cpu": decimal_text(cpu)} | fixed,
        limits={"cpu": decimal_text(cpu * burst)} | fixed,
    )
