"""Real credentials: client certificates that the cluster signs, and tokens that it issues."""

import base64
import time
from functools import partial
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.e2e.access.people import Person, bearer, connection

REQUESTS = "/apis/certificates.k8s.io/v1/certificatesigningrequests"
PATIENCE = 30  # seconds for the cluster to sign
LIFETIME = 600  # seconds, the shortest that Kubernetes gives


def certified(folder: Path, user: str, group: str) -> Person:
    """Return `user` of `group`, known by a certificate of the cluster's own authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, group), x509.NameAttribute(NameOID.COMMON_NAME, user)]
    )
    asked = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
    certificate, private = folder / f"{user}.crt", folder / f"{user}.key"
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    certificate.write_bytes(_signed(f"test-{user}", asked.public_bytes(serialization.Encoding.PEM)))
    return Person(pool=partial(connection, str(certificate), str(private)))


def _signed(name: str, asked: bytes) -> bytes:
    """Have the cluster sign, as its administrator approves it."""
    administrator = Person()
    spec = {
        "request": base64.b64encode(asked).decode(),
        "signerName": "kubernetes.io/kube-apiserver-client",
        "expirationSeconds": LIFETIME,
        "usages": ["client auth"],
    }
    kind = {"apiVersion": "certificates.k8s.io/v1", "kind": "CertificateSigningRequest"}
    made = administrator.ask("POST", REQUESTS, kind | {"metadata": {"name": name}, "spec": spec}, dry=False)
    assert made.code == 201, made.said
    try:
        approval = {"type": "Approved", "status": "True", "reason": "Test"}
        body = made.body | {"status": {"conditions": [approval]}}
        assert administrator.ask("PUT", f"{REQUESTS}/{name}/approval", body, dry=False).code == 200
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            status: dict[str, Any] = administrator.ask("GET", f"{REQUESTS}/{name}").body["status"]
            if "certificate" in status:
                return base64.b64decode(status["certificate"])
            time.sleep(0.05)
        raise AssertionError(f"the cluster did not sign within {PATIENCE} s")
    finally:
        administrator.ask("DELETE", f"{REQUESTS}/{name}", dry=False)


def account(namespace: str, name: str, audience: str | None = None) -> Person:
    """Return a service account, known by a token that the cluster issues to its administrator."""
    spec = {"expirationSeconds": LIFETIME} | ({"audiences": [audience]} if audience else {})
    path = f"/api/v1/namespaces/{namespace}/serviceaccounts/{name}/token"
    issued = Person().ask("POST", path, {"spec": spec}, dry=False)
    assert issued.code == 201, issued.said
    return bearer(issued.body["status"]["token"])


def known_as(who: Person) -> tuple[str, list[str]]:
    """Return the name and the groups that the API server knows somebody by."""
    answer = who.ask("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", {}, dry=False)
    assert answer.code == 201, answer.said
    found = answer.body["status"]["userInfo"]
    return found["username"], found["groups"]
