"""What a machine must allow for a real node, as data. Where something lacks, nodes are simulated, and that is said."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from sandbox.cluster import cgroups

_NET_ADMIN, _SYS_ADMIN = 12, 21  # linux/capability.h

DEBIAN_PROGRAMS = ("containerd", "runc", "cni-plugins", "iptables", "conntrack")
"""What a real node needs from Debian packages, by the toolchain's names."""

_PLACES = {"cni-plugins": "/usr/lib/cni/bridge"}


@dataclass(frozen=True, kw_only=True)
class Power:
    """Something that a real node needs.

    Attributes:
        name: as it reads after "this machine lacks".
        test: tells whether it is there, without changing anything.
        fix: how the user gets it.
    """

    name: str
    test: Callable[[], bool]
    fix: str


def has_capability(number: int, status: Path = Path("/proc/self/status")) -> bool:
    """Tell whether this process has a capability in its effective set (proc(5), CapEff)."""
    lines = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
    return bool(int(lines["CapEff"], 16) >> number & 1)


def has_program(name: str) -> bool:
    """Tell whether a Debian program is there, or can be installed right now."""
    installable = os.geteuid() == 0 and shutil.which("apt-get") is not None
    return installable or shutil.which(_PLACES.get(name, name)) is not None


def has_controllers() -> bool:
    """Tell whether control groups can be made, with every controller that the kubelet needs."""
    return set(cgroups.NEEDED) <= cgroups.controllers() and all(os.access(root, os.W_OK) for root in cgroups.roots())


def has_overlay(filesystems: Path = Path("/proc/filesystems")) -> bool:
    """Tell whether the kernel knows overlay file systems, or can load them."""
    return "overlay" in filesystems.read_text().split() or _loadable("overlay")


def has_bridge_filter() -> bool:
    """Tell whether the firewall sees traffic inside a bridge, which services need."""
    return Path("/proc/sys/net/bridge/bridge-nf-call-iptables").exists() or _loadable("br_netfilter")


POWERS = (
    Power(name="root", test=lambda: os.geteuid() == 0, fix="run it as root (`sudo -E make demo`)"),
    Power(
        name="the right to mount (CAP_SYS_ADMIN)",
        test=lambda: has_capability(_SYS_ADMIN),
        fix="start this container with --privileged",
    ),
    Power(
        name="the right to configure networks (CAP_NET_ADMIN)",
        test=lambda: has_capability(_NET_ADMIN),
        fix="start this container with --privileged",
    ),
    Power(
        name=f"writable control groups ({', '.join(cgroups.NEEDED)})",
        test=has_controllers,
        fix="mount /sys/fs/cgroup writable, with these controllers",
    ),
    Power(name="overlay file systems", test=has_overlay, fix="load the kernel module `overlay`"),
    Power(name="bridge filtering", test=has_bridge_filter, fix="load the kernel module `br_netfilter`"),
    Power(name="the program ip", test=lambda: shutil.which("ip") is not None, fix="apt-get install iproute2"),
    *(
        Power(
            name=f"the program {name}",
            test=lambda name=name: has_program(name),  # type: ignore[misc]  # mypy infers no lambda with a default
            fix=f"install {'containernetworking-plugins' if name == 'cni-plugins' else name} as root",
        )
        for name in DEBIAN_PROGRAMS
    ),
)


def lacking(powers: Iterable[Power] = POWERS) -> list[Power]:
    """Return what this machine lacks for a real node; empty: it can have one."""
    return [power for power in powers if not power.test()]


def _loadable(module: str) -> bool:
    if not shutil.which("modprobe"):
        return False
    return subprocess.run(["modprobe", "--dry-run", module], capture_output=True, check=False).returncode == 0
