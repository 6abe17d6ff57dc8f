"""Twins of `policies.ingress`."""
