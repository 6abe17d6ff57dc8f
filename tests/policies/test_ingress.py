"""Hosts, certificates and old APIs: what the corpus cannot send to a server of today."""

from typing import Any

import pytest

from policies._object import Resource
from policies._stack import Stack
from policies.ingress import matches, within
from policies.rules import BY_ID
from tests.builders import a_tenant
from tests.policies.judging import judged, token

STACK = Stack(name="acme-prod", spec=a_tenant(domains=["acme.example"]), settings={"classes": ["paas"]})


def _sentences(rule: str, **found: Any) -> list[str]:
    resource = Resource(type=token(found), urn="", name="", properties=found)
    return [refusal.sentence for refusal in judged(BY_ID[rule], (resource,), STACK).refusals]


@pytest.mark.parametrize(
    "host", ["acme.example", "www.acme.example", "WWW.Acme.Example", "www.acme.example.", "a.b.acme.example"]
)
def test_hosts_in_a_domain(host: str) -> None:
    assert within(host, "acme.example")


@pytest.mark.parametrize("host", ["evilacme.example", "acme.example.evil.io", "example", "", "acme-example"])
def test_hosts_outside_it(host: str) -> None:
    assert not within(host, "acme.example")


@pytest.mark.parametrize(
    ("pattern", "host", "good"),
    [
        ("www.acme.example", "www.acme.example", True),
        ("www.acme.example", "api.acme.example", False),
        ("*.acme.example", "www.acme.example", True),
        ("*.acme.example", "a.b.acme.example", False),
        ("*.acme.example", "acme.example", False),
        ("", "acme.example", False),
    ],
)
def test_what_a_certificate_is_good_for(pattern: str, host: str, good: bool) -> None:
    assert matches(pattern, host) is good


OLD = {"apiVersion": "extensions/v1beta1", "kind": "Ingress"}


def test_an_ingress_of_an_old_api_is_one() -> None:
    assert _sentences("G2", **OLD, spec={"backend": {"serviceName": "web", "servicePort": 80}}) == [
        "spec.backend takes what is for no host"
    ]
    assert _sentences("G3", **OLD, spec={}) == [
        "spec.ingressClassName is missing, so it is whichever class is the default"
    ]
    assert _sentences("G1", **OLD, spec={"rules": [{"host": "a.acme.example"}]}) == [
        "spec.rules[0].host: a.acme.example is under no `tls` with hosts and secretName"
    ]


UNREAD = {
    "traefik.io/v1alpha1": "IngressRoute IngressRouteTCP IngressRouteUDP",
    "traefik.containo.us/v1alpha1": "IngressRoute IngressRouteTCP IngressRouteUDP Middleware",
    "networking.istio.io/v1": "VirtualService Gateway EnvoyFilter",
    "projectcontour.io/v1": "HTTPProxy",
    "k8s.nginx.org/v1": "VirtualServer VirtualServerRoute TransportServer",
    "route.openshift.io/v1": "Route",
    "getambassador.io/v2": "Mapping Host",
}


@pytest.mark.parametrize(("api", "kind"), [(api, kind) for api, kinds in UNREAD.items() for kind in kinds.split()])
def test_ways_in_that_nobody_can_read(api: str, kind: str) -> None:
    [sentence] = _sentences("G3", apiVersion=api, kind=kind)
    assert sentence.endswith("is a way in that these rules cannot read")


def test_a_class_of_gateways_is_the_platforms() -> None:
    assert _sentences("G3", apiVersion="gateway.networking.k8s.io/v1", kind="GatewayClass") == [
        "GatewayClass.gateway.networking.k8s.io belongs to the platform"
    ]


@pytest.mark.parametrize("kind", ["HTTPRoute", "GRPCRoute", "TLSRoute"])
def test_routes_that_go_by_names(kind: str) -> None:
    found = {"apiVersion": "gateway.networking.k8s.io/v1", "kind": kind, "spec": {"hostnames": []}}
    assert _sentences("G2", **found) == ["spec.hostnames is empty, so it is every host of the gateway"]


@pytest.mark.parametrize(
    "name", ["server-alias", "config-backend", "config-frontend", "config-proxy", "config-defaults"]
)
def test_annotations_that_write_into_the_controller(name: str) -> None:
    metadata = {"annotations": {f"x.example/{name}": "x"}}
    found = {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "spec": {"ingressClassName": "paas"}}
    [sentence] = _sentences("G3", **found, metadata=metadata)
    assert f"x.example/{name}" in sentence


@pytest.mark.parametrize("kind", ["ListenerSet", "XListenerSet"])
def test_listeners_of_their_own_are_listeners(kind: str) -> None:
    api = "gateway.networking.k8s.io/v1" if kind == "ListenerSet" else "gateway.networking.x-k8s.io/v1alpha1"
    listener = {"name": "http", "protocol": "HTTP", "port": 80, "allowedRoutes": {"namespaces": {"from": "All"}}}
    found = {
        "apiVersion": api,
        "kind": kind,
        "spec": {"listeners": [listener], "parentRef": {"namespace": "globex-prod"}},
    }
    assert _sentences("G1", **found) == ["spec.listeners[0] is HTTP, and no HTTPS listener has its hostname"]
    assert _sentences("G2", **found) == ["spec.listeners[0].hostname is empty, so it is every host"]
    assert _sentences("G4", **found) == [
        "spec.parentRef.namespace is globex-prod, which is not this environment's",
        "spec.listeners[0].allowedRoutes.namespaces.from is All: any tenant's",
    ]


def test_certificates_where_gateways_named_them_before() -> None:
    tls = {
        "frontendValidation": {"caCertificateRefs": [{"kind": "ConfigMap", "name": "ca", "namespace": "globex-prod"}]}
    }
    found = {"apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway", "spec": {"listeners": [{"tls": tls}]}}
    assert _sentences("G4", **found) == [
        "spec.listeners[0].tls.frontendValidation.caCertificateRefs[0].namespace is globex-prod,"
        " which is not this environment's"
    ]
