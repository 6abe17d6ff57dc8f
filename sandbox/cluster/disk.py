"""Refuse to start on a disk that is nearly full: etcd and containerd answer that with damage, not with words."""

import shutil
from pathlib import Path

from sandbox.machine import SandboxError

WANTED = 4.0
"""GiB free: images (0.5), volumes and logs, and what the kubelet keeps free."""

_GIB = 2**30


def check(folder: Path, wanted: float = WANTED) -> None:
    """Require `wanted` GiB free where `folder` lies.

    Raises:
        SandboxError: there is less.
    """
    there = next(place for place in (folder, *folder.parents) if place.exists())
    free = shutil.disk_usage(there).free / _GIB
    if free < wanted:
        raise SandboxError(
            f"the file system at {_mount_point(there)} has {free:.1f} GiB free; {folder} wants {wanted:g} GiB",
            "free some space there (`du -xh -d1 / | sort -h` tells where it went), or clone onto another disk",
        )


def _mount_point(place: Path) -> Path:
    return next(parent for parent in (place.resolve(), *place.resolve().parents) if parent.is_mount())
