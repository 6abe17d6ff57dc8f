"""Take the cluster down so that nothing of it is left on the machine, and prove that."""

import os
import shutil

from sandbox.cluster import cgroups, containers, mounts, network, node, processes, record
from sandbox.cluster.layout import DEFAULT, Layout
from sandbox.cluster.settings import BRIDGE
from sandbox.cluster.source import source
from sandbox.cluster.supervision import Supervisor
from sandbox.machine import Progress, SandboxError
from sandbox.machine.paths import PASSPHRASE

_STARTS_CONTAINERS = ("kubelet", "kwok", "local-path-provisioner", "kube-proxy")


def down(progress: Progress, purge: bool = False, layout: Layout = DEFAULT) -> None:
    """End every process of the sandbox and put the machine back as it was.

    Works from any state: half up, killed, down already. It touches only what it can prove to be the sandbox's.

    Args:
        purge: remove the state folder as well: the cluster's objects, volumes, certificates, logs, stacks. What stays
            of it is the passphrase, to which the salts in stack files belong.

    Raises:
        SandboxError: something is left; each thing is named.
    """
    if source(layout) == "kubeconfig":
        progress.line(f"KUBECONFIG={os.environ['KUBECONFIG']}: that cluster stays as it is")
    supervisor = Supervisor(layout)
    with progress.step("pods"):
        supervisor.stop(_STARTS_CONTAINERS)
        containers.end(layout)
    with progress.step("processes"):
        supervisor.shutdown()
        processes.end(processes.services(layout))
        containers.end(layout)  # a pod that the kubelet was just starting
        processes.end(processes.ours(layout), grace=0)  # shims, which wait for a containerd that is gone
    with progress.step("mounts, network, control groups"):
        node.restore(layout)
    if left := leftovers(layout):
        raise SandboxError(
            "left on the machine:\n" + "\n".join(f"  {one}" for one in left),
            "run `python -m sandbox down` again as root; what stays then is held by a program outside the sandbox",
        )
    if purge:
        with progress.step("state"):
            _purge(layout)


def leftovers(layout: Layout = DEFAULT) -> list[str]:
    """Return what of the sandbox is on the machine outside its folders, in words; empty after a good `down`."""
    before = record.read(layout)
    known = set(before.chains) if before else set()
    found = [f"process {one.name()} ({one.pid})" for one in (*processes.ours(layout), *cgroups.processes(layout))]
    found += [f"mount {point}" for point in mounts.remaining(layout)]
    found += [f"control group {folder}" for folder in cgroups.remaining(layout)]
    if network.bridge_owner() == str(layout.root):
        found += [f"interface {BRIDGE}", *(f"interface {port}" for port in network.ports_of_bridge())]
    if before:  # `restore` forgets the record once it is done
        found += [f"firewall chain {chain}" for chain in sorted(network.chains() - known)]
    return found


def _purge(layout: Layout) -> None:
    held = [each for folder in layout.roots if folder.exists() for each in folder.iterdir() if each.name != PASSPHRASE]
    for each in held:
        if each.is_dir() and not each.is_symlink():
            shutil.rmtree(each, ignore_errors=True)
        else:
            each.unlink(missing_ok=True)
    for folder in layout.roots:
        if folder.exists() and not any(folder.iterdir()):
            folder.rmdir()
    if left := [str(each) for each in held if each.exists()]:
        raise SandboxError(
            f"{', '.join(left)} cannot be removed", f"remove it as its owner: `sudo rm -rf {' '.join(left)}`"
        )
