"""Twins of `policies.certificates_secrets`."""
