"""The platform's own authority: a root that signs itself once, and the one issuer that tenants' certificates name.

Which names a tenant may have is not the issuer's to know: rules C6 and C7 hold it, at preview and in the API server.
"""

from pulumi import Resource, ResourceOptions

from components._crds import certificate, cluster_issuer, waiting
from components._meta import meta
from spec import PlatformSpec, plan

ROOT = "paas-root"
LIFE, RENEWED = "43800h", "8760h"  # five years, and the last of them for its clients to learn of the next


def authority(spec: PlatformSpec, opts: ResourceOptions) -> list[Resource]:
    """Make the root's key and certificate, and the issuer that signs with it."""
    itself = cluster_issuer(
        "authority-itself",
        metadata=meta(spec, ROOT, extra_annotations=waiting("condition=Ready")),
        spec={"selfSigned": {}},
        opts=opts,
    )
    root = certificate(
        "authority-root",
        metadata=meta(
            spec,
            ROOT,
            namespace=plan.FACTS[plan.CERT_MANAGER].namespace,
            extra_annotations=waiting("condition=Ready"),
        ),
        secret=ROOT,
        issuer=ROOT,
        duration=LIFE,
        renew_before=RENEWED,
        more={
            "isCA": True,
            "commonName": "paas root",
            "subject": {"organizations": [spec.owner.team]},
            "usages": ["cert sign", "crl sign", "digital signature"],
        },
        opts=ResourceOptions.merge(opts, ResourceOptions(depends_on=[itself])),
    )
    issuer = cluster_issuer(
        "authority-issuer",
        metadata=meta(spec, plan.ISSUER, extra_annotations=waiting("condition=Ready")),
        spec={"ca": {"secretName": ROOT}},
        opts=ResourceOptions.merge(opts, ResourceOptions(depends_on=[root])),
    )
    return [itself, root, issuer]
