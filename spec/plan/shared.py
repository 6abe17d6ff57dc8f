"""What the platform has for all tenants. Its names are known here, so that tenants' plans can use them."""

from dataclasses import dataclass

from spec.tenant import TenantSpec
from spec.tiers import TIERS, Tier


@dataclass(frozen=True, kw_only=True)
class Priority:
    """A priority class for tenants of one tier."""

    tier: Tier
    name: str
    value: int


def priorities() -> list[Priority]:
    """Return the priority classes of all tiers. None is the default: a pod of nobody has none of them."""
    return [Priority(tier=tier, name=f"paas-{tier}", value=facts.priority) for tier, facts in TIERS.items()]


def priority(spec: TenantSpec) -> str:
    """Return the priority class of the tenant's pods."""
    return next(found.name for found in priorities() if found.tier is spec.tier)


def permitted_priorities(tier: Tier) -> list[str]:
    """Return the priority classes that pods of a tenant of `tier` may name: its own, and lower ones."""
    return [found.name for found in priorities() if found.value <= TIERS[tier].priority]


@dataclass(frozen=True, kw_only=True)
class StorageFacts:
    """A storage class for tenants.

    Attributes:
        reclaim: what becomes of the data when its claim is deleted: `Retain` or `Delete`.
    """

    name: str
    reclaim: str


def storage_classes() -> list[StorageFacts]:
    """Return the storage classes of tenants: one whose data outlives a mistake, one for what may go."""
    return [
        StorageFacts(name="paas-retained", reclaim="Retain"),
        StorageFacts(name="paas-scratch", reclaim="Delete"),
    ]


def claimable() -> list[str]:
    """Return the storage classes that a tenant's people claim themselves.

    What outlives its claim is in no quota any more: a tenant that claims, fills and deletes would fill the platform.
    Volumes that are retained are the platform's to claim, for what stands in the stack file.
    """
    return [found.name for found in storage_classes() if found.reclaim == "Delete"]
