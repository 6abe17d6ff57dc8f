"""Keys, certificates and kubeconfigs, made by kubeadm's own phases."""

import hashlib
import json
import shutil
import time
from pathlib import Path

from sandbox.cluster import templates
from sandbox.cluster.layout import Layout
from sandbox.cluster.settings import NODE_IP, PORTS
from sandbox.machine import SandboxError, run

RENEW_AFTER = 300 * 24 * 3600
"""Seconds after which certificates are made anew. kubeadm lets them live for 365 days."""

OWN_CLIENTS = {
    "kube-proxy": ("system:kube-proxy", ""),
    "kwok": ("sandbox:kwok", "sandbox:components"),
    "local-path-provisioner": ("sandbox:local-path-provisioner", "sandbox:components"),
}
"""User and group of the components for which kubeadm has no phase, by the name of their kubeconfig."""

_KUBEADM_CLIENTS = ("admin", "super-admin", "kubelet", "controller-manager", "scheduler")
_AUTHORITIES = ("ca", "etcd/ca", "front-proxy-ca")
_KEPT = {*(f"{name}.{end}" for name in _AUTHORITIES for end in ("crt", "key")), "sa.key", "sa.pub"}
_FIX = "`python -m sandbox down --purge` removes the damaged certificates with the cluster, `up` makes new ones"


def ensure(kubeadm: Path, version: str, api_host: str, layout: Layout) -> None:
    """Make what is missing, and renew what is old or was made for another address.

    Authorities and the key of service accounts are kept, so that what runs in the cluster goes on trusting it.
    The administrator's kubeconfig is written anew whenever it differs or is gone.

    Args:
        version: of Kubernetes, without `v`.
        api_host: the address that the API server serves on.

    Raises:
        SandboxError: kubeadm refuses; most likely files were damaged by hand.
    """
    wanted = templates.config("kubeadm.yaml", layout, version=f"v{version}", api_host=api_host)
    config = layout.etc / "kubeadm.yaml"
    made = layout.pki / "made.json"
    if not _good(made, wanted, layout):
        made.unlink(missing_ok=True)
        templates.write(config, wanted)
        _remove_all_but_authorities(layout)
        _phases(kubeadm, config, api_host, layout)
        facts = {"for": _digest(wanted), "time": int(time.time())}
        templates.write(made, json.dumps(facts))
    admin = (layout.kubeconfigs / "admin.conf").read_text()
    if not layout.kubeconfig.exists() or layout.kubeconfig.read_text() != admin:
        templates.write(layout.kubeconfig, admin, mode=0o600)
    layout.kubeconfig.chmod(0o600)


def _good(made: Path, wanted: str, layout: Layout) -> bool:
    try:
        facts = json.loads(made.read_text())
        fresh = facts["for"] == _digest(wanted) and time.time() - facts["time"] < RENEW_AFTER
    except (OSError, ValueError, KeyError):
        return False
    return fresh and all(file.exists() and file.stat().st_size for file in _everything(layout))


def _everything(layout: Layout) -> list[Path]:
    leaves = ("apiserver", "apiserver-etcd-client", "apiserver-kubelet-client", "front-proxy-client")
    leaves_of_etcd = ("etcd/server", "etcd/peer", "etcd/healthcheck-client")
    pairs = [layout.pki / f"{name}.{end}" for name in (*leaves, *leaves_of_etcd) for end in ("crt", "key")]
    kubeconfigs = [layout.kubeconfigs / f"{name}.conf" for name in (*_KUBEADM_CLIENTS, *OWN_CLIENTS)]
    return [*pairs, *(layout.pki / name for name in sorted(_KEPT)), *kubeconfigs]


def _remove_all_but_authorities(layout: Layout) -> None:
    for file in layout.pki.rglob("*"):
        if file.is_file() and str(file.relative_to(layout.pki)) not in _KEPT:
            file.unlink()
    shutil.rmtree(layout.kubeconfigs, ignore_errors=True)
    layout.kubeconfigs.mkdir(parents=True)


def _phases(kubeadm: Path, config: Path, api_host: str, layout: Layout) -> None:
    run([kubeadm, "init", "phase", "certs", "all", "--config", config], timeout=120, fix=_FIX)
    run(
        [kubeadm, "init", "phase", "kubeconfig", "all", "--config", config, "--kubeconfig-dir", layout.kubeconfigs],
        timeout=120,
        fix=_FIX,
    )
    for name, (user, group) in OWN_CLIENTS.items():
        groups = ["--org", group] if group else []
        said = run(
            [kubeadm, "kubeconfig", "user", "--config", config, "--client-name", user, *groups], timeout=60, fix=_FIX
        )
        _, found, text = said.partition("apiVersion: v1")  # warnings come before it
        if not found:
            raise SandboxError(f"kubeadm made no kubeconfig for {user}: {said}", _FIX)
        templates.write(layout.kubeconfigs / f"{name}.conf", found + text, mode=0o600)
    port = PORTS["kube-apiserver"]
    for file in layout.kubeconfigs.iterdir():  # the node's own phases name the advertised address, whatever is served
        templates.write(
            file, file.read_text().replace(f"https://{NODE_IP}:{port}", f"https://{api_host}:{port}"), mode=0o600
        )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
