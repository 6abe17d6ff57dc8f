"""An API server of a test's own, on loopback: the sandbox's program and its defaults, without operators' kinds.

The cluster's own has what its operators have defined, and their schemas would refuse small manifests before any rule is
asked. Where the program is not to be had, the cluster that KUBECONFIG names is asked.
"""

import os
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import urllib3
import yaml
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from kubernetes import client

from tests.e2e.api import CONNECTIONS, connected

KUBECONFIG = "kubeconfig"
LOOPBACK = "127.0.0.1"
PATIENCE = 120.0  # seconds until it serves
GRACE = 20  # seconds to end
ISSUER = "https://kubernetes.default.svc.cluster.local"


@contextmanager
def an_api(folder: Path) -> Iterator[Any]:
    """Yield a client of an API server whose everything lies in `folder`, and which ends with the block.

    `folder` gets its `kubeconfig`.
    """
    if shutil.which("kube-apiserver") is None:
        (folder / KUBECONFIG).symlink_to(os.environ["KUBECONFIG"])
        yield connected()
        return
    etcd, peer, secure = _free(3)
    token, key = secrets.token_hex(16), folder / "sa.key"
    key.write_bytes(_key())
    tokens = folder / "tokens.csv"
    tokens.write_text(f'{token},judge,1,"system:masters"\n')
    store, peers, address = f"http://{LOOPBACK}:{etcd}", f"http://{LOOPBACK}:{peer}", f"https://{LOOPBACK}:{secure}"
    with ExitStack() as until:
        until.enter_context(
            _running(
                folder,
                "etcd",
                *("--data-dir", str(folder / "etcd"), "--unsafe-no-fsync"),
                *("--listen-client-urls", store, "--advertise-client-urls", store),
                *("--listen-peer-urls", peers, "--initial-advertise-peer-urls", peers),
                *("--initial-cluster", f"default={peers}"),
            )
        )
        server = until.enter_context(
            _running(
                folder,
                "kube-apiserver",
                *("--etcd-servers", store, "--bind-address", LOOPBACK, "--secure-port", str(secure)),
                *("--cert-dir", str(folder / "certificates"), "--service-cluster-ip-range", "10.97.0.0/16"),
                *("--authorization-mode", "Node,RBAC", "--enable-admission-plugins", "NodeRestriction"),
                *("--allow-privileged", "--token-auth-file", str(tokens)),
                *("--service-account-issuer", ISSUER, "--service-account-key-file", str(key)),
                *("--service-account-signing-key-file", str(key)),
            )
        )
        authority = folder / "certificates" / "apiserver.crt"
        _wait(server, f"{address}/readyz", authority, token)
        config = folder / KUBECONFIG
        config.write_text(yaml.safe_dump(_kubeconfig(address, authority, token)))
        # Namespaces go with what is in them by a controller alone.
        controllers = ("--controllers", "namespace", "--leader-elect=false", "--secure-port", "0")
        until.enter_context(_running(folder, "kube-controller-manager", "--kubeconfig", str(config), *controllers))
        settings = client.Configuration(host=address)
        settings.ssl_ca_cert = str(authority)
        settings.api_key = {"authorization": f"Bearer {token}"}
        settings.connection_pool_maxsize = CONNECTIONS
        yield client.ApiClient(settings)


@contextmanager
def _running(folder: Path, program: str, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    with (
        (folder / f"{program}.log").open("wb") as log,
        subprocess.Popen([program, *words], stdout=log, stderr=log) as it,
    ):
        try:
            yield it
        finally:
            it.terminate()
            try:
                it.wait(GRACE)
            except subprocess.TimeoutExpired:
                it.kill()


def _wait(server: subprocess.Popen[bytes], url: str, authority: Path, token: str) -> None:
    deadline, headers = time.monotonic() + PATIENCE, {"Authorization": f"Bearer {token}"}
    while True:
        assert server.poll() is None, f"the API server ended with {server.returncode}"
        if authority.exists():
            try:
                http = urllib3.PoolManager(ca_certs=str(authority))
                if http.request("GET", url, headers=headers, retries=False, timeout=5).status == 200:
                    return
            except urllib3.exceptions.HTTPError:
                pass  # not yet
        assert time.monotonic() < deadline, "the API server does not serve"
        time.sleep(0.2)


def _free(count: int) -> list[int]:
    """Return ports that nobody listens at."""
    with ExitStack() as until:
        held = [until.enter_context(socket.create_server((LOOPBACK, 0))) for _ in range(count)]
        return [each.getsockname()[1] for each in held]


def _key() -> bytes:
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return made.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )


def _kubeconfig(address: str, authority: Path, token: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "own", "cluster": {"server": address, "certificate-authority": str(authority)}}],
        "users": [{"name": "judge", "user": {"token": token}}],
        "contexts": [{"name": "own", "context": {"cluster": "own", "user": "judge"}}],
        "current-context": "own",
    }
