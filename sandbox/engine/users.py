"""Tell what the user has set from what a sandbox's environment has set before."""

import os
from collections.abc import Mapping
from pathlib import Path

from sandbox.toolchain.find import own_path

MARK = "PAAS_SANDBOX"
"""The variable by which a shell says whose environment it has: the state folder of that sandbox."""


def users_own(name: str, base: Mapping[str, str] | None = None) -> str | None:
    """Return a variable's value, or None where it is unset, empty, or was set by a sandbox's environment.

    Args:
        base: the present environment; None for this process's.
    """
    base = os.environ if base is None else base
    value, mark = base.get(name), base.get(MARK)
    return None if not value or (mark and mark in value) else value


def users_path() -> str:
    """Return PATH without the folders of any sandbox, this one's or the one whose environment this shell has."""
    return os.pathsep.join(part for part in own_path().split(os.pathsep) if not is_ours(Path(part)))


def is_ours(path: Path) -> bool:
    """Say whether `path` lies in the sandbox whose environment this shell has."""
    mark = os.environ.get(MARK)
    return bool(mark) and path.is_relative_to(str(mark))
