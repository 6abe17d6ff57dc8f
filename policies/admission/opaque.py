"""Twins of `policies.opaque`."""
