"""Ways in by Ingress and Gateway: encrypted, for the tenant's own names, by the platform's controllers alone."""

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Final

from policies._kinds import Kind, of
from policies._object import Object
from policies._rule import ADMISSION, HIGH, MANDATORY, PLAN, Whole, rule, stack_rule
from policies._stack import Stack
from policies._view import View, apart, some

INGRESSES: Final = of("networking.k8s.io", "Ingress") | of("extensions", "Ingress")
GATEWAY_API: Final = "gateway.networking.k8s.io"
GATEWAYS: Final = of(GATEWAY_API, "Gateway")
LISTENERS: Final = GATEWAYS | of(GATEWAY_API, "ListenerSet") | of("gateway.networking.x-k8s.io", "XListenerSet")
NAMED: Final = of(GATEWAY_API, "HTTPRoute", "GRPCRoute", "TLSRoute")
"""Routes that go by host names; those for TCP and UDP have none."""


def within(host: str, domain: str) -> bool:
    """Return whether a host is a domain of a stack file or lies in it: by whole labels, whatever the case."""
    name = host.lower().removesuffix(".")
    return name == domain or name.endswith(f".{domain}")


def matches(pattern: str, host: str) -> bool:
    """Return whether a host of a certificate (`*.acme.example`) is good for a host: `*` is one label."""
    if pattern.startswith("*."):
        return host.partition(".")[2] == pattern[2:]
    return pattern == host


@rule(
    "G1",
    area="ingress",
    level=MANDATORY,
    severity=HIGH,
    title="Every host is served with TLS, from a Secret that is named",
    why="A host without TLS sends sessions and passwords in clear; a redirect comes after the first request.",
    fix="name the host under `spec.tls` with its `secretName`, or give the HTTP listener an HTTPS one beside it",
    serves=("F4", "X7", "O6"),
    judges=INGRESSES | LISTENERS,
    needs=PLAN,
    patches=False,
)
def encrypted(found: Object, _stack: Stack) -> Iterator[str]:
    """`tls: [{}]` names no host, so the controller answers with whatever certificate it has."""
    if found.kind not in INGRESSES:
        yield from _listeners(found)
        return
    for each in found.at("spec.rules").items():
        with apart(each):
            host = each["host"].text()
            if host and not some(found.at("spec.tls").items(), partial(_serves, host=host)):
                yield f"{each['host'].path}: {host} is under no `tls` with hosts and secretName"


def _serves(tls: View, host: str) -> bool:
    named = some(tls["hosts"].items(), lambda each: matches(each.text() or "", host))
    return named and bool(tls["secretName"].text())


def _listeners(found: Object) -> Iterator[str]:
    listeners = found.at("spec.listeners").items()
    for listener in listeners:
        with apart(listener):
            protocol, host = listener["protocol"].text(), listener["hostname"].text()
            if protocol == "HTTP" and not some(listeners, partial(_secure, host=host)):
                yield f"{listener.path} is HTTP, and no HTTPS listener has its hostname"
        with apart(listener):
            protocol, mode = listener["protocol"].text(), listener.at("tls.mode").text()
            ends = protocol in ("HTTPS", "TLS") and mode in (None, "Terminate")
            if ends and not listener.at("tls.certificateRefs").items():
                yield f"{listener.path} is {protocol} without tls.certificateRefs"


def _secure(listener: View, host: str | None) -> bool:
    return listener["protocol"].text() in ("HTTPS", "TLS") and listener["hostname"].text() == host


@stack_rule(
    "G2",
    area="ingress",
    level=MANDATORY,
    severity=HIGH,
    title="Hosts are names within the tenant's own domains, each path once",
    why="A host of somebody else, a wildcard or an empty host takes other people's requests; a default backend all.",
    fix="write hosts out, within `domains` of the stack file",
    serves=("O6", "I8", "F4"),
    judges=INGRESSES | LISTENERS | NAMED,
    needs=PLAN,
    decided_by=f"{ADMISSION}, but for a path that two objects have: no single request shows it",
)
def owned(whole: Whole, stack: Stack) -> Iterator[tuple[Object | None, str]]:
    """What other stacks have is theirs by `domains`, so one stack is enough to judge."""
    for found in whole.objects(INGRESSES | LISTENERS | NAMED):
        for field in ("defaultBackend", "backend") if found.kind in INGRESSES else ():
            with apart(found):
                if found["spec"][field].present:
                    yield found, f"{found['spec'][field].path} takes what is for no host"
        with apart(found):
            names = found.at("spec.hostnames")
            if found.kind in NAMED and not found.patch and not names.items():
                yield found, f"{names.path} is empty, so it is every host of the gateway"
        for host in _hosts(found):
            with apart(host):
                text = host.text()
                if not text:
                    if not found.patch:
                        yield found, f"{host.path} is empty, so it is every host"
                elif "*" in text:
                    yield found, f"{host.path} is {text}: a wildcard takes what nobody has named"
                elif not any(within(text, domain) for domain in stack.tenant.domains):
                    yield found, f"{host.path} is {text}, which is in none of the tenant's domains"
    yield from _once(whole.objects(INGRESSES))


def _hosts(found: Object) -> Iterator[View]:
    """Yield the fields where hosts stand, absent ones too where one must be; routes may have none to yield."""
    spec = found["spec"]
    with apart(spec):
        if found.kind in INGRESSES:
            for each in spec["rules"].items():
                yield each["host"]
            for each in spec["tls"].items():
                with apart(each):
                    yield from each["hosts"].items()
        elif found.kind in LISTENERS:
            for each in spec["listeners"].items():
                yield each["hostname"]
        else:
            yield from spec["hostnames"].items()


def _once(ingresses: list[Object]) -> Iterator[tuple[Object | None, str]]:
    taken: Counter[tuple[str, str]] = Counter()
    for found in ingresses:
        for each in found.at("spec.rules").items() if not found.patch else ():
            with apart(each):
                host = (each["host"].text() or "").lower()
                for path in each.at("http.paths").items():
                    with apart(path):
                        place = (host, path["path"].text() or "/")
                        taken[place] += 1
                        if host and taken[place] == 2:
                            yield found, f"{path.path}: {''.join(place)} is taken by another Ingress of this stack"


CLASS: Final = "kubernetes.io/ingress.class"
RAW: Final = ("server-alias", "config-backend", "config-frontend", "config-proxy", "config-defaults")
"""Ends of annotations, beside those with `snippet`, that write hosts or lines into a controller's configuration."""

UNREAD: Final = (
    of("traefik.io", "IngressRoute", "IngressRouteTCP", "IngressRouteUDP")
    | of("traefik.containo.us", "IngressRoute", "IngressRouteTCP", "IngressRouteUDP", "Middleware")
    | of("networking.istio.io", "VirtualService", "Gateway", "EnvoyFilter")
    | of("projectcontour.io", "HTTPProxy")
    | of("k8s.nginx.org", "VirtualServer", "VirtualServerRoute", "TransportServer")
    | of("route.openshift.io", "Route")
    | of("getambassador.io", "Mapping", "Host")
)
"""Ways in that only one controller reads. Their hosts stand in languages of their own."""

MIDDLEWARES: Final = of("traefik.io", "Middleware")
TRAFFIC_POLICIES: Final = of("gateway.envoyproxy.io", "BackendTrafficPolicy")
LIMITING: Final[dict[frozenset[Kind], dict[str, tuple[str, ...]]]] = {
    MIDDLEWARES: {"spec": ("rateLimit",), "spec.rateLimit": ("average", "burst", "period", "sourceCriterion")},
    TRAFFIC_POLICIES: {"spec": ("rateLimit", "targetRefs"), "spec.rateLimit": ("local", "type")},
}
"""Kinds by which controllers limit rates, and all that may stand in them: the rest of them sends requests elsewhere,
or has the gateway ask addresses that somebody names."""

CLASSES: Final = of("networking.k8s.io", "IngressClass") | of(GATEWAY_API, "GatewayClass")


@rule(
    "G3",
    area="ingress",
    level=MANDATORY,
    severity=HIGH,
    title="Ways in go by the platform's controllers, and write nothing into their configuration",
    why="Another controller has other rules, or none; a snippet is configuration of a proxy that all tenants share.",
    fix="name the platform's class, and leave out annotations with snippets",
    serves=("O6", "E3", "I8"),
    judges=INGRESSES | GATEWAYS | UNREAD | CLASSES | MIDDLEWARES | TRAFFIC_POLICIES,
    needs=PLAN,
    settings={
        "classes": {
            "type": "array",
            "items": {"type": "string"},
            "default": ["paas"],
            "description": "The platform's classes of Ingress and Gateway.",
        }
    },
)
def classed(found: Object, stack: Stack) -> Iterator[str]:
    """No class means the cluster's default, whichever that is by then; the old annotation counts as one."""
    if found.kind in UNREAD:
        yield f"{found.kind} is a way in that these rules cannot read"
        return
    if found.kind in CLASSES:
        yield f"{found.kind} belongs to the platform"
        return
    for kinds, places in LIMITING.items():
        if found.kind in kinds:
            yield from _limiting(found, places)
            return
    annotations = found.at("metadata.annotations")
    old = annotations[CLASS]
    field = found.at("spec.gatewayClassName" if found.kind in GATEWAYS else "spec.ingressClassName")
    for place in (field, old):
        with apart(place):
            name = place.text()
            if name is not None and name not in stack.settings["classes"]:
                yield f"{place.path} is {name}, not one of {', '.join(stack.settings['classes'])}"
    with apart(field):
        if not found.patch and not field.present and (found.kind in GATEWAYS or not old.present):
            yield f"{field.path} is missing, so it is whichever class is the default"
    with apart(annotations):
        for key in annotations.fields():
            name = key.rpartition("/")[2]
            if "snippet" in name or name in RAW:
                yield f"{annotations.path} has {key}, which writes into the controller's configuration"


def _limiting(found: Object, places: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    for path, may in places.items():
        with apart(found):
            for key in found.at(path).fields():
                if key not in may:
                    yield f"{path} has {key}: {found.kind.name} may only limit rates, by {', '.join(may)}"
