"""Labels that every object carries: who it belongs to, in the words of the stack file."""

from spec import names
from spec.platform import PlatformSpec
from spec.tenant import TenantSpec

DOMAIN = "paas.internal"
"""Prefix of our own labels, from the top-level domain that is reserved for private use."""

TENANT = f"{DOMAIN}/tenant"
ENVIRONMENT = f"{DOMAIN}/environment"
TIER = f"{DOMAIN}/tier"
OWNER = f"{DOMAIN}/owner"
COST_CENTRE = f"{DOMAIN}/cost-centre"
RESIDENCY = f"{DOMAIN}/residency"
RULES = f"{DOMAIN}/rules"  # on ConfigMaps with rules for a program, which it is
EXCUSED = f"{DOMAIN}/excused"  # "true" where EXCEPTIONS says something: bindings of rules select by it
TTL = f"{DOMAIN}/ttl"  # an annotation, as all that follow
MAINTENANCE = f"{DOMAIN}/maintenance"
RETENTION = f"{DOMAIN}/retention-days"
REASON = f"{DOMAIN}/reason"
UNTIL = f"{DOMAIN}/until"
BREAK_GLASS = f"{DOMAIN}/break-glass"  # one line for each group: until when, a space, the group
BOUNDARIES = f"{DOMAIN}/boundaries"  # `plan.boundaries`, one line for each
EXCEPTIONS = f"{DOMAIN}/exceptions"  # `plan.excused`, one line for each
ESCALATION = f"{DOMAIN}/escalation"

NAME = "app.kubernetes.io/name"
PART_OF = "app.kubernetes.io/part-of"
MANAGED_BY = "app.kubernetes.io/managed-by"
PULUMI = "pulumi"


def labels(spec: TenantSpec | PlatformSpec, app: str | None = None) -> dict[str, str]:
    """Return the labels of an object that belongs to `spec`, and to its app `app` where it is named."""
    own = _platform(spec) if isinstance(spec, PlatformSpec) else _tenant(spec)
    return own | {MANAGED_BY: PULUMI} | ({NAME: app} if app else {})


def annotations(spec: TenantSpec | PlatformSpec) -> dict[str, str]:
    """Return the annotations of an object that belongs to `spec`."""
    return {ESCALATION: spec.owner.escalation}


def selector(spec: TenantSpec, app: str) -> dict[str, str]:
    """Return the labels by which pods of `app` are found. A Deployment's selector is immutable: never change these."""
    return {NAME: app, PART_OF: names.stack(spec.name, spec.environment)}


def _tenant(spec: TenantSpec) -> dict[str, str]:
    return {
        PART_OF: names.stack(spec.name, spec.environment),
        TENANT: spec.name,
        ENVIRONMENT: spec.environment.value,
        TIER: spec.tier.value,
        OWNER: spec.owner.team,
        COST_CENTRE: spec.cost_centre,
    }


def _platform(spec: PlatformSpec) -> dict[str, str]:
    return {PART_OF: names.PLATFORM_STACK, OWNER: spec.owner.team, COST_CENTRE: spec.cost_centre}
