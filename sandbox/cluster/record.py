"""What the sandbox found on the machine before it changed it, so that `down` puts back exactly that."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from sandbox.cluster import templates
from sandbox.cluster.layout import Layout

SYSCTLS = (
    "net/ipv4/ip_forward",
    "net/ipv4/conf/all/route_localnet",
    "net/bridge/bridge-nf-call-iptables",
    "vm/overcommit_memory",
    "vm/panic_on_oom",
    "kernel/panic",
    "kernel/panic_on_oops",
    "kernel/keys/root_maxkeys",
    "kernel/keys/root_maxbytes",
)
"""Kernel settings that the node's parts change, below /proc/sys."""

FOLDERS = (
    "/var/lib/kubelet",
    "/var/log/containers",
    "/var/lib/cni",
    "/run/containerd",
)
"""Folders outside the sandbox that its parts make because their place is fixed in their code."""


@dataclass(frozen=True)
class Record:
    """The machine as it was.

    Attributes:
        boot: the kernel's identifier of the boot in which this was written.
        sysctls: values by name.
        absent: those of `FOLDERS` that were not there.
        chains: firewall chains that were there, as `<command>/<table>/<chain>`.
    """

    boot: str
    sysctls: dict[str, str]
    absent: list[str]
    chains: list[str]


def boot() -> str:
    """Return the kernel's identifier of this boot."""
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def read(layout: Layout) -> Record | None:
    """Return the record, or None where the sandbox has changed nothing (or the file is damaged)."""
    try:
        return Record(**json.loads(layout.record.read_text()))
    except (OSError, ValueError, TypeError):
        return None


def write(chains: Iterable[str], layout: Layout) -> Record:
    """Note the machine as it is now, and return that."""
    record = Record(
        boot=boot(),
        sysctls={name: (Path("/proc/sys") / name).read_text().strip() for name in SYSCTLS if _there(name)},
        absent=[folder for folder in FOLDERS if not Path(folder).exists()],
        chains=sorted(chains),
    )
    templates.write(layout.record, json.dumps(asdict(record), indent=2))
    return record


def restore_sysctls(record: Record) -> None:
    """Put kernel settings back, where they still are what was changed in this boot."""
    if record.boot != boot():
        return
    for name, value in record.sysctls.items():
        file = Path("/proc/sys") / name
        if file.exists() and file.read_text().strip() != value:
            file.write_text(value)


def _there(name: str) -> bool:
    return (Path("/proc/sys") / name).exists()
