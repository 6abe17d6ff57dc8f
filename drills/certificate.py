"""Certificates are renewed under load: at once because somebody asks for it, and by the clock, several times in a row.

What counts is what the socket serves. The first drill renews the app's own certificate; the second makes a host of its
own beside the app's, whose certificate is due again every few seconds, and takes it away afterwards.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from apiserver import MERGE, Cluster, Object, Refused, wait
from drills._event import told
from drills.edge import Entry, Seen, Served, entry, gateway, load, namespace
from drills.verdict import Bench, Verdict
from spec import plan
from spec.labels import labels
from spec.tenant import TenantSpec

RENEWALS = 3
PATIENCE = 90.0
"""Seconds in which a renewal must be served."""

LIFE, RENEWED_BEFORE, DUE_SECONDS = "1h", "59m45s", 15
"""The shortest life that cert-manager gives, and renewed so early that it is due again every quarter of a minute."""

CERTIFICATES = "/apis/cert-manager.io/v1/namespaces/{}/certificates"
GATEWAYS = "/apis/gateway.networking.k8s.io/v1/namespaces/{}"


def rotation(spec: TenantSpec, app: str, *, renewals: int = RENEWALS, address: str = "") -> Verdict:
    """Renew the app's certificate `renewals` times, one after the other, while it is being called."""
    cluster, inside = Cluster(), namespace(spec, app)
    bench = Bench("certificate", namespace=inside, subject=app)
    path = f"{CERTIFICATES.format(inside)}/{app}"
    secret = str(_certificate(cluster, path)["spec"]["secretName"])
    target = entry(cluster, spec, app, host=spec.apps[app].hosts[0], secret=secret, address=address)
    with _called(target) as seen:
        for number in range(1, renewals + 1):
            known = set(seen.certificates)
            _force(cluster, path)
            bench.figure(f"renewal{number}Seconds", _until_served(seen, known))
    _judge(bench, seen, renewals)
    return told(cluster, path, bench.verdict())


def expiry(spec: TenantSpec, app: str, *, renewals: int = RENEWALS, address: str = "") -> Verdict:
    """Let a certificate of a host beside the app's come due `renewals` times by the clock, while it is being called."""
    cluster, inside = Cluster(), namespace(spec, app)
    bench = Bench("expiry", namespace=inside, subject=app)
    with _short_lived(cluster, spec, app) as (host, secret, path):
        target = entry(cluster, spec, app, host=host, secret=secret, address=address)
        wait(f"{host} answers", lambda: _answers(target.ask), within=PATIENCE)
        with _called(target) as seen:
            for number in range(1, renewals + 1):
                bench.figure(f"renewal{number}Seconds", _until_served(seen, set(seen.certificates), DUE_SECONDS))
        _judge(bench, seen, renewals)
        bench.figure("leastLifeLeftSeconds", seen.least)
        bench.check("life left, at the worst", seen.least > 0, found=f"{seen.least:.0f} s", wanted="more than 0 s")
        return told(cluster, path, bench.verdict())


@contextmanager
def _called(target: Entry) -> Iterator[Seen]:
    """Call without end as long as the block runs, which begins when the first certificate was served.

    Raises:
        Refused: what is called does not answer to begin with.
    """
    with load(target) as seen:
        wait(f"an answer from {target.host}", lambda: seen.certificates or seen.failures, within=PATIENCE, poll=0.05)
        if not seen.certificates:
            raise Refused(f"{target.host} at {target.address}:{target.port}: {seen.failures[0]}")
        yield seen


def _judge(bench: Bench, seen: Seen, renewals: int) -> None:
    found = seen.certificates
    serials, keys = {each.serial for each in found}, {each.key for each in found}
    asked = len(seen.seconds) + len(seen.failures)
    wanted = renewals + 1
    bench.check("serials served", len(serials) >= wanted, found=len(serials), wanted=f"{wanted} or more")
    bench.check("keys served", len(keys) == len(serials), found=len(keys), wanted=f"{len(serials)}, one with each")
    bench.check(
        "requests that failed",
        asked > 0 and not seen.failures,
        found=f"{len(seen.failures)} of {asked}" + (f": {seen.failures[0]}" if seen.failures else ""),
        wanted=0,
    )
    bench.figure("requests", asked)
    bench.figure("failures", len(seen.failures))
    bench.figure("p95Seconds", seen.p95())


def _until_served(seen: Seen, known: set[Served], due: float = 0) -> float:
    began = datetime.now(UTC)
    wait("a renewed certificate at the socket", lambda: set(seen.certificates) - known, within=due + PATIENCE, poll=0.1)
    return (datetime.now(UTC) - began).total_seconds()


def _certificate(cluster: Cluster, path: str) -> Object:
    found: Object | None = cluster.get(path)
    if found is None:
        raise Refused(f"there is no certificate at {path}", "bring its stack up: `paas up`")
    return found


def _force(cluster: Cluster, path: str) -> None:
    """Ask for a renewal as cert-manager's own command does: by the condition `Issuing`."""
    found = _certificate(cluster, path)
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    asked = {
        "type": "Issuing",
        "status": "True",
        "reason": "ManuallyTriggered",
        "message": "a drill of the platform",
        "lastTransitionTime": now,
        "observedGeneration": found["metadata"]["generation"],
    }
    others = [each for each in found["status"].get("conditions", ()) if each["type"] != "Issuing"]
    cluster.call("PATCH", f"{path}/status", {"status": {"conditions": [*others, asked]}}, content=MERGE)


@contextmanager
def _short_lived(cluster: Cluster, spec: TenantSpec, app: str) -> Iterator[tuple[str, str, str]]:
    """Give a host with a certificate that is due again and again: (host, Secret, path of the Certificate)."""
    inside, name = namespace(spec, app), f"paas-drill-{secrets.token_hex(4)}"
    host = f"{name}.{_domain(spec, app)}"
    issuer = _certificate(cluster, f"{CERTIFICATES.format(inside)}/{app}")["spec"]["issuerRef"]
    chosen = gateway(cluster, spec, app)["spec"]["gatewayClassName"]
    made = _objects(spec, app, name=name, host=host, issuer=issuer, gateway_class=chosen)
    try:
        for path, body in made:
            cluster.call("POST", path, body)
        certificate = f"{CERTIFICATES.format(inside)}/{name}"
        wait(f"certificate {name}", lambda: _ready(cluster.get(certificate)), within=PATIENCE)
        yield host, name, certificate
    finally:
        for path, _ in reversed(made):
            cluster.call("DELETE", f"{path}/{name}")
        cluster.call("DELETE", f"/api/v1/namespaces/{inside}/secrets/{name}")


def _objects(
    spec: TenantSpec, app: str, *, name: str, host: str, issuer: Object, gateway_class: str
) -> list[tuple[str, Object]]:
    inside = namespace(spec, app)
    metadata = {"name": name, "namespace": inside, "labels": labels(spec)}
    tls = {"mode": "Terminate", "certificateRefs": [{"name": name}]}
    listeners = [
        {"name": "http", "hostname": host, "port": 80, "protocol": "HTTP"},
        {"name": "https", "hostname": host, "port": 443, "protocol": "HTTPS", "tls": tls},
    ]
    certificate = {
        "secretName": name,
        "duration": LIFE,
        "renewBefore": RENEWED_BEFORE,
        "privateKey": {"algorithm": "ECDSA", "size": 256, "rotationPolicy": "Always"},
        "issuerRef": dict(issuer),
        "dnsNames": [host],
    }
    route = {
        "hostnames": [host],
        "parentRefs": [{"name": name, "sectionName": "https"}],
        "rules": [{"backendRefs": [{"name": app, "port": plan.HTTP_PORT}]}],
    }
    gateways = "gateway.networking.k8s.io/v1"
    return [
        (
            CERTIFICATES.format(inside),
            {"apiVersion": "cert-manager.io/v1", "kind": "Certificate", "metadata": metadata, "spec": certificate},
        ),
        (
            f"{GATEWAYS.format(inside)}/gateways",
            {
                "apiVersion": gateways,
                "kind": "Gateway",
                "metadata": metadata,
                "spec": {"gatewayClassName": gateway_class, "listeners": listeners},
            },
        ),
        (
            f"{GATEWAYS.format(inside)}/httproutes",
            {"apiVersion": gateways, "kind": "HTTPRoute", "metadata": metadata, "spec": route},
        ),
    ]


def _domain(spec: TenantSpec, app: str) -> str:
    host = spec.apps[app].hosts[0]
    return next(domain for domain in spec.domains if host == domain or host.endswith(f".{domain}"))


def _ready(found: Any) -> bool:
    conditions = ((found or {}).get("status") or {}).get("conditions") or ()
    return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)


def _answers(ask: Any) -> bool:
    try:
        return bool(ask()[1] == 200)
    except OSError:
        return False
