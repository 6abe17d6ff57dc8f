"""Twins of `policies.data`."""
