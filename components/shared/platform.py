"""What all tenants of one cluster share."""

from collections.abc import Sequence
from dataclasses import dataclass

from pulumi import Output

from components._base import Args, Component, Outputs
from components._crds import gateway_class, waiting
from components._meta import meta
from components.shared.alerts import alert_rules
from components.shared.authority import authority
from components.shared.conduct import conduct
from components.shared.glass import glass
from components.shared.guard import guard
from components.shared.operator import InstalledOperator, InstalledOperatorArgs
from components.shared.priorities import priorities
from components.shared.requests import level
from components.shared.roles import roles
from components.shared.storage import storage_classes
from components.shared.twins import twins
from spec import PlatformSpec, plan
from spec.admission import AdmissionPolicy
from spec.duration import parse
from spec.platform import Databases


@dataclass(frozen=True, kw_only=True)
class PlatformArgs(Args):
    """The stack file's `paas:platform`, and the policy pack's twins.

    Attributes:
        admission: rules of the pack that the API server enforces as well.
    """

    spec: PlatformSpec
    admission: Sequence[AdmissionPolicy]


@dataclass(frozen=True, kw_only=True)
class PlatformOutputs(Outputs):
    """What tenants' stacks must know and cannot know by themselves.

    Attributes:
        facts: `networks`, the cluster's own, `region`, `requireDigest`, of images in staging and prod; `edge`, the
            `class` of gateways, the `issuer` of certificates and the controller that `limits` rates, if one does, or
            nothing; `authority`, the issuer's certificate in PEM, or null where it is not the platform's own;
            `databases`, what they are made of, or null.
    """

    facts: dict[str, object]


class Platform(Component[PlatformArgs, PlatformOutputs]):
    """Everything that tenants share.

    Example:
        platform = Platform("platform", PlatformArgs(spec=spec, admission=twins(spec)))
        pulumi.export("facts", platform.outputs.facts)
    """

    token = "paas:platform:Platform"

    def build(
        self,
        name: str,  # noqa: ARG002  a root's children are named for what they are
        args: PlatformArgs,
    ) -> PlatformOutputs:
        """Make what tenants name in their stacks, and what guards them."""
        spec = args.spec
        priorities(spec, self.child())
        roles(spec, self.child())
        storage_classes(spec, self.child())
        guard(spec, self.child())
        conduct(spec, self.child())
        glass(spec, self.child())
        twins(spec, args.admission, self.child())
        level(spec, self.child())
        authority = self._operators(spec)
        network = spec.network
        return PlatformOutputs(
            facts={
                "networks": [*network.pods, *network.services, *network.nodes],
                "region": spec.region,
                "requireDigest": spec.images.require_digest,
                "databases": None if spec.databases is None else _databases(spec.databases, plan.backup_method(spec)),
                "authority": authority,
                "edge": _edge(spec) if spec.operators.gateway else {},
            }
        )

    def _operators(self, spec: PlatformSpec) -> Output[str | None]:
        """Install the operators, then make what only they understand: it goes before they do.

        Returns: the certificate of the platform's own authority.
        """
        installed: dict[str, InstalledOperator] = {}
        for name, operator in plan.operators(spec).items():
            needed = [installed[each] for each in plan.FACTS[name].needs if each in installed]
            installed[name] = InstalledOperator(
                f"operator-{name}",
                InstalledOperatorArgs(spec=operator, platform=spec, operator=name),
                self.child(depends_on=needed),
            )
        found = spec.operators
        root: Output[str | None] = Output.from_input(None)
        if found.cert_manager and found.cert_manager.issuer is None:
            root = authority(spec, self.child(depends_on=[installed[plan.CERT_MANAGER]]))
        for name, made in installed.items():
            alert_rules(spec, name, self.child(depends_on=[made]))
        if found.gateway:
            gateway_class(
                "gateway-class",
                metadata=meta(spec, plan.CLASS, extra_annotations=waiting("condition=Accepted")),
                controller=plan.CONTROLLERS[found.gateway.controller],
                opts=self.child(depends_on=[installed[found.gateway.controller]]),
            )
        return root


def _edge(spec: PlatformSpec) -> dict[str, str | None]:
    limiter = plan.limiter(spec)
    limits = {} if limiter is None else {"limits": limiter}
    return {"class": plan.CLASS, "issuer": plan.issuer(spec), **limits}


def _databases(found: Databases, method: str) -> dict[str, object]:
    return {
        "images": dict(found.images),
        "pooler": found.pooler,
        "backups": method,
        "bucket": found.backups.bucket,
        "endpoint": found.backups.endpoint,
        "secret": found.backups.secret,
        "readyWithinSeconds": str(int(parse(found.ready_within))),
    }
