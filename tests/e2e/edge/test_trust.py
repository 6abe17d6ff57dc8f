"""Whoever has the platform's authority calls its hosts by HTTPS, and an app that asks for it has it (F4, X7)."""

import json
import ssl
from base64 import b64decode
from collections.abc import Iterator

import pytest
import urllib3
from cryptography import x509

from apiserver import Cluster
from drills.edge import Entry, entry
from spec import TenantSpec, plan
from tests import examples
from tests.e2e.scratch import Scratch, scratch, served
from tests.e2e.stacks import kubectl, standing

pytestmark = [pytest.mark.e2e, pytest.mark.node]

HOST, TRUSTING = "www.acme.example", "www.trusting.example"


@pytest.fixture(scope="module")
def trusting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scratch]:
    """A tenant with an app that answers with any file of its own, and is ready when it has the authority's."""
    app = served(
        args=["test-webserver", "--port=8080"],
        hosts=[TRUSTING],
        trust=True,
        health={"ready": f"{plan.AUTHORITY_FOLDER}/{plan.CA_KEY}", "live": "/"},
    )
    folder = tmp_path_factory.mktemp("trusting")
    domains, batch = ["trusting.example"], {"batch": {"percent": 30}}
    with scratch(
        folder, name="trusting", environment="dev", domains=domains, namespaces=batch, apps={"web": app}
    ) as made:
        made.stack.up()
        yield made


@pytest.fixture(scope="module")
def shop(trusting: Scratch) -> Entry:
    """acme-prod, another tenant, as the outside world reaches it; the platform stands with the first."""
    standing("acme-prod")
    spec = examples.SPECS["acme-prod"]
    assert isinstance(spec, TenantSpec)
    return entry(Cluster(), spec, "web", host=HOST, secret="web-tls")


def told(namespace: str) -> dict[str, str]:
    """Return what stands in the ConfigMap of a namespace."""
    found = json.loads(kubectl("get", "configmap", plan.AUTHORITY_NAME, "-n", namespace, "-o", "json"))
    data: dict[str, str] = found["data"]
    return data


def ask(address: str, host: str, path: str, trusts: str | None) -> urllib3.BaseHTTPResponse:
    """Ask a host by HTTPS; who trusts nothing has an empty store, not the machine's."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if trusts is not None:
        context.load_verify_locations(cadata=trusts)
    with urllib3.HTTPSConnectionPool(
        address, ssl_context=context, server_hostname=host, assert_hostname=host, retries=False
    ) as pool:
        return pool.request("GET", path, headers={"Host": host}, timeout=10)


def test_every_namespace_of_a_tenants_has_the_certificate_alone(trusting: Scratch) -> None:
    here, there = told(trusting.namespace), told(f"{trusting.namespace}--batch")
    assert here == there
    assert list(here) == [plan.CA_KEY]
    [found] = x509.load_pem_x509_certificates(here[plan.CA_KEY].encode())
    assert found.subject == found.issuer
    assert "PRIVATE KEY" not in here[plan.CA_KEY]


def test_no_state_has_the_authoritys_key(trusting: Scratch) -> None:
    """The twin stands beside it: its certificate is in the platform's, so the key would be seen."""
    secret = json.loads(kubectl("get", "secret", "paas-root", "-n", "cert-manager", "-o", "json"))["data"]
    platform, tenant = (
        stack.run("stack", "export", "--show-secrets") for stack in (standing("platform"), trusting.stack)
    )
    assert secret["tls.crt"] in platform
    [_, body, *_] = b64decode(secret["tls.key"]).decode().splitlines()
    for state in (platform, tenant):
        assert secret["tls.key"] not in state
        assert body not in state


def test_with_it_another_tenants_host_is_known(trusting: Scratch, shop: Entry) -> None:
    answer = ask(shop.address, HOST, "/hostname", told(trusting.namespace)[plan.CA_KEY])
    assert answer.status == 200
    assert answer.data.startswith(b"web-")


def test_without_it_the_host_is_not_trusted(shop: Entry) -> None:
    """The negative twin: same host, same address, nothing to know it by."""
    with pytest.raises(urllib3.exceptions.SSLError, match=r"CERTIFICATE_VERIFY_FAILED.*issuer certificate"):
        ask(shop.address, HOST, "/hostname", None)


def test_an_app_that_asks_for_it_has_it_as_a_file(trusting: Scratch, shop: Entry) -> None:
    authority = told(trusting.namespace)[plan.CA_KEY]
    answer = ask(shop.address, TRUSTING, f"{plan.AUTHORITY_FOLDER}/{plan.CA_KEY}", authority)
    assert (answer.status, answer.data.decode()) == (200, authority)
