"""Requests to the API server: whose they are, so that one tenant's flood waits behind itself."""

from spec.plan.confinement import spaces
from spec.tenant import TenantSpec

LEVEL = "paas-tenants"
"""The priority level at which the API server serves all tenants; its own levels stay to the platform."""


def callers(spec: TenantSpec) -> list[str]:
    """Return the groups whose requests count as one: the environment's people, and its service accounts.

    A group that is a member of several environments counts as the first of them by name.
    """
    people = dict.fromkeys(group for groups in spec.members.values() for group in groups)
    return [*people, *(f"system:serviceaccounts:{space.name}" for space in spaces(spec))]
