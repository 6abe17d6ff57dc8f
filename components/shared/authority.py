"""The platform's own authority: a root that signs itself once, and the one issuer that tenants' certificates name.

Its certificate is for everybody to know, its key for cert-manager alone: no stack ever reads the Secret that has both.
Which names a tenant may have is not the issuer's to know: rules C6 and C7 hold it, at preview and in the API server.
"""

from base64 import b64decode
from typing import Any

from pulumi import Output, ResourceOptions

from components._crds import WebhookConfiguration, certificate, cluster_issuer, waiting
from components._meta import meta
from spec import PlatformSpec, plan

ROOT = "paas-root"
LIFE, RENEWED = "43800h", "8760h"  # five years, and the last of them for its clients to learn of the next


def authority(spec: PlatformSpec, opts: ResourceOptions) -> Output[str | None]:
    """Make the root's key and certificate, and the issuer that signs with it; return the certificate in PEM.

    A first preview does not know it, and has None.
    """
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
    after = ResourceOptions.merge(opts, ResourceOptions(depends_on=[root]))
    cluster_issuer(
        "authority-issuer",
        metadata=meta(spec, plan.ISSUER, extra_annotations=waiting("condition=Ready")),
        spec={"ca": {"secretName": ROOT}},
        opts=after,
    )
    return _shown(spec, after)


def _shown(spec: PlatformSpec, opts: ResourceOptions) -> Output[str | None]:
    """Return the root's certificate, as cert-manager writes it into a webhook that nobody ever calls.

    That is the only place outside Secrets where it writes a certificate by itself.
    """
    made = WebhookConfiguration(
        "authority-shown",
        metadata=meta(
            spec,
            plan.AUTHORITY_NAME,
            extra_annotations={
                "cert-manager.io/inject-ca-from": f"{plan.FACTS[plan.CERT_MANAGER].namespace}/{ROOT}",
                **waiting("jsonpath={.webhooks[*].clientConfig.caBundle}"),
            },
        ),
        webhooks=[
            {
                "name": "authority.paas.internal",
                "clientConfig": {"url": "https://authority.paas.invalid"},
                "failurePolicy": "Ignore",  # as if that mattered: it has no rules, so it is for no request
                "sideEffects": "None",
                "admissionReviewVersions": ["v1"],
            }
        ],
        opts=opts,
    )
    return made.webhooks.apply(_certificate)


def _certificate(webhooks: Any) -> str | None:
    bundle = webhooks[0]["clientConfig"].get("caBundle")
    return None if bundle is None else b64decode(bundle).decode()
