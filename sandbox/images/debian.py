"""Make a small Debian for an image from the machine's own mirrors, of the machine's own release or of another."""

import os
import platform
import tempfile
from pathlib import Path

from sandbox.images.catalogue import OtherSystem, System
from sandbox.machine import SandboxError, run

SOURCES = (Path("/etc/apt/sources.list.d/debian.sources"), Path("/etc/apt/sources.list"))


def make(system: System, target: Path, mmdebstrap: Path) -> Path:
    """Write `system` as a tar archive to `target`, and return it. It takes a minute or two.

    Raises:
        SandboxError: this is no Debian with mirrors, or a package cannot be had.
    """
    sources = next((file for file in SOURCES if file.exists()), None)
    own = platform.freedesktop_os_release().get("VERSION_CODENAME")
    if sources is None or not own:
        wanted = " or ".join(map(str, SOURCES))
        raise SandboxError("images with a Debian in them need a Debian with mirrors", f"restore {wanted}")
    excluded = [f"--dpkgopt=path-exclude={pattern}" for pattern in system.without]
    hooks = [f"--customize-hook=chroot \"$1\" sh -c '{command}'" for command in system.commands]
    release = system.release if isinstance(system, OtherSystem) else own
    with tempfile.TemporaryDirectory() as scratch:
        run(
            [
                mmdebstrap,
                "--variant=minbase",
                "--mode=root",
                f"--include={','.join(system.packages)}",
                *excluded,
                *hooks,
                release,
                target,
                *([sources] if release == own else [_renamed(sources, own, release, Path(scratch)), sources]),
            ],
            env={**os.environ, "SOURCE_DATE_EPOCH": "0"},
            fix="check that the Debian mirrors can be reached (`apt-get update`), and run the same command again",
        )
    return target


def _renamed(sources: Path, own: str, release: str, folder: Path) -> Path:
    """Write the machine's mirrors as they have another release, and return where."""
    written = folder / f"{release}{sources.suffix}"
    written.write_text(sources.read_text().replace(own, release))
    return written
