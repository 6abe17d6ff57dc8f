"""Drills: what must work on the day that something breaks, tried on a day that we choose.

A drill does harm on purpose, measures, cleans up after itself, and ends with a verdict. It asks the API server and the
programs themselves, never the engine; what is promised comes from `spec.plan`.
"""

from drills.verdict import Check, Verdict

__all__ = ["Check", "Verdict"]
