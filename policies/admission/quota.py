"""Twins of `policies.quota`."""
