"""An app as the outside world reaches it: where, with which certificate, and by how many at once."""

import socket
import ssl
import threading
import time
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from apiserver import Cluster, Object, Refused
from spec import names, plan
from spec.tenant import TenantSpec

CALLERS = 4
PAUSE = 0.02
"""Seconds between two requests of one caller: about 100 new connections a second in all, on a quick gateway."""

TIMEOUT = 5.0


@dataclass(frozen=True)
class Served:
    """A certificate as a socket served it.

    Attributes:
        key: digest of its public key.
    """

    serial: int
    key: str
    ends: float

    @classmethod
    def of(cls, der: bytes) -> "Served":
        """Read one."""
        found = x509.load_der_x509_certificate(der)
        public = found.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return cls(found.serial_number, sha256(public).hexdigest(), found.not_valid_after_utc.timestamp())


@dataclass(frozen=True)
class Entry:
    """Where requests for a host go.

    Attributes:
        trusted: certificates of authorities in PEM; empty: those that this machine trusts.
    """

    host: str
    address: str
    port: int
    trusted: str
    path: str

    def ask(self) -> tuple[Served, int]:
        """Make a new connection and one request; return the certificate and the HTTP status.

        Raises:
            OSError: no connection, or no handshake: ssl.SSLError is one.
        """
        context = ssl.create_default_context(cadata=self.trusted or None)
        with (
            socket.create_connection((self.address, self.port), timeout=TIMEOUT) as plain,
            context.wrap_socket(plain, server_hostname=self.host) as secure,
        ):
            served = Served.of(secure.getpeercert(binary_form=True) or b"")
            secure.sendall(f"GET {self.path} HTTP/1.1\r\nHost: {self.host}\r\nConnection: close\r\n\r\n".encode())
            status = secure.recv(4096).split(b" ", 2)
        return served, int(status[1]) if len(status) > 2 else 0


@dataclass
class Seen:
    """What callers saw.

    Attributes:
        certificates: each once, in the order in which they were served.
        failures: what went wrong, each as a sentence.
        seconds: how long each request took.
        least: seconds that the served certificate still had to live, at the worst moment.
    """

    certificates: list[Served] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    least: float = float("inf")

    def p95(self) -> float:
        """Return the 95th percentile of the seconds that requests took."""
        ordered = sorted(self.seconds)
        return ordered[int(len(ordered) * 0.95)] if ordered else float("inf")


@contextmanager
def load(entry: Entry) -> Iterator[Seen]:
    """Have callers ask without end as long as the block runs."""
    seen, over, lock = Seen(), threading.Event(), threading.Lock()

    def call() -> None:
        while not over.wait(PAUSE):
            began = time.monotonic()
            try:
                served, status = entry.ask()
            except OSError as error:
                with lock:
                    seen.failures.append(f"no handshake: {error}")
                continue
            with lock:
                seen.seconds.append(time.monotonic() - began)
                seen.least = min(seen.least, served.ends - time.time())
                if served not in seen.certificates:
                    seen.certificates.append(served)
                if status != 200:
                    seen.failures.append(f"HTTP {status}")

    callers = [threading.Thread(target=call, daemon=True) for _ in range(CALLERS)]
    for caller in callers:
        caller.start()
    try:
        yield seen
    finally:
        over.set()
        for caller in callers:
            caller.join(2 * TIMEOUT)


def namespace(spec: TenantSpec, app: str) -> str:
    """Return where an app runs."""
    return names.namespace(spec.name, spec.environment, spec.apps[app].namespace)


def gateway(cluster: Cluster, spec: TenantSpec, app: str) -> Object:
    """Return the gateway of an app.

    Raises:
        Refused: there is none.
    """
    path = f"/apis/gateway.networking.k8s.io/v1/namespaces/{namespace(spec, app)}/gateways/{plan.GATEWAY_NAME}"
    found: Object | None = cluster.get(path)
    if found is None:
        raise Refused(f"there is no gateway at {path}", "bring its stack up: `paas up`")
    return found


def entry(cluster: Cluster, spec: TenantSpec, app: str, *, host: str, secret: str, address: str = "") -> Entry:
    """Return how `host` is reached.

    Args:
        secret: whose `ca.crt` is trusted, where it has one.
        address: empty: what the gateway says, or the address of the platform's own within the cluster.
    """
    inside = namespace(spec, app)
    data: dict[str, str] = (cluster.get(f"/api/v1/namespaces/{inside}/secrets/{secret}") or {}).get("data") or {}
    return Entry(
        host=host,
        address=address or _address(cluster, gateway(cluster, spec, app)),
        port=443,
        trusted=b64decode(data.get("ca.crt", "")).decode(),
        path=spec.apps[app].health.ready,
    )


def _address(cluster: Cluster, found: Object) -> str:
    for each in found.get("status", {}).get("addresses") or ():
        return str(each["value"])
    service: Any = cluster.get(f"/api/v1/namespaces/{plan.GATEWAY_NAMESPACE}/services/gateway")
    if service is None:
        raise Refused("the gateway has no address", "name one with --address")
    return str(service["spec"]["clusterIP"])
