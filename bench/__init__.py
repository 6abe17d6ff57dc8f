"""Benchmarks: what things cost on this machine, from one run, as figures and ratios. They judge nothing."""
