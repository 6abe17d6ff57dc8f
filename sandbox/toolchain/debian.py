"""Install what comes from Debian packages."""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from sandbox.machine import SandboxError, run
from sandbox.machine.paths import programs
from sandbox.toolchain.catalogue import DebianProgram


def install(wanted: list[DebianProgram]) -> None:
    """Install the packages of `wanted`, without starting any service.

    Raises:
        SandboxError: no apt-get here, not root, or apt-get failed; the fix names the packages.
    """
    packages = _packages(wanted)
    command = f"apt-get install --no-install-recommends {' '.join(packages)}"
    if not shutil.which("apt-get"):
        raise SandboxError(
            f"{', '.join(program.name for program in wanted)} not found, and this is no Debian",
            f"install them with this system's package manager (on Debian: {command})",
        )
    if os.geteuid() != 0:
        raise SandboxError(
            f"Debian packages {', '.join(packages)} are missing, and only root can install them", f"sudo {command}"
        )
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    fix = f"run `{command}` by hand and read what it says"
    run(["apt-get", "update", "-q"], env=env, fix=fix)
    if installed := _packages(program for program in wanted if not program.unpacked):
        run(["apt-get", "install", "-q", "-y", "--no-install-recommends", *installed], env=env, fix=fix)
    unpacked = [program for program in wanted if program.unpacked]
    for package in _packages(unpacked):
        _unpack(package, [program for program in unpacked if package in program.packages])


def _packages(wanted: Iterable[DebianProgram]) -> list[str]:
    return sorted({package for program in wanted for package in program.packages})


def _unpack(package: str, wanted: list[DebianProgram]) -> None:
    """Put programs of a package into the cache; nothing of it is configured, so nothing of it starts."""
    with TemporaryDirectory(prefix="paas-package-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # apt-get downloads as a user of its own
        run(["apt-get", "download", "-q", package], cwd=folder, fix=f"check that `apt-get download {package}` works")
        [archive] = folder.glob("*.deb")
        run(["dpkg-deb", "--extract", archive, folder / "root"])
        programs().mkdir(parents=True, exist_ok=True)
        for program in wanted:
            whole = programs() / f".{program.name}.part"
            shutil.copy2(folder / "root" / program.path.removeprefix("/"), whole)
            whole.rename(programs() / program.name)
