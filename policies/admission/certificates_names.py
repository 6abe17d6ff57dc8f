"""Twins of `policies.certificates_names`."""
