"""Twins of `policies.ingress_routes`."""
