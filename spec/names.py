"""Physical names, from one place: pure, never longer than their kind allows, and never the same for two things.

Logical names (state keys) are not made here: they are literals in the components and never change.
"""

import hashlib
import json

from spec.platform import PlatformSpec
from spec.tenant import Environment, TenantSpec

PLATFORM_STACK = "platform"

LONGEST_STACK = 42  # what the Pulumi Kubernetes operator takes
LONGEST_LABEL = 63  # DNS label: namespaces, services, label values
HASH = 8  # characters of the hash that a cut name ends with


def stack(tenant: str, environment: Environment) -> str:
    """Return the stack of an environment: `acme-prod`; sandboxes sort together: `sandbox-pr-123`."""
    return f"sandbox-{tenant}" if environment is Environment.SANDBOX else f"{tenant}-{environment}"


def stack_of(spec: TenantSpec | PlatformSpec) -> str:
    """Return the stack that `spec` describes."""
    return PLATFORM_STACK if isinstance(spec, PlatformSpec) else stack(spec.name, spec.environment)


def stack_file(stack: str) -> str:
    """Return where the configuration of `stack` stands, from the root of the repository."""
    return f"stacks/Pulumi.{stack}.yaml"


def namespace(tenant: str, environment: Environment, extra: str | None = None) -> str:
    """Return a namespace of an environment: its stack's name, extra ones with `--` that no name contains."""
    own = stack(tenant, environment)
    return own if extra is None else f"{own}--{extra}"


def hashed(name: str, content: object) -> str:
    """Return `name`, ended by a hash of `content`: for objects that are replaced, never changed."""
    text = json.dumps(content, sort_keys=True)
    return capped(f"{name}-{hashlib.sha256(text.encode()).hexdigest()[:HASH]}")


def capped(name: str, longest: int = LONGEST_LABEL) -> str:
    """Return `name`, cut where it is too long and then ended by a hash of the whole, so that cut names differ."""
    if len(name) <= longest:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:HASH]
    return f"{name[: longest - HASH - 1].rstrip('-.')}-{digest}"
