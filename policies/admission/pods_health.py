"""Twins of `policies.pods_health`."""
