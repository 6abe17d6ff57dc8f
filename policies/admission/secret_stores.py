"""Twins of `policies.secret_stores`."""
