"""Twins of `policies.images`."""
