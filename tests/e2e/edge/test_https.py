"""An app is reached from outside by HTTPS under its own names, and nobody has another's (F4, X7, L2, O6)."""

import json
import ssl
import subprocess
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest
import urllib3

from apiserver import Cluster
from drills.edge import Entry, entry
from spec import TenantSpec
from tests import examples
from tests.e2e.edge.outside import curl
from tests.e2e.scratch import scratch, served
from tests.e2e.stacks import kubectl, standing

pytestmark = [pytest.mark.e2e, pytest.mark.node]

HOST = "www.acme.example"


@pytest.fixture(scope="module")
def shop() -> Entry:
    """acme-prod, as the outside world reaches it."""
    standing("platform")
    standing("acme-prod")
    spec = examples.SPECS["acme-prod"]
    assert isinstance(spec, TenantSpec)
    return entry(Cluster(), spec, "web", host=HOST, secret="web-tls")


def test_https_answers_by_name_with_the_platforms_authority(shop: Entry, tmp_path: Path) -> None:
    authority = tmp_path / "ca.crt"
    authority.write_text(shop.trusted)
    answer = curl(shop, f"https://{HOST}/hostname", "--cacert", str(authority), "--write-out", " %{http_code}")
    assert answer.startswith("web-")
    assert answer.endswith(" 200")


def test_who_does_not_know_the_authority_does_not_trust_it(shop: Entry) -> None:
    """The negative twin: it is the certificate that convinces, not the address."""
    stranger = Entry(shop.host, shop.address, shop.port, "", shop.path)
    with pytest.raises(ssl.SSLCertVerificationError):
        stranger.ask()


def test_http_is_sent_on_to_https(shop: Entry) -> None:
    told = curl(
        shop, f"http://{HOST}/hostname?q=1", "--output", "/dev/null", "--write-out", "%{http_code} %{redirect_url}"
    )
    assert told == f"301 https://{HOST}/hostname?q=1"


def test_a_host_that_nobody_has_gets_nothing(shop: Entry) -> None:
    with urllib3.PoolManager(cert_reqs="CERT_NONE", assert_hostname=False, retries=False) as pool, pytest.warns():
        answer = pool.request("GET", f"https://{shop.address}/hostname", headers={"Host": "www.globex.example"})
    assert answer.status == 404


def test_a_host_of_another_tenant_is_refused_at_preview_and_ones_own_is_not(tmp_path: Path) -> None:
    app = served(hosts=[HOST])
    with scratch(tmp_path, name="rival", environment="dev", domains=["rival.example"], apps={"web": served()}) as rival:
        document = rival.document()
        rival.write(document | {"apps": {"web": app}})
        refused = rival.stack.attempt("preview")
        assert refused.returncode != 0
        assert f'apps.web.hosts.0: given "{HOST}", wanted a host in one of `domains`: rival.example' in refused.stdout
        rival.write(document | {"apps": {"web": served(hosts=["www.rival.example"])}})
        assert rival.stack.attempt("preview").returncode == 0


def a_route(host: str) -> dict[str, Any]:
    return {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "HTTPRoute",
        "metadata": {
            "name": "by-hand",
            "namespace": "acme-prod",
            "labels": json.loads(kubectl("get", "httproute", "web", "-n", "acme-prod", "-o", "json"))["metadata"][
                "labels"
            ],
        },
        "spec": {
            "hostnames": [host],
            "parentRefs": [{"name": "edge"}],
            "rules": [{"backendRefs": [{"name": "web", "port": 80}]}],
        },
    }


def a_certificate(host: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(kubectl("get", "certificate", "web", "-n", "acme-prod", "-o", "json"))
    return {
        "apiVersion": found["apiVersion"],
        "kind": "Certificate",
        "metadata": {"name": "by-hand", "namespace": "acme-prod", "labels": found["metadata"]["labels"]},
        "spec": found["spec"] | {"secretName": "by-hand", "dnsNames": [host]},
    }


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    ("make", "rule"), [(a_route, "a host is in none of the tenant's domains"), (a_certificate, "C7")]
)
def test_past_the_preview_the_api_server_refuses_it(make: Any, rule: str) -> None:
    def attempt(host: str) -> subprocess.CompletedProcess[str]:
        command = ["kubectl", "create", "--dry-run=server", "-f", "-"]
        return subprocess.run(command, input=json.dumps(make(host)), capture_output=True, text=True, check=False)

    refused = attempt("www.globex.example")
    assert refused.returncode != 0
    assert rule in refused.stderr
    allowed = attempt("api.acme.example")
    assert allowed.returncode == 0, allowed.stderr


@pytest.mark.usefixtures("shop")
def test_a_certificate_is_of_an_elliptic_curve_and_for_its_hosts_alone() -> None:
    secret = json.loads(kubectl("get", "secret", "web-tls", "-n", "acme-prod", "-o", "json"))["data"]
    assert b"EC PRIVATE KEY" in b64decode(secret["tls.key"])
    shown = subprocess.run(
        ["openssl", "x509", "-noout", "-text"], input=b64decode(secret["tls.crt"]), capture_output=True, check=True
    ).stdout.decode()
    assert f"DNS:{HOST}\n" in shown
