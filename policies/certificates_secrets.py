"""The Secrets that certificates end in: one writer each, names that fit, and nothing made by hand."""

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Final

from cryptography import x509

from policies._certificate import CERTIFICATES, ENTRANCES, Request, covers
from policies._kinds import core, of
from policies._object import Object
from policies._rule import HIGH, MANDATORY, MEDIUM, Whole, rule, stack_rule
from policies._stack import Stack
from policies._view import View, apart, some

SECRETS: Final = core("Secret")
EXTERNAL: Final = of("external-secrets.io", "ExternalSecret")
DATABASES: Final = of("postgresql.cnpg.io", "Cluster")
RELOAD: Final = "cnpg.io/reload"
TLS: Final = "kubernetes.io/tls"
CHAIN: Final = "tls.crt"
KEY: Final = "tls.key"


@dataclass(frozen=True, kw_only=True)
class Need:
    """A Secret from which something serves TLS, and the hosts for which it does."""

    path: str
    secret: str | None
    hosts: tuple[str, ...]


@stack_rule(
    "C8",
    area="certificates",
    level=MANDATORY,
    severity=HIGH,
    title="Each Secret that serves TLS is written by one Certificate, whose names cover every host",
    why="Two writers reissue in turns until the issuer refuses; a host that is not covered fails in every browser.",
    fix="make one Certificate per secretName with every host in dnsNames, or let annotations make it",
    serves=("F4", "X7"),
    judges=ENTRANCES | CERTIFICATES | EXTERNAL | SECRETS,
    decided_by="nothing at admission: what serves, its Secret and its Certificate are several objects",
)
def covered(whole: Whole, _stack: Stack) -> Iterator[tuple[Object | None, str]]:
    """Clients read the alternative names only, so the common name covers nothing."""
    writers = whole.objects(CERTIFICATES | ENTRANCES | EXTERNAL | SECRETS)
    for entrance in whole.objects(ENTRANCES):
        if entrance.patch:
            continue
        with apart(entrance):
            for need in _needs(entrance):
                for sentence in _served(entrance, need, writers):
                    yield entrance, sentence
        with apart(entrance):
            for host in _forgotten(entrance):
                yield entrance, f"spec.rules: {host} has no entry under spec.tls, which others have"
    for certificate in whole.objects(CERTIFICATES):
        with apart(certificate):
            secret = certificate.at("spec.secretName").text()
            others = [each for each in writers if each.resource is not certificate.resource]
            if secret and any(_writes(each, secret) for each in _beside(certificate, others)):
                yield certificate, f"spec.secretName: {secret} is written by something else as well"


def _served(entrance: Object, need: Need, writers: list[Object]) -> Iterator[str]:
    if need.secret is None:
        yield f"{need.path} names no Secret"
        return
    found = [each for each in _beside(entrance, writers) if _writes(each, need.secret)]
    makers = [each for each in found if each.kind in CERTIFICATES or each.resource is entrance.resource]
    if not makers:
        yield f"{need.path}: no Certificate writes {need.secret}"
    elif len(found) > 1:
        yield f"{need.path}: {need.secret} has {len(found)} writers"
    elif makers[0].kind in CERTIFICATES:
        names = makers[0].at("spec.dnsNames").texts()
        for host in need.hosts:
            if not any(covers(name, host) for name in names):
                yield f"{need.path}: the Certificate for {need.secret} does not cover {host}"


def _beside(found: Object, others: list[Object]) -> Iterator[Object]:
    namespace = found.namespace
    return (each for each in others if each.namespace == namespace)


def _writes(found: Object, secret: str) -> bool:
    """Return whether an object writes a Secret, or has it written."""
    if found.kind in CERTIFICATES:
        return found.at("spec.secretName").text() == secret
    if found.kind in EXTERNAL:
        return (found.at("spec.target.name").text() or found.name) == secret
    if found.kind in SECRETS:
        return found.name == secret and _filled(found)
    return any(need.secret == secret for need in _needs(found)) and Request(found).made


def _filled(secret: Object) -> bool:
    """Return whether a Secret has a certificate in it. One that only bears labels for another writer has none."""
    return not secret.patch and (_has(secret, CHAIN) or _has(secret, KEY))


def _has(secret: Object, key: str) -> bool:
    return some([secret["stringData"], secret["data"]], lambda place: key in place.fields())


def _needs(entrance: Object) -> Iterator[Need]:
    if "Ingress" in entrance.kind.name:
        for tls in entrance.at("spec.tls").items():
            hosts = tls["hosts"].texts() or _hosts(entrance)
            yield Need(path=tls.path, secret=tls["secretName"].text(), hosts=tuple(hosts))
        return
    namespace = entrance.namespace
    for listener in entrance.at("spec.listeners").items():
        tls = listener["tls"]
        if listener["protocol"].text() not in ("HTTPS", "TLS") or tls["mode"].text() == "Passthrough":
            continue
        host = listener["hostname"].text()
        references = tls["certificateRefs"].items()
        if not references:
            yield Need(path=tls.path, secret=None, hosts=())
        for reference in references:
            if reference["namespace"].text() in (None, namespace):
                yield Need(path=reference.path, secret=reference["name"].text(), hosts=(host,) if host else ())


def _hosts(ingress: Object) -> list[str]:
    return [host for each in ingress.at("spec.rules").items() if (host := each["host"].text())]


def _forgotten(entrance: Object) -> list[str]:
    """Return hosts without TLS of an Ingress that has it for others; where it has none at all is another rule's."""
    entries = entrance.at("spec.tls").items()
    listed = [host for tls in entries for host in tls["hosts"].texts()]
    if not entries or any(not tls["hosts"].texts() for tls in entries):
        return []
    return [host for host in _hosts(entrance) if not any(covers(each, host) for each in listed)]


@rule(
    "C9",
    area="certificates",
    level=MANDATORY,
    severity=HIGH,
    title="No certificate is made by hand, and one that must be is not about to expire",
    why="What nobody renews expires, on a day that nobody remembers.",
    fix="remove the Secret and make a Certificate of the same secretName",
    serves=("X7", "F4", "X9"),
    judges=SECRETS,
    decided_by="the API server's admission policy, but what is in a certificate it cannot read",
    settings={
        "handmade": {
            "type": "array",
            "items": {"type": "string"},
            "default": [],
            "description": "Secrets that may hold certificates made by hand: namespace/name.",
        },
        "days": {"type": "integer", "default": 30, "description": "For how long those must be good at least."},
    },
)
def automatic(found: Object, stack: Stack) -> Iterator[str]:
    """A chain is as good as the first of it that expires, and each of it signs the one before."""
    kind = found["type"].text()
    if kind != TLS and not (_has(found, CHAIN) and _has(found, KEY)):
        return
    if f"{found.namespace}/{found.name}" not in stack.settings["handmade"]:
        yield f"a certificate made by hand (type {kind or 'Opaque'}): nobody renews it"
        return
    with apart(found):
        chain = _chain(found)
        if not chain:
            yield f"{CHAIN} is no chain of certificates in PEM"
            return
        ends = min(each.not_valid_after_utc for each in chain)
        if ends < datetime.now(UTC) + timedelta(days=stack.settings["days"]):
            yield f"{CHAIN} expires on {ends:%Y-%m-%d}, in less than {stack.settings['days']} days"
        if any(lower.issuer != upper.subject for lower, upper in pairwise(chain)):
            yield f"{CHAIN} is in the wrong order: its own certificate first, then each one's issuer"


def _chain(secret: Object) -> list[x509.Certificate]:
    try:
        plain = secret["stringData"][CHAIN].text()
        pem = plain.encode() if plain is not None else base64.b64decode(secret["data"][CHAIN].text() or "")
        return x509.load_pem_x509_certificates(pem)
    except (ValueError, binascii.Error):
        return []


@stack_rule(
    "C10",
    area="certificates",
    level=MANDATORY,
    severity=MEDIUM,
    title="Certificates of databases rotate",
    why="The operator renews its own; one that it is given stays until it expires, and with it every connection.",
    fix=f"leave out spec.certificates, or make a Certificate for the Secret with label {RELOAD} in its secretTemplate",
    serves=("F4", "O5"),
    judges=DATABASES | CERTIFICATES | SECRETS,
    decided_by="nothing at admission: a database, its Secret and its Certificate are several objects",
)
def reloaded(whole: Whole, _stack: Stack) -> Iterator[tuple[Object | None, str]]:
    """Without the label the database goes on with what it read at its start."""
    certificates = whole.objects(CERTIFICATES)
    secrets = whole.objects(SECRETS)
    for database in whole.objects(DATABASES):
        for field in ("serverTLSSecret", "serverCASecret", "clientCASecret", "replicationTLSSecret"):
            with apart(database):
                view = database.at(f"spec.certificates.{field}")
                secret = view.text()
                if secret:
                    for sentence in _rotated(database, view, secret, certificates, secrets):
                        yield database, sentence


def _rotated(
    database: Object, view: View, secret: str, certificates: list[Object], secrets: list[Object]
) -> Iterator[str]:
    makers = [each for each in _beside(database, certificates) if _writes(each, secret)]
    if not makers:
        yield f"{view.path}: no Certificate writes {secret}"
        return
    labels = [each.at("spec.secretTemplate.labels") for each in makers]
    labels += [each.at("metadata.labels") for each in _beside(database, secrets) if each.name == secret]
    if not any(RELOAD in each.fields() for each in labels):
        yield f"{view.path}: {secret} has no label {RELOAD}, so the database keeps what it has read"
