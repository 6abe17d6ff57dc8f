"""Twins of `policies.pods`."""
