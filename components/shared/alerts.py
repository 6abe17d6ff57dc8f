"""Rules about what operators make, under a label by which whoever runs a Prometheus finds them."""

from pulumi import ResourceOptions

from components._kubernetes import ConfigMap
from components._meta import meta
from spec import PlatformSpec, plan
from spec.labels import RULES

ABOUT = {
    plan.CERT_MANAGER: ("certificate", plan.CERTIFICATES),
    plan.CLOUDNATIVE_PG: ("database", plan.DATABASES),
}


def alert_rules(spec: PlatformSpec, operator: str, opts: ResourceOptions) -> None:
    """Make the ConfigMap with the rules about what an operator makes, beside that operator."""
    if operator not in ABOUT:
        return
    subject, alerts = ABOUT[operator]
    ConfigMap(
        f"{subject}-rules",
        metadata=meta(
            spec,
            f"paas-{subject}-rules",
            namespace=plan.FACTS[operator].namespace,
            extra_labels={RULES: "prometheus"},
        ),
        data={f"{subject}s.yaml": plan.rules_file(f"{subject}s", alerts)},
        opts=opts,
    )
