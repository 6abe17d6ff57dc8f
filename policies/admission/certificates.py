"""Twins of `policies.certificates`."""
