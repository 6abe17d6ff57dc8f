"""Who may do what in an environment: groups of the identity provider, by role."""

from enum import StrEnum

from spec._base import Model
from spec.scalars import Group, Moment, Reason


class Role(StrEnum):
    """What people and pipelines may do. `spec.plan.roles` says it verb by verb."""

    ADMIN = "admin"
    DEVELOPER = "developer"
    VIEWER = "viewer"
    DEPLOYER = "deployer"


class BreakGlass(Model):
    """A group that may look into production's containers for a while."""

    group: Group
    """Who."""

    until: Moment
    """When it ends, by the API server's own clock and without a run of the stack; at most 72 hours ahead. A container
    that somebody looks into at that moment stays open to them until they leave."""

    reason: Reason
    """Why. It is kept with the permission, for those who ask later."""
