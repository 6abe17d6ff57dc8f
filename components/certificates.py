"""Certificates of apps: they renew themselves, each time with a new key, from the platform's one issuer."""

import pulumi
from pulumi import Input, ResourceOptions

from components import _crds
from components._meta import meta
from spec import TenantSpec, plan


def app_certificate(
    name: str,
    spec: TenantSpec,
    entrance: plan.Entrance,
    *,
    namespace: Input[str],
    issuer: Input[str],
    opts: ResourceOptions,
) -> pulumi.CustomResource:
    """Make the certificate for all hosts of one app; the run goes on when it has been issued."""
    return _crds.certificate(
        name,
        metadata=meta(
            spec,
            entrance.app,
            namespace=namespace,
            app=entrance.app,
            extra_annotations=_crds.waiting("condition=Ready"),
        ),
        secret=entrance.secret,
        issuer=issuer,
        duration=plan.DURATION,
        renew_before=plan.RENEW_BEFORE,
        hosts=entrance.hosts,
        opts=opts,
    )
