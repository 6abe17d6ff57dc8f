"""Forges: where pull requests are, and what `paas` asks of them. Nothing else in the project talks to one."""
