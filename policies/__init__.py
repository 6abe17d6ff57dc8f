"""Rules for everything that a stack makes, judged at `pulumi preview` and again by the API server.

A rule is a generator of sentences over a typed view of a resource, or of the whole stack; `policies.rules` has them
all, `policies/__main__.py` only serves them. Limits are never written here: they come from `spec.plan`.
"""
