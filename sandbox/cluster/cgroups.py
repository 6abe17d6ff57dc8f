"""The control group that holds every pod: made below the root of each hierarchy, removed when it is empty."""

import os
from pathlib import Path

import psutil

from sandbox.cluster.layout import Layout
from sandbox.machine import SandboxError

NEEDED = ("cpu", "memory", "pids")
"""Controllers without which the kubelet cannot hold pods to their limits."""


def roots() -> list[Path]:
    """Return where control group hierarchies are mounted: several with version 1, one with version 2."""
    mounts = (line.split() for line in Path("/proc/self/mounts").read_text().splitlines())
    return [Path(mount[1]) for mount in mounts if mount[2] in {"cgroup", "cgroup2"}]


def controllers() -> set[str]:
    """Return the controllers that some hierarchy offers."""
    lines = Path("/proc/cgroups").read_text().splitlines()[1:]
    mounted = {name for root in roots() for name in root.name.split(",")}
    unified = {
        name
        for root in roots()
        if (root / "cgroup.controllers").exists()
        for name in (root / "cgroup.controllers").read_text().split()
    }
    return ({line.split()[0] for line in lines} & mounted) | unified


def make(layout: Layout) -> None:
    """Make the group in every hierarchy.

    Raises:
        SandboxError: a hierarchy is read-only.
    """
    for root in roots():
        try:
            (root / layout.cgroup).mkdir(exist_ok=True)
            _weigh(root / layout.cgroup)
        except OSError as error:
            raise SandboxError(
                f"cannot make a control group in {root}: {error.strerror}",
                "give this machine (or container) writable control groups; without them only simulated nodes run",
            ) from error


def _weigh(group: Path) -> None:
    """Let all pods together weigh as on a node of their own: version 1 gives a group the weight of a single process."""
    shares = group / "cpu.shares"
    if shares.exists():
        shares.write_text(str(1024 * (os.cpu_count() or 1)))


def remaining(layout: Layout) -> list[Path]:
    """Return the group's folders that are there, deepest first."""
    found = [path for root in roots() for path in _tree(root / layout.cgroup)]
    return sorted(found, key=lambda path: len(path.parts), reverse=True)


def remove(layout: Layout) -> None:
    """Remove the group from every hierarchy. Its processes must have ended."""
    for folder in remaining(layout):
        folder.rmdir()


def processes(layout: Layout) -> list[psutil.Process]:
    """Return the processes of all pods."""
    return [process for process in psutil.process_iter() if _is_in(process, layout.cgroup)]


def is_first_of_container(process: psutil.Process) -> bool:
    """Tell whether the process is number 1 in a process namespace of its own: the one that a container ends with."""
    try:
        status = Path(f"/proc/{process.pid}/status").read_text()
    except OSError:
        return False
    numbers = next((line.split()[1:] for line in status.splitlines() if line.startswith("NSpid:")), [])
    return len(numbers) > 1 and numbers[-1] == "1"


def _is_in(process: psutil.Process, cgroup: str) -> bool:
    try:
        return f":/{cgroup}/" in Path(f"/proc/{process.pid}/cgroup").read_text()
    except OSError:
        return False


def _tree(folder: Path) -> list[Path]:
    return [folder, *(path for path in folder.rglob("*") if path.is_dir())] if folder.is_dir() else []
