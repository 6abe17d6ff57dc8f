"""What the API server's admission policies must know of an environment and cannot read off a request.

It stands in an annotation of each namespace, which only the platform can change, one fact a line: `<what> <value>`.
"""

from collections.abc import Iterator

from spec import image
from spec.plan.access import DEBUGGER, grants
from spec.plan.confinement import quota, spaces
from spec.plan.databases import REGISTRY
from spec.tenant import TenantSpec


def boundaries(spec: TenantSpec, key: str | None = None) -> list[str]:
    """Return the facts of one namespace.

    - `quota <resource> <most>`, of this namespace
    - `namespace <name>`, each of the environment
    - `domain <host>`, `registry <host>`, `egress <CIDR>`, each that the stack file has
    - `grant <cluster role> <group>`, each group that the stack file gives the role

    Args:
        key: the namespace's name in the stack file; None for the environment's own.
    """
    return list(dict.fromkeys(_facts(spec, key)))


def _facts(spec: TenantSpec, key: str | None) -> Iterator[str]:
    yield from (f"quota {name} {most}" for name, most in quota(spec, key).items())
    yield from (f"namespace {space.name}" for space in spaces(spec))
    yield from (f"domain {domain}" for domain in spec.domains)
    yield from (
        f"registry {image.parse(workload.image).registry}" for workload in (*spec.apps.values(), *spec.jobs.values())
    )
    if spec.databases:
        yield f"registry {REGISTRY}"
    yield from (f"egress {found.cidr}" for found in spec.egress.values())
    yield from (f"grant {grant.role} {group}" for grant in grants(spec) for group in grant.groups)
    # When glass ends is another rule's: a binding that outlives it opens nothing.
    yield from (f"grant {DEBUGGER} {glass.group}" for glass in spec.break_glass)
