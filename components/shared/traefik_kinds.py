"""Kinds of Traefik's own: of ten that it must find before it reads any, one can be made, and says limits of rates only.

Upstream's Middleware can also send requests elsewhere, add passwords or ask any address whether somebody may pass. Here
its schema has room for nothing but what the platform writes.
"""

from typing import Any

from pulumi import Resource, ResourceOptions

from components._crds import TRAEFIK, definition
from components._meta import meta
from spec import PlatformSpec

VERSION = "v1alpha1"
LIMITS = "Middleware"
KINDS = {
    "IngressRoute": "ingressroutes",
    "IngressRouteTCP": "ingressroutetcps",
    "IngressRouteUDP": "ingressrouteudps",
    LIMITS: "middlewares",
    "MiddlewareTCP": "middlewaretcps",
    "ServersTransport": "serverstransports",
    "ServersTransportTCP": "serverstransporttcps",
    "TLSOption": "tlsoptions",
    "TLSStore": "tlsstores",
    "TraefikService": "traefikservices",
}
"""Plurals by kind, as Traefik asks for them."""


def traefik_kinds(name: str, spec: PlatformSpec, opts: ResourceOptions) -> list[Resource]:
    """Make the definitions."""
    return [
        definition(
            f"{name}-kind-{plural}",
            metadata=meta(spec, f"{plural}.{TRAEFIK}"),
            spec={
                "group": TRAEFIK,
                "scope": "Namespaced",
                "names": {"kind": kind, "listKind": f"{kind}List", "plural": plural, "singular": kind.lower()},
                "versions": [
                    {
                        "name": VERSION,
                        "served": True,
                        "storage": True,
                        "schema": {"openAPIV3Schema": _LIMITED if kind == LIMITS else _CLOSED},
                    }
                ],
            },
            opts=opts,
        )
        for kind, plural in KINDS.items()
    ]


def _exactly(**fields: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(fields), "properties": fields}


_COUNT = {"type": "integer", "format": "int64", "minimum": 1}
_LIMITED = _exactly(
    spec=_exactly(
        rateLimit=_exactly(
            average=_COUNT,
            burst=_COUNT,
            sourceCriterion=_exactly(ipStrategy=_exactly(ipv6Subnet={"type": "integer", "minimum": 1, "maximum": 128})),
        )
    )
)
_CLOSED: dict[str, Any] = {
    "type": "object",
    "x-kubernetes-validations": [
        {"rule": "false", "message": "nobody makes this kind: it is here because Traefik waits until it is"}
    ],
}
