"""What all tenants of one cluster share; one module for each kind of object."""

from components.shared.platform import Platform, PlatformArgs

__all__ = ["Platform", "PlatformArgs"]
