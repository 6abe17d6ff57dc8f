"""Install what comes from Debian packages."""

import os
import shutil

from sandbox.machine import SandboxError, run
from sandbox.toolchain.catalogue import DebianProgram


def install(wanted: list[DebianProgram]) -> None:
    """Install the packages of `wanted`, without starting any service.

    Raises:
        SandboxError: no apt-get here, not root, or apt-get failed; the fix names the packages.
    """
    packages = sorted({package for program in wanted for package in program.packages})
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
    run(["apt-get", "install", "-q", "-y", "--no-install-recommends", *packages], env=env, fix=fix)
