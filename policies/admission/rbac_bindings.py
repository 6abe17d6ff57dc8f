"""Twins of `policies.rbac_bindings`."""
