"""Twins of `policies.rbac`."""
