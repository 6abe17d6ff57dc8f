"""Twins of `policies.labels`."""
