"""What keeps an environment within its bounds: namespaces, Pod Security, quota, limits."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from spec import names
from spec.duration import parse as parse_duration
from spec.plan.shared import storage_classes
from spec.plan.sizes import Resources, resources, tier
from spec.quantity import binary_text, decimal_text, parse
from spec.tenant import TenantSpec
from spec.tiers import TIERS, Tier

POD_SECURITY_LEVEL = "restricted"
POD_SECURITY_VERSION = "v1.35"  # pinned: a newer cluster must not start to refuse what runs

MEBI = Decimal(1024**2)
MILLI = Decimal("0.001")


@dataclass(frozen=True, kw_only=True)
class Space:
    """One namespace of an environment.

    Attributes:
        key: its name in the stack file; None for the environment's own.
        name: its name in the cluster.
        percent: its share of the tier's quota.
    """

    key: str | None
    name: str
    percent: int


def spaces(spec: TenantSpec) -> list[Space]:
    """Return the namespaces of the environment, its own first."""
    extra = [(key, found.percent) for key, found in spec.namespaces.items()]
    shares: list[tuple[str | None, int]] = [(None, 100 - sum(percent for _, percent in extra)), *extra]
    return [
        Space(key=key, name=names.namespace(spec.name, spec.environment, key), percent=percent)
        for key, percent in shares
    ]


def pod_security() -> dict[str, str]:
    """Return the labels by which a namespace refuses pods below the level, and says so to whoever asks."""
    return {
        f"pod-security.kubernetes.io/{mode}{suffix}": value
        for mode in ("enforce", "audit", "warn")
        for suffix, value in (("", POD_SECURITY_LEVEL), ("-version", POD_SECURITY_VERSION))
    }


def maintenance(spec: TenantSpec) -> str | None:
    """Return when the platform may restart what runs here, as `sat,sun 02:00 +4h Europe/Berlin`; None: at any time."""
    window = spec.maintenance
    if window is None:
        return None
    return f"{','.join(window.days)} {window.start} +{window.duration} {window.timezone}"


def expiry(spec: TenantSpec, created: datetime) -> datetime | None:
    """Return when an environment that was made at `created` ends; None: it lasts as long as its stack."""
    return None if spec.ttl is None else created + timedelta(seconds=float(parse_duration(spec.ttl)))


def quota(spec: TenantSpec, key: str | None = None) -> dict[str, str]:
    """Return the hard limits of the ResourceQuota in one namespace.

    The sum over all namespaces is never more than the tier's: each share is rounded down.
    """
    [percent] = [space.percent for space in spaces(spec) if space.key == key]
    facts = tier(spec)
    cpu = _share(facts.quota.cpu, percent, MILLI)
    fixed = {
        "memory": binary_text(_share(facts.quota.memory, percent, MEBI)),
        "ephemeral-storage": binary_text(_share(facts.quota.disk, percent, MEBI)),
    }
    storage = binary_text(_share(facts.storage, percent, MEBI))
    return (
        {"requests.cpu": decimal_text(cpu), "limits.cpu": decimal_text(cpu * facts.burst)}
        | {f"{side}.{name}": value for name, value in fixed.items() for side in ("requests", "limits")}
        | {"requests.storage": storage}
        | {f"{found.name}.storageclass.storage.k8s.io/requests.storage": storage for found in storage_classes()}
        | {name: decimal_text(_share(str(count), percent, Decimal(1))) for name, count in facts.counts.items()}
    )


def _share(whole: str, percent: int, step: Decimal) -> Decimal:
    """Return `percent` of `whole`, rounded down to a multiple of `step`."""
    return parse(whole) * percent // (100 * step) * step


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one container, pod or volume of an environment may ask for.

    Attributes:
        default: what a container gets that asks for nothing.
        most: the most that a container, and a pod with all its containers, may ask for.
        ratio: the most that a limit may be above its request, as a factor.
        volume: the largest persistent volume.
    """

    default: Resources
    most: dict[str, str]
    ratio: dict[str, str]
    volume: str


def limits(spec: TenantSpec) -> Limits:
    """Return what the LimitRange of each namespace holds."""
    return limits_of(spec.tier)


def limits_of(bought: Tier) -> Limits:
    """Return the limits of every environment of a tier."""
    facts = TIERS[bought]
    return Limits(
        default=resources(facts.container, facts.burst),
        most=resources(facts.largest, facts.burst).limits,
        ratio={"cpu": str(facts.burst), "memory": "1"},
        volume=binary_text(parse(facts.volume)),
    )
