"""End what runs in containers, without asking containerd, which may be gone."""

from sandbox.cluster import cgroups, processes
from sandbox.cluster.layout import Layout

GRACE = 5.0
"""Seconds that containers have to end by themselves, so that a database closes its files."""


def end(layout: Layout) -> None:
    """Ask each container's first process to end, then kill whatever is in the pods' control group."""
    running = cgroups.processes(layout)
    if not running:
        return
    processes.end([one for one in running if cgroups.is_first_of_container(one)], grace=GRACE)
    processes.end(cgroups.processes(layout), grace=0)
