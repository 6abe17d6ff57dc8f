"""A namespace that a tenant may be let into: everything that confines it is there before anything runs in it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pulumi import Input, Output, ResourceOptions

from components._base import Args, Component, Outputs
from components._facts import PlatformFacts, check_exceptions, checked_region, refused
from components._kubernetes import Namespace, ObjectMetaArgsDict
from components._meta import meta
from components.isolation.accounts import default_account
from components.isolation.limits import limits
from components.isolation.network import policies
from components.isolation.quota import quota
from components.isolation.roles import break_glass, role_bindings
from components.isolation.trust import trust
from spec import TenantSpec, plan
from spec.labels import BOUNDARIES, BREAK_GLASS, EXCEPTIONS, EXCUSED, MAINTENANCE, RESIDENCY, RETENTION, TTL


@dataclass(frozen=True, kw_only=True)
class IsolatedNamespaceArgs(Args):
    """One namespace of an environment.

    Attributes:
        space: which one.
        facts: of the platform.
    """

    spec: TenantSpec
    space: plan.Space
    facts: PlatformFacts


@dataclass(frozen=True, kw_only=True)
class IsolatedNamespaceOutputs(Outputs):
    """What runs in the namespace needs its name."""

    name: Output[str]


class IsolatedNamespace(Component[IsolatedNamespaceArgs, IsolatedNamespaceOutputs]):
    """A namespace with Pod Security, quota, limits, network policies and the bindings of its people."""

    token = "paas:isolation:IsolatedNamespace"

    def build(self, name: str, args: IsolatedNamespaceArgs) -> IsolatedNamespaceOutputs:
        """Make the namespace and what confines it."""
        spec, key = args.spec, args.space.key
        now = datetime.now(UTC)
        check_exceptions(spec, now)
        # With the namespace everything in it goes: where a database is kept, it is.
        keeps = any(plan.kept(spec, each) for each, found in spec.databases.items() if found.namespace == key)
        kept = ResourceOptions.merge(self.child(), ResourceOptions(protect=keeps or None))
        namespace = Namespace(name, metadata=_metadata(args, now), opts=kept)
        # The name is known before the namespace is there, so policies can judge at preview what is to be inside.
        inside = namespace.metadata.apply(
            lambda metadata: _alive(spec, args.space.name, metadata), run_with_unknowns=True
        )
        # What confines goes with the namespace, never before it: the tenant's own pods may still be there.
        opts = ResourceOptions.merge(self.child(), ResourceOptions(deleted_with=namespace))
        confines = [quota(name, spec, key, inside, opts), limits(name, spec, inside, opts)]
        # The cluster makes the account a moment after the namespace: what is a patch of it comes last.
        default_account(name, spec, inside, ResourceOptions.merge(opts, ResourceOptions(depends_on=confines)))
        policies(name, spec, key, namespace=inside, facts=args.facts, opts=opts)
        role_bindings(name, spec, inside, opts)
        break_glass(name, spec, inside, now, opts)
        trust(name, spec, key, namespace=inside, facts=args.facts, opts=self.child())
        return IsolatedNamespaceOutputs(name=inside)


def _alive(spec: TenantSpec, name: str, metadata: Any) -> str:
    """Return the namespace's name while its time lasts; a sandbox whose time is over can only be destroyed.

    Its time begins when the API server makes it. Everything in the namespace is registered after this.
    """
    created = metadata.get("creationTimestamp") if isinstance(metadata, dict) else None
    # A first preview does not know it.
    end = plan.expiry(spec, datetime.fromisoformat(created)) if isinstance(created, str) else None
    if end is not None and end <= datetime.now(UTC):
        raise refused(
            path="ttl",
            given=spec.ttl,
            wanted=f"a sandbox whose time is not over: that of {name} was at {end:%Y-%m-%dT%H:%M:%SZ}",
            fix="remove it with `pulumi destroy`, or raise `ttl`",
        )
    return name


def _metadata(args: IsolatedNamespaceArgs, now: datetime) -> ObjectMetaArgsDict:
    """Name, labels, and what people and tools ask a namespace about."""
    spec = args.spec
    labels: dict[str, Input[str]] = {**plan.pod_security()}
    if spec.residency is not None:
        labels[RESIDENCY] = checked_region(spec.residency, args.facts.region)
    excused = "\n".join(plan.excused(spec, args.space.key))
    if excused:
        labels[EXCUSED] = "true"
    notes = {
        TTL: spec.ttl,
        MAINTENANCE: plan.maintenance(spec),
        RETENTION: str(plan.tier(spec).retention_days),
        # The guard reads it: bindings give the permission, this says when it ends.
        BREAK_GLASS: "\n".join(f"{glass.until} {glass.group}" for glass in plan.broken_glass(spec, now)) or None,
        # Rules of the API server read these two.
        BOUNDARIES: "\n".join(plan.boundaries(spec, args.space.key)),
        EXCEPTIONS: excused or None,
    }
    return meta(
        spec,
        args.space.name,
        extra_labels=labels,
        extra_annotations={key: text for key, text in notes.items() if text is not None},
    )
