"""The certificate drills without a cluster: what callers see at a socket, and what the drill makes of it (F4)."""

import secrets
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from apiserver import wait
from drills.certificate import _judge, _objects
from drills.edge import Entry, Seen, Served, load
from drills.verdict import Bench
from tests.builders import a_tenant, an_app

HOST = "www.acme.example"


class Gateway:
    """A TLS server on loopback, whose certificate can be changed while it serves."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "pem"
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.trusted = ""
        self.renew()

    def renew(self) -> None:
        """Serve another certificate with another key, which signs itself."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, secrets.token_hex(4))])
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(minutes=1))
            .not_valid_after(now + timedelta(hours=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        pem = certificate.public_bytes(Encoding.PEM).decode()
        self.trusted += pem
        self._file.write_text(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode() + pem)
        self.context.load_cert_chain(self._file)


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[tuple[Gateway, int]]:
    made, over = Gateway(tmp_path), threading.Event()
    listening = socket.create_server(("127.0.0.1", 0))
    listening.settimeout(0.1)

    def serve() -> None:
        while not over.is_set():
            try:
                plain, _ = listening.accept()
                with plain, made.context.wrap_socket(plain, server_side=True) as secure:
                    secure.recv(4096)
                    secure.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            except OSError:
                continue

    thread = threading.Thread(target=serve)
    thread.start()
    yield made, listening.getsockname()[1]
    over.set()
    thread.join()
    listening.close()


def test_callers_see_each_certificate_once_and_judge_by_the_socket(gateway: tuple[Gateway, int]) -> None:
    server, port = gateway
    first = server.trusted
    server.renew()
    second = server.trusted
    assert first != second
    with load(Entry(HOST, "127.0.0.1", port, second, "/")) as seen:
        wait("an answer", lambda: len(seen.seconds) > 3, within=10, poll=0.05)
    assert len(seen.certificates) == 1
    assert seen.failures == []
    assert 3500 < seen.least <= 3600


def test_a_certificate_that_nobody_was_told_of_is_a_failed_handshake(gateway: tuple[Gateway, int]) -> None:
    server, port = gateway
    known = server.trusted
    server.renew()
    with load(Entry(HOST, "127.0.0.1", port, known, "/")) as seen:
        wait("a failure", lambda: seen.failures, within=10, poll=0.05)
    assert "CERTIFICATE_VERIFY_FAILED" in seen.failures[0]
    assert seen.certificates == []


def seen(*certificates: Served, failures: tuple[str, ...] = ()) -> Seen:
    return Seen(certificates=list(certificates), failures=list(failures), seconds=[0.01, 0.02])


GOOD = seen(Served(1, "a", 0), Served(2, "b", 0))


@pytest.mark.parametrize(
    ("found", "passed"),
    [
        (GOOD, True),
        (seen(Served(1, "a", 0)), False),
        (seen(Served(1, "a", 0), Served(2, "a", 0)), False),
        (seen(Served(1, "a", 0), Served(2, "b", 0), failures=("no handshake: reset",)), False),
        (Seen(), False),
    ],
    ids=["renewed", "never renewed", "the same key again", "one failed handshake", "nobody asked"],
)
def test_one_renewal_is_a_new_serial_a_new_key_and_no_failure(found: Seen, passed: bool) -> None:
    bench = Bench("certificate", namespace="acme-prod", subject="web")
    _judge(bench, found, 1)
    assert bench.verdict().passed is passed


def test_a_short_lived_certificate_is_due_again_soon_and_keeps_the_rules() -> None:
    spec = a_tenant(domains=["acme.example"], apps={"web": an_app(hosts=[HOST])})
    issuer = {"name": "paas", "kind": "ClusterIssuer"}
    made = dict(_objects(spec, "web", name="d", host="d.acme.example", issuer=issuer, gateway_class="paas"))
    [certificate] = [body["spec"] for path, body in made.items() if path.endswith("certificates")]
    assert (certificate["duration"], certificate["renewBefore"]) == ("1h", "59m45s")
    assert certificate["privateKey"]["rotationPolicy"] == "Always"
