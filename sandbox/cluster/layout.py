"""Where one sandbox keeps its files, and the names derived from that place."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from sandbox.machine.paths import STATE

SOCKET_LIMIT = 107
"""Bytes in a Unix socket's path (sun_path, less the closing zero)."""

_LONGEST_SOCKET = "containerd.sock.ttrpc"
_LONGEST_SOCKET_OF_KUBELET = f"pod-resources/{2**64}"  # it makes one with a random number, then renames it


@dataclass(frozen=True)
class Layout:
    """The folders of one sandbox.

    Attributes:
        root: the state folder, `.sandbox` of the checkout by default.
    """

    root: Path = STATE

    @property
    def id(self) -> str:
        """Eight hexadecimal digits that tell this sandbox from another checkout's."""
        return hashlib.sha256(str(self.root).encode()).hexdigest()[:8]

    @property
    def kubeconfig(self) -> Path:
        """The administrator's kubeconfig: what users and tools take."""
        return self.root / "kubeconfig"

    @property
    def etc(self) -> Path:
        """Generated configuration."""
        return self.root / "etc"

    @property
    def pki(self) -> Path:
        """Keys and certificates."""
        return self.root / "pki"

    @property
    def kubeconfigs(self) -> Path:
        """One kubeconfig per component, `<name>.conf`."""
        return self.root / "kubeconfigs"

    @property
    def data(self) -> Path:
        """What outlives a restart: etcd, images, the kubelet's pods, volumes."""
        return self.root / "data"

    @property
    def logs(self) -> Path:
        """Logs of every process, the audit log, the pods' logs."""
        return self.root / "logs"

    @property
    def run(self) -> Path:
        """Sockets and what a restart may lose. Elsewhere when the checkout's path is too long for a socket."""
        inside = self.root / "run"
        return inside if _fits(inside / _LONGEST_SOCKET) else Path(f"/run/paas-{self.id}")

    @property
    def manifests(self) -> Path:
        """Manifests of operators, for stack files to name."""
        return self.root / "manifests"

    @property
    def kubelet(self) -> Path:
        """The kubelet's folder: its sockets and the pods' volumes. Elsewhere under the same condition as `run`."""
        inside = self.data / "kubelet"
        return inside if _fits(inside / _LONGEST_SOCKET_OF_KUBELET) else Path(f"/var/lib/paas-{self.id}")

    @property
    def roots(self) -> tuple[Path, ...]:
        """Every folder that holds something of this sandbox."""
        return tuple(dict.fromkeys((self.root, self.run, self.kubelet)))

    @property
    def cgroup(self) -> str:
        """Name of the control group that holds every pod, below the root of each hierarchy."""
        return f"paas-{self.id}"

    @property
    def record(self) -> Path:
        """What the sandbox found on the machine before it changed it."""
        return self.root / "record.json"

    @property
    def containerd_socket(self) -> Path:
        """Where containerd serves the container runtime interface."""
        return self.run / "containerd.sock"

    @property
    def supervisor_socket(self) -> Path:
        """Where supervisord answers."""
        return self.run / "supervisor.sock"

    def make(self) -> None:
        """Make the folders; only their owner may look inside, because keys lie there."""
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        for folder in (self.etc, self.manifests, self.pki, self.kubeconfigs, self.data, self.logs, self.run):
            folder.mkdir(parents=True, exist_ok=True)


def _fits(socket: Path) -> bool:
    return len(str(socket).encode()) <= SOCKET_LIMIT


DEFAULT = Layout()
"""This checkout's own sandbox."""
