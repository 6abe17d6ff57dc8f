"""The resource metrics API (metrics.k8s.io), answered by the test: every pod uses what the test says.

The real autoscaler asks it through the API server's aggregation, as it would ask metrics-server.
"""

import json
import ssl
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.e2e.stacks import kubectl

GROUP = "metrics.k8s.io/v1beta1"
SERVICE = "stub-metrics"
PORT = 443


@dataclass
class Metrics:
    """What the API says of the pods in one namespace, and how often it was asked. Of others it knows nothing.

    Attributes:
        use: millicores of each pod, from the number of times that its label selector was asked about before.
        asked: how often, by label selector.
    """

    namespace: str
    use: Callable[[int], int]
    asked: Counter[str] = field(default_factory=Counter)

    def of(self, namespace: str, selector: str) -> list[dict[str, Any]]:
        if namespace != self.namespace:
            return []
        times = self.asked[selector]
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        found = [
            {
                "metadata": {"name": name, "namespace": namespace},
                "timestamp": now,
                "window": "1s",
                "containers": [{"name": "main", "usage": {"cpu": f"{self.use(times)}m", "memory": "1Mi"}}],
            }
            for name in pods_of(namespace, selector)
        ]
        self.asked[selector] += 1
        return found


def pods_of(namespace: str, selector: str) -> list[str]:
    """Return the names of the pods that run."""
    running = ("--field-selector", "status.phase=Running", "-o", "jsonpath={.items[*].metadata.name}")
    return kubectl("get", "pods", "-n", namespace, "-l", selector, *running).split()


def _handler(metrics: Metrics) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            parts = asked.path.strip("/").split("/")
            if len(parts) == 6 and parts[3] == "namespaces":  # apis/<group>/<version>/namespaces/<name>/pods
                selector = parse_qs(asked.query).get("labelSelector", [""])[0]
                body = {"kind": "PodMetricsList", "apiVersion": GROUP, "items": metrics.of(parts[4], selector)}
            else:
                pods = {"name": "pods", "singularName": "", "namespaced": True, "kind": "PodMetrics", "verbs": ["list"]}
                body = {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": GROUP, "resources": [pods]}
            answer = json.dumps(body).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Nothing: the test says what went wrong."""

    return Handler


def _certified(folder: Path) -> ssl.SSLContext:
    """Return TLS with a certificate of its own signing: the API server is told not to ask by whom."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, SERVICE)])
    now = datetime.now(UTC)
    certificate = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(hours=1)
    ).sign(key, hashes.SHA256())
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


def _objects(address: str, port: int) -> dict[str, Any]:
    found = {"name": SERVICE, "namespace": "default"}
    service = {"apiVersion": "v1", "kind": "Service", "metadata": found, "spec": {"ports": [{"port": PORT}]}}
    behind = {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": found | {"labels": {"kubernetes.io/service-name": SERVICE}},
        "addressType": "IPv4",
        "endpoints": [{"addresses": [address], "conditions": {"ready": True}}],
        "ports": [{"name": "", "port": port}],
    }
    served = {
        "apiVersion": "apiregistration.k8s.io/v1",
        "kind": "APIService",
        "metadata": {"name": ".".join(reversed(GROUP.split("/")))},
        "spec": {
            "group": "metrics.k8s.io",
            "version": "v1beta1",
            "groupPriorityMinimum": 100,
            "versionPriority": 100,
            "insecureSkipTLSVerify": True,
            "service": found | {"port": PORT},
        },
    }
    return {"apiVersion": "v1", "kind": "List", "items": [service, behind, served]}


@contextmanager
def answering(metrics: Metrics, folder: Path) -> Iterator[None]:
    """Serve `metrics` at the node's address, and let the cluster know; afterwards it has no metrics, as before."""
    address = kubectl("get", "node", "sandbox", "-o", 'jsonpath={.status.addresses[?(@.type=="InternalIP")].address}')
    server = ThreadingHTTPServer((address, 0), _handler(metrics))
    server.socket = _certified(folder).wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    objects = json.dumps(_objects(address, server.server_port))
    try:
        kubectl("apply", "-f", "-", stdin=objects)
        kubectl("wait", "apiservice/v1beta1.metrics.k8s.io", "--for=condition=Available", "--timeout=30s")
        yield
    finally:
        kubectl("delete", "-f", "-", "--ignore-not-found", stdin=objects)
        server.shutdown()
        server.server_close()
