"""A namespace that a tenant may be let into: everything that confines it is there before anything runs in it."""

from dataclasses import dataclass

from pulumi import Input, Output

from components._base import Args, Component, Outputs
from components._facts import PlatformFacts, checked_region
from components._kubernetes import Namespace, ObjectMetaArgsDict
from components._meta import meta
from components.isolation.accounts import default_account
from components.isolation.limits import limits
from components.isolation.network import policies
from components.isolation.quota import quota
from components.isolation.roles import break_glass, role_bindings
from spec import TenantSpec, plan
from spec.labels import MAINTENANCE, RESIDENCY, RETENTION, TTL


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
        namespace = Namespace(name, metadata=_metadata(args), opts=self.child())
        inside = namespace.metadata["name"]
        default_account(name, spec, inside, self.child())
        quota(name, spec, key, inside, self.child())
        limits(name, spec, inside, self.child())
        policies(name, spec, key, namespace=inside, facts=args.facts, opts=self.child())
        role_bindings(name, spec, inside, self.child())
        break_glass(name, spec, inside, self.child())
        return IsolatedNamespaceOutputs(name=inside)


def _metadata(args: IsolatedNamespaceArgs) -> ObjectMetaArgsDict:
    """Name, labels, and what people and tools ask a namespace about."""
    spec = args.spec
    labels: dict[str, Input[str]] = {**plan.pod_security()}
    if spec.residency is not None:
        labels[RESIDENCY] = checked_region(spec.residency, args.facts.region)
    notes = {
        TTL: spec.ttl,
        MAINTENANCE: plan.maintenance(spec),
        RETENTION: str(plan.tier(spec).retention_days),
    }
    return meta(
        spec,
        args.space.name,
        extra_labels=labels,
        extra_annotations={key: text for key, text in notes.items() if text is not None},
    )
