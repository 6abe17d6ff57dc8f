"""The authority of a database, and the certificate that it gave its servers: brought near their end, and seen renewed.

The operator renews both a week before they end, which nobody waits for: here they are signed again, by the same key,
for a day.
"""

import json
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.e2e.stacks import kubectl

SHOP, POOLERS = "app.kubernetes.io/name=shop", "cnpg.io/poolerName"
AUTHORITY, SERVER = "orders--db-ca", "orders--db-server"
OPERATOR = "system:serviceaccount:cnpg-system:cnpg-manager"  # whom rule C9 lets write such certificates
LEFT = timedelta(days=1)  # the operator renews what has less than seven
PATIENCE = 180  # seconds; the kubelet brings a changed Secret into a volume within 90 or so

SERVED = """
import os, socket, ssl, urllib.parse
at = urllib.parse.urlsplit(os.environ["ORDERS_URI"])
raw = socket.create_connection((at.hostname, at.port), timeout=5)
raw.sendall(bytes([0, 0, 0, 8, 4, 210, 22, 47]))  # Postgres' request for TLS
assert raw.recv(1) == b"S"
context = ssl.create_default_context(cafile="/databases/orders/ca.crt")
with context.wrap_socket(raw, server_hostname=at.hostname) as talk:
    print(ssl.DER_cert_to_PEM_cert(talk.getpeercert(binary_form=True)))
"""


@dataclass(frozen=True)
class Pair:
    """A certificate with its key, as a Secret keeps it."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def kept(namespace: str, secret: str) -> Pair:
    """Return what a Secret of the operator's keeps."""
    data = json.loads(kubectl("get", "secret", secret, "-n", namespace, "-o", "json"))["data"]
    kind = "ca" if "ca.key" in data else "tls"
    key = serialization.load_pem_private_key(b64decode(data[f"{kind}.key"]), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return Pair(x509.load_pem_x509_certificate(b64decode(data[f"{kind}.crt"])), key)


def _staying(namespace: str, labels: str) -> list[dict[str, Any]]:
    """Return the pods with these labels, without those that an earlier change of the shop is still ending."""
    found = json.loads(kubectl("get", "pods", "-n", namespace, "-l", labels, "-o", "json"))["items"]
    staying = [pod for pod in found if "deletionTimestamp" not in pod["metadata"]]
    assert staying, labels
    return staying


def served(namespace: str) -> x509.Certificate:
    """Return the certificate that the poolers show an app which trusts the authority in its own file."""
    pod = _staying(namespace, SHOP)[0]["metadata"]["name"]
    said = kubectl("exec", "-n", namespace, pod, "--", "python3", "-c", SERVED)
    return x509.load_pem_x509_certificate(said.encode())


def known(namespace: str) -> set[str]:
    """Return the authority as the file of each of the shop's copies has it."""
    pods = [pod["metadata"]["name"] for pod in _staying(namespace, SHOP)]
    return {kubectl("exec", "-n", namespace, pod, "--", "cat", "/databases/orders/ca.crt") for pod in pods}


def starts(namespace: str) -> dict[str, int]:
    """Return how often containers of the shop and of the poolers have started anew, by pod."""
    pods = _staying(namespace, SHOP) + _staying(namespace, POOLERS)
    return {
        pod["metadata"]["name"]: sum(each["restartCount"] for each in pod["status"]["containerStatuses"])
        for pod in pods
    }


def bring_near_its_end(namespace: str, secret: str, by: Pair) -> None:
    """Sign the certificate again, by the same key, for a day, and let the operator find it so."""
    old = kept(namespace, secret)
    builder = (
        x509.CertificateBuilder(extensions=list(old.certificate.extensions))
        .subject_name(old.certificate.subject)
        .issuer_name(by.certificate.subject)
        .public_key(old.key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(minutes=5))
        .not_valid_after(datetime.now(UTC) + LEFT)
    )
    field = "ca.crt" if secret == AUTHORITY else "tls.crt"
    text = b64encode(pem(builder.sign(by.key, hashes.SHA256())).encode()).decode()
    patch = ("--type=merge", "-p", json.dumps({"data": {field: text}}))
    kubectl("patch", "secret", secret, "-n", namespace, *patch, "--as", OPERATOR)


def let_poolers_be_looked_at(namespace: str) -> None:
    """Let the operator look at the poolers now.

    It does where one of them changes; a certificate that it has renewed is no such change (CloudNativePG 1.30,
    `PoolerReconciler.SetupWithManager`).
    """
    kubectl("annotate", "poolers.postgresql.cnpg.io", "--all", "-n", namespace, "--overwrite", "seen-by-a-test=yes")


def lasts(namespace: str, secret: str) -> bool:
    """Whether a certificate has been renewed: it lives on for longer than what it was brought to."""
    return kept(namespace, secret).certificate.not_valid_after_utc > datetime.now(UTC) + 2 * LEFT
