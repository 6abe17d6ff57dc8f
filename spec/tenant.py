"""A tenant's environment: whose it is, what it is worth, who works in it, what runs in it."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from spec._base import Model
from spec.access import BreakGlass, Role
from spec.app import AppSpec
from spec.database import DatabaseSpec
from spec.exception import RuleException
from spec.job import JobSpec
from spec.owner import Owner
from spec.scalars import (
    Cidr,
    Clock,
    CostCentre,
    Duration,
    Group,
    Host,
    Name,
    Port,
    Reason,
    Region,
    TenantName,
    Timezone,
)
from spec.tiers import Tier


class Environment(StrEnum):
    """What an environment is for."""

    DEV = "dev"
    STAGING = "staging"
    PROD = "prod"
    SANDBOX = "sandbox"


class ExtraNamespace(Model):
    """A namespace beside the environment's own, for what must be kept apart."""

    percent: Annotated[int, Field(ge=1, le=90)]
    """Its share of the tier's quota. The environment's own namespace has what the others leave."""


class Egress(Model):
    """A place outside the cluster that the environment's programs may call."""

    cidr: Cidr
    """Its network. Metadata and link-local addresses are left out, however wide it is."""

    ports: Annotated[tuple[Port, ...], Field(min_length=1)]
    """Its ports."""

    protocol: Literal["TCP", "UDP"] = "TCP"
    """Absent: TCP."""

    reason: Reason
    """What for: reviewers read it."""


class Maintenance(Model):
    """When the platform may restart or upgrade what runs here."""

    days: Annotated[tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...], Field(min_length=1)]
    """On which days."""

    start: Clock
    """From when."""

    duration: Duration
    """For how long."""

    timezone: Timezone = "Etc/UTC"
    """Whose clock. Absent: Etc/UTC."""


class TenantSpec(Model):
    """One environment of one tenant: `paas:tenant` in its stack file."""

    name: TenantName
    """The tenant. With the environment it makes the stack's name: `acme` and `prod` are stack `acme-prod`."""

    environment: Environment
    """What it is for: dev, staging, prod, or sandbox (short-lived)."""

    tier: Tier
    """What it may use: free, small, standard or critical."""

    owner: Owner
    """Who answers for it."""

    cost_centre: CostCentre
    """Who pays for it, as a label on everything."""

    residency: Region | None = None
    """The region that its data must stay in; a platform elsewhere refuses the environment. Absent: any region."""

    ttl: Duration | None = None
    """How long a sandbox lives from when its namespace is made; after that it can only be destroyed, or given longer.
    Required for sandboxes. Absent: for as long as its stack, the only choice elsewhere."""

    maintenance: Maintenance | None = None
    """When the platform may restart or upgrade what runs here. Absent: at any time."""

    members: dict[Role, tuple[Group, ...]] = Field(default_factory=dict)
    """Who works in it: groups of the identity provider, by role. Absent: nobody but the platform."""

    break_glass: tuple[BreakGlass, ...] = ()
    """Who may look into production's containers for a while. Absent: nobody."""

    namespaces: dict[Name, ExtraNamespace] = Field(default_factory=dict)
    """Namespaces beside its own. Absent: none."""

    domains: tuple[Host, ...] = ()
    """Domains that its hosts may lie in. Absent: none, so that nothing is reached from outside."""

    egress: dict[Name, Egress] = Field(default_factory=dict)
    """Places outside the cluster that its programs may call. Absent: none."""

    apps: dict[Name, AppSpec] = Field(default_factory=dict)
    """What runs in it for as long as it lives, by name. Absent: nothing."""

    jobs: dict[Name, JobSpec] = Field(default_factory=dict)
    """What runs in it to an end, by name. Absent: nothing."""

    databases: dict[Name, DatabaseSpec] = Field(default_factory=dict)
    """What keeps its data, by name. Absent: nothing."""

    exceptions: dict[Name, RuleException] = Field(default_factory=dict)
    """Rules of the platform that do not hold for an object of it for a while, by a name for each. Absent: all hold."""
