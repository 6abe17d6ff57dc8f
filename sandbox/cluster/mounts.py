"""Mounts below the sandbox's folders: pods' volumes, containers' file systems, network namespaces."""

import re
from pathlib import Path

from sandbox.cluster.layout import Layout
from sandbox.machine import run
from sandbox.machine.errors import CommandError

MOUNTINFO = Path("/proc/self/mountinfo")

_ESCAPE = re.compile(r"\\([0-7]{3})")


def remaining(layout: Layout) -> list[str]:
    """Return mount points in the sandbox's folders, the deepest first."""
    points = [_plain(line.split()[4]) for line in MOUNTINFO.read_text().splitlines()]
    return sorted((point for point in points if _below(point, layout.roots)), key=lambda point: point.count("/"))[::-1]


def remove(layout: Layout) -> None:
    """Unmount them. One that is still in use is detached, and goes when its last user does.

    Raises:
        CommandError: the kernel refuses.
    """
    for point in remaining(layout):
        try:
            run(["umount", point])
        except CommandError:
            run(["umount", "--lazy", point])


def _below(point: str, folders: tuple[Path, ...]) -> bool:
    # The kubelet mounts its folder on itself, so a folder counts as well as what lies below it.
    return any(Path(point).is_relative_to(folder) for folder in folders)


def _plain(path: str) -> str:
    r"""Undo the kernel's `\040` for a space (proc(5))."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 8)), path)
