"""Prepare the machine for a real node, and put it back as it was."""

import ipaddress
import shutil
from collections.abc import Mapping
from pathlib import Path

from sandbox.cluster import cgroups, containers, mounts, network, processes, record, templates
from sandbox.cluster.layout import Layout
from sandbox.cluster.settings import CNI_NETWORK
from sandbox.images import PAUSE, UPSTREAM_HOSTS
from sandbox.machine import run

RESOLVERS = (Path("/run/systemd/resolve/resolv.conf"), Path("/etc/resolv.conf"))
"""Where the machine's name servers are listed: the first that exists counts."""

_MODULES = ("br_netfilter", "overlay")


def prepare(programs: Mapping[str, Path], layout: Layout) -> None:
    """Make the bridge, the control group and the configuration; note first how the machine was.

    Raises:
        SandboxError: the machine refuses.
    """
    known = record.read(layout)
    if known is None or known.boot != record.boot():
        record.write(network.chains(), layout)
    if not processes.ours(layout) and not cgroups.processes(layout):
        _forget_containers(layout)
    for module in _MODULES:
        if shutil.which("modprobe") and not Path(f"/sys/module/{module}").exists():
            run(["modprobe", "--quiet", module])
    cgroups.make(layout)
    if not network.bridge_exists():
        containers.end(layout)  # somebody removed it, and no pod finds its way back to a new one
    network.make_bridge(layout.root)
    _configure(programs, layout)


def nameservers() -> list[str]:
    """Return the machine's name servers that a pod can reach: not those on loopback."""
    listed = next((file for file in RESOLVERS if file.exists()), None)
    lines = listed.read_text().splitlines() if listed else []
    found = [line.split()[1] for line in lines if line.startswith("nameserver ") and len(line.split()) > 1]
    return [one for one in found if not ipaddress.ip_address(one.split("%")[0]).is_loopback]


def restore(layout: Layout) -> None:
    """Undo `prepare` and everything the node's processes left. They must have ended."""
    mounts.remove(layout)
    before = record.read(layout)
    ours = network.bridge_owner() == str(layout.root)
    if before is None and not ours and not cgroups.remaining(layout):
        return  # no node was prepared here; what there is belongs to another sandbox
    network.remove_chains(keep=set(before.chains) if before and before.boot == record.boot() else set())
    if ours:
        network.remove_bridge()
    cgroups.remove(layout)
    _forget_containers(layout)
    if before:
        record.restore_sysctls(before)
        for folder in before.absent:
            shutil.rmtree(folder, ignore_errors=True)
    layout.record.unlink(missing_ok=True)


def _forget_containers(layout: Layout) -> None:
    """Remove what containerd and the CNI plugins remember of containers that no longer run, as after a reboot.

    Otherwise containerd would wait for them, and their addresses would stay taken.
    """
    mounts.remove(layout)
    for folder in ("containerd", "runc", "cni"):
        shutil.rmtree(layout.run / folder, ignore_errors=True)
    for cached in Path("/var/lib/cni/results").glob(f"{CNI_NETWORK}-*"):
        cached.unlink()


def _configure(programs: Mapping[str, Path], layout: Layout) -> None:
    containerd = templates.config(
        "containerd.toml",
        layout,
        pause=PAUSE.reference,
        runc=str(programs["runc"]),
        cni_plugins=str(programs["cni-plugins"].parent),
    )
    templates.write(layout.etc / "containerd.toml", containerd)
    templates.write(layout.etc / "cni" / "10-bridge.conflist", templates.config("10-bridge.conflist", layout))
    for host in UPSTREAM_HOSTS:
        hosts = templates.config("hosts.toml", layout, host=host)
        templates.write(layout.etc / "certs.d" / host / "hosts.toml", hosts)
    for name in ("kubelet.yaml", "kube-proxy.yaml"):
        templates.write(layout.etc / name, templates.config(name, layout))
    templates.write(layout.etc / "resolv.conf", "".join(f"nameserver {one}\n" for one in nameservers()))
