"""Objects of kinds that operators define, or write into: each kind's name stands here once. Fields as on the wire."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
from pulumi import Input

from components._kubernetes import ObjectMetaArgsDict
from components._wire import VERSION, spelled

CERTIFICATES = "cert-manager.io"
GATEWAYS = "gateway.networking.k8s.io"
TRAEFIK = "traefik.io"

WAIT_FOR, TIMEOUT = "pulumi.com/waitFor", "pulumi.com/timeoutSeconds"

PATIENCE = 180
"""Seconds in which an operator must have done what an object asks for; else the run ends, with its reason."""


def _custom(
    token: str, name: str, metadata: ObjectMetaArgsDict, spec: Mapping[str, Any], opts: pulumi.ResourceOptions
) -> pulumi.CustomResource:
    """Make an object of `group/version:Kind`."""
    api, _, kind = token.rpartition(":")
    return pulumi.CustomResource(
        f"kubernetes:{token}",
        name,
        {"apiVersion": api, "kind": kind, "metadata": spelled(metadata), "spec": dict(spec)},
        pulumi.ResourceOptions.merge(pulumi.ResourceOptions(version=VERSION), opts),
    )


class WebhookConfiguration(pulumi.CustomResource):
    """A ValidatingWebhookConfiguration, with what cert-manager writes into it.

    Attributes:
        webhooks: as on the wire.
    """

    webhooks: pulumi.Output[list[dict[str, Any]]]

    def __init__(
        self, name: str, *, metadata: ObjectMetaArgsDict, webhooks: list[dict[str, Any]], opts: pulumi.ResourceOptions
    ) -> None:
        api, kind = "admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration"
        super().__init__(
            f"kubernetes:{api}:{kind}",
            name,
            {"apiVersion": api, "kind": kind, "metadata": spelled(metadata), "webhooks": webhooks},
            pulumi.ResourceOptions.merge(pulumi.ResourceOptions(version=VERSION), opts),
        )


def waiting(*conditions: str) -> dict[str, str]:
    """Return the annotations that make a run wait until every one of `conditions` holds: `condition=Ready`."""
    joined = conditions[0] if len(conditions) == 1 else json.dumps(conditions)
    return {WAIT_FOR: joined, TIMEOUT: str(PATIENCE)}


ACCEPTED = tuple(
    f'jsonpath={{.status.parents[*].conditions[?(@.type=="{kind}")].status}}=True'
    for kind in ("Accepted", "ResolvedRefs")
)
"""When a route is in use."""


def certificate(
    name: str,
    *,
    metadata: ObjectMetaArgsDict,
    secret: str,
    issuer: Input[str],
    duration: str,
    renew_before: str,
    hosts: Sequence[str] = (),
    more: Mapping[str, Any] | None = None,
    opts: pulumi.ResourceOptions,
) -> pulumi.CustomResource:
    """Make a Certificate of a ClusterIssuer: a new ECDSA key with each renewal, and no weaker one ever.

    Args:
        secret: where it is kept.
        more: fields that only an authority's certificate has.
    """
    spec = {
        "secretName": secret,
        "duration": duration,
        "renewBefore": renew_before,
        "privateKey": {"algorithm": "ECDSA", "size": 256, "rotationPolicy": "Always"},
        "issuerRef": {"name": issuer, "kind": "ClusterIssuer", "group": CERTIFICATES},
        **({"dnsNames": list(hosts), "usages": ["digital signature", "server auth"]} if hosts else {}),
        **(more or {}),
    }
    return _custom(f"{CERTIFICATES}/v1:Certificate", name, metadata, spec, opts)


def cluster_issuer(
    name: str, *, metadata: ObjectMetaArgsDict, spec: Mapping[str, Any], opts: pulumi.ResourceOptions
) -> pulumi.CustomResource:
    """Make an issuer for all namespaces."""
    return _custom(f"{CERTIFICATES}/v1:ClusterIssuer", name, metadata, spec, opts)


def gateway_class(
    name: str, *, metadata: ObjectMetaArgsDict, controller: str, opts: pulumi.ResourceOptions
) -> pulumi.CustomResource:
    """Make the class of gateways that `controller` serves."""
    return _custom(f"{GATEWAYS}/v1:GatewayClass", name, metadata, {"controllerName": controller}, opts)


def gateway(
    name: str, *, metadata: ObjectMetaArgsDict, spec: Mapping[str, Any], opts: pulumi.ResourceOptions
) -> pulumi.CustomResource:
    """Make a gateway."""
    return _custom(f"{GATEWAYS}/v1:Gateway", name, metadata, spec, opts)


def http_route(
    name: str, *, metadata: ObjectMetaArgsDict, spec: Mapping[str, Any], opts: pulumi.ResourceOptions
) -> pulumi.CustomResource:
    """Make a route."""
    return _custom(f"{GATEWAYS}/v1:HTTPRoute", name, metadata, spec, opts)


def definition(
    name: str, *, metadata: ObjectMetaArgsDict, spec: Mapping[str, Any], opts: pulumi.ResourceOptions
) -> pulumi.CustomResource:
    """Make a kind."""
    return _custom("apiextensions.k8s.io/v1:CustomResourceDefinition", name, metadata, spec, opts)


def middleware(metadata: ObjectMetaArgsDict, spec: Mapping[str, Any]) -> dict[str, object]:
    """Return a Middleware of Traefik's."""
    return {"apiVersion": f"{TRAEFIK}/v1alpha1", "kind": "Middleware", "metadata": spelled(metadata), "spec": spec}


def middleware_filter(name: str) -> dict[str, object]:
    """Return the filter of a route that goes through a Middleware of its namespace."""
    return {"type": "ExtensionRef", "extensionRef": {"group": TRAEFIK, "kind": "Middleware", "name": name}}


def traffic_policy(metadata: ObjectMetaArgsDict, route: str, spec: Mapping[str, Any]) -> dict[str, object]:
    """Return a BackendTrafficPolicy of Envoy Gateway's for one HTTPRoute of its namespace."""
    return {
        "apiVersion": "gateway.envoyproxy.io/v1alpha1",
        "kind": "BackendTrafficPolicy",
        "metadata": spelled(metadata),
        "spec": {"targetRefs": [{"group": GATEWAYS, "kind": "HTTPRoute", "name": route}], **spec},
    }
