"""The service account of pods that name none: Kubernetes makes it, with a token in every pod."""

from pulumi import Input, ResourceOptions

from components._kubernetes import ServiceAccountPatch
from components._meta import meta
from spec import TenantSpec

DEFAULT = "default"


def default_account(name: str, spec: TenantSpec, namespace: Input[str], opts: ResourceOptions) -> ServiceAccountPatch:
    """Take the token out of the account that Kubernetes makes in every namespace."""
    found = meta(spec, DEFAULT, namespace=namespace)
    return ServiceAccountPatch(
        f"{name}-default-account",
        metadata={
            "name": DEFAULT,
            "namespace": namespace,
            "labels": found["labels"],
            "annotations": found["annotations"],
        },
        automount_service_account_token=False,
        opts=opts,
    )
