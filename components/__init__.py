"""Pulumi components: they render what `spec.plan` says must exist, and decide nothing themselves."""

from components.program import build, cluster, read
from components.shared import Platform, PlatformArgs
from components.tenant import TenantEnvironment, TenantEnvironmentArgs

__all__ = ["Platform", "PlatformArgs", "TenantEnvironment", "TenantEnvironmentArgs", "build", "cluster", "read"]
