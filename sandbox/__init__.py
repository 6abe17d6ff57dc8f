"""One machine, no cloud: an engine and a cluster on which the very same Pulumi program runs for real.

It fills in only what a machine lacks: what is installed is used first. It knows nothing of tenants.
"""
