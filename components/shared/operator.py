"""An operator of the platform: confined like a tenant, then installed, then known to answer."""

from dataclasses import dataclass

from pulumi import Resource, ResourceOptions

from components import _packages
from components._base import Args, Component, Outputs
from components._crds import waiting
from components._kubernetes import (
    LimitRange,
    Namespace,
    NamespacePatch,
    NetworkPolicy,
    ValidatingWebhookConfigurationPatch,
)
from components._meta import meta
from components.shared.traefik import traefik
from spec import PlatformSpec, plan
from spec.labels import annotations, labels
from spec.operators import Gateway, Operator

RESTRICTED = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "audit", "warn")}

REQUESTED = {"cpu": "20m", "memory": "64Mi"}
MOST = {"cpu": "1", "memory": "512Mi"}
"""Of each container that its package says nothing of."""


@dataclass(frozen=True, kw_only=True)
class InstalledOperatorArgs(Args):
    """One operator of the platform's stack file.

    Attributes:
        platform: whose it is.
        operator: its name in `spec.plan`.
    """

    spec: Operator
    platform: PlatformSpec
    operator: str


@dataclass(frozen=True, kw_only=True)
class InstalledOperatorOutputs(Outputs):
    """Where it lives."""

    namespace: str


class InstalledOperator(Component[InstalledOperatorArgs, InstalledOperatorOutputs]):
    """An operator with a namespace of its own, or in another's. One that is adopted has nothing here: it is somebody
    else's."""

    token = "paas:platform:InstalledOperator"

    def build(self, name: str, args: InstalledOperatorArgs) -> InstalledOperatorOutputs:
        """Make its namespace, what confines it, and the operator itself; wait until it can be asked."""
        facts = plan.FACTS[args.operator]
        if args.spec.source == "adopt":
            return InstalledOperatorOutputs(namespace=facts.namespace)
        brings = facts.brings_namespace and args.spec.source == "manifest"
        before = [] if brings or facts.home else _confine(name, args, self.child(), made=False)
        installed = self._install(name, args, facts, self.child(depends_on=before))
        if brings:
            _confine(name, args, self.child(depends_on=installed), made=True)
        for called in facts.webhooks:
            ValidatingWebhookConfigurationPatch(
                f"{name}-webhook-{called}",
                # An operator writes its authority there when it can answer; until then every request is refused.
                metadata={
                    "name": called,
                    "annotations": waiting("jsonpath={.webhooks[*].clientConfig.caBundle}"),
                },
                opts=self.child(depends_on=installed),
            )
        return InstalledOperatorOutputs(namespace=facts.namespace)

    def _install(
        self, name: str, args: InstalledOperatorArgs, facts: plan.OperatorFacts, opts: ResourceOptions
    ) -> list[Resource]:
        spec = args.spec
        found: list[Resource] = []
        if spec.manifest is not None:
            found.append(_packages.manifest(f"{name}-manifest", spec.manifest, opts))
        elif facts.chart is not None:
            found.append(
                _packages.chart(
                    f"{name}-chart",
                    repository=spec.chart.repository if spec.chart else facts.chart.repository,
                    called=facts.chart.name,
                    version=spec.chart.version if spec.chart else facts.chart.version,
                    namespace=facts.namespace,
                    values=dict(facts.chart.values),
                    opts=opts,
                )
            )
        if isinstance(spec, Gateway) and args.operator == plan.TRAEFIK:
            after = ResourceOptions.merge(opts, ResourceOptions(depends_on=found))
            found += traefik(name, args.platform, spec.replicas, after)
        return found


def _confine(name: str, args: InstalledOperatorArgs, opts: ResourceOptions, *, made: bool) -> list[Resource]:
    """Make the namespace, or own its labels where it is `made` already; and what stands in it before all else."""
    spec, facts = args.platform, plan.FACTS[args.operator]
    home: Resource = (
        _owned(name, spec, facts, opts)
        if made
        else Namespace(f"{name}-namespace", metadata=meta(spec, facts.namespace, extra_labels=RESTRICTED), opts=opts)
    )
    inside = ResourceOptions.merge(opts, ResourceOptions(depends_on=[home]))
    limits = LimitRange(
        f"{name}-limits",
        metadata=meta(spec, "limits", namespace=facts.namespace),
        spec={"limits": [{"type": "Container", "default": MOST, "default_request": REQUESTED}]},
        opts=inside,
    )
    ways_in = NetworkPolicy(
        f"{name}-network",
        metadata=meta(spec, "ways-in", namespace=facts.namespace),
        # From anywhere: the API server calls webhooks from an address that no selector names.
        spec={
            "pod_selector": {},
            "policy_types": ["Ingress"],
            "ingress": [{"ports": [{"protocol": "TCP", "port": port} for port in plan.ports(spec, args.operator)]}],
        },
        opts=inside,
    )
    return [home, limits, ways_in]


def _owned(name: str, spec: PlatformSpec, facts: plan.OperatorFacts, opts: ResourceOptions) -> NamespacePatch:
    return NamespacePatch(
        f"{name}-namespace",
        metadata={
            "name": facts.namespace,
            "labels": {**labels(spec), **RESTRICTED},
            "annotations": annotations(spec),
        },
        opts=opts,
    )
