"""Smallest valid specs, plus what a test is about: `a_tenant(tier="free")`, `an_app(replicas=3)`."""

import json
from typing import Any

from spec import PlatformSpec, TenantSpec

Document = dict[str, Any]


def an_app(**changes: Any) -> Document:
    """An app as a stack file says it; a change to None removes the field."""
    return _changed(
        {
            "image": "registry.example.com/shop/web:1.4.2",
            "port": 8080,
            "health": {"ready": "/ready", "live": "/healthz"},
        },
        changes,
    )


def a_job(**changes: Any) -> Document:
    """A job as a stack file says it; a change to None removes the field."""
    return _changed({"image": "registry.example.com/shop/report:1.4.2"}, changes)


def a_tenant_document(**changes: Any) -> Document:
    """`paas:tenant` as a stack file says it; a change to None removes the field."""
    return _changed(
        {
            "name": "acme",
            "environment": "prod",
            "tier": "standard",
            "owner": {"team": "storefront", "escalation": "oncall@acme.example"},
            "costCentre": "cc-1001",
            "apps": {"web": an_app()},
        },
        changes,
    )


def a_tenant(**changes: Any) -> TenantSpec:
    """A valid tenant, read the way a stack file is."""
    return TenantSpec.model_validate_json(json.dumps(a_tenant_document(**changes)))


def a_platform_document(**changes: Any) -> Document:
    """`paas:platform` as a stack file says it; a change to None removes the field."""
    return _changed(
        {
            "owner": {"team": "platform", "escalation": "oncall@paas.example"},
            "costCentre": "cc-1",
            "region": "eu",
            "network": {"pods": ["10.244.0.0/16"], "services": ["10.96.0.0/12"]},
            "storage": {"provisioner": "rancher.io/local-path"},
        },
        changes,
    )


def a_platform(**changes: Any) -> PlatformSpec:
    """A valid platform, read the way a stack file is."""
    return PlatformSpec.model_validate_json(json.dumps(a_platform_document(**changes)))


def _changed(document: Document, changes: Document) -> Document:
    merged = document | changes
    return {key: value for key, value in merged.items() if value is not None}
