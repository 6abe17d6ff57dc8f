"""Whose certificates: who issues them, and for which names."""

from collections.abc import Iterator
from typing import Final

from policies._certificate import ASKING, Request, within
from policies._kinds import of
from policies._object import Object
from policies._rule import CRITICAL, HIGH, MANDATORY, PLAN, rule
from policies._stack import Stack
from policies._view import View, apart
from spec import plan
from spec.tenant import Environment, TenantSpec

REQUESTS: Final = (
    of("cert-manager.io", "CertificateRequest")
    | of("acme.cert-manager.io", "Order", "Challenge")
    | of("certificates.k8s.io", "CertificateSigningRequest")
)
"""What cert-manager makes of a Certificate; the names stand in an encoded request."""

ISSUERS: Final = of("cert-manager.io", "Issuer", "ClusterIssuer")
GROUP: Final = "cert-manager.io"
SERVICES: Final = ("svc", "svc.cluster.local")


@rule(
    "C6",
    area="certificates",
    level=MANDATORY,
    severity=HIGH,
    title="Certificates come from issuers of the platform",
    why="An issuer of one's own signs any name, and one that signs itself convinces nobody.",
    fix="name an issuer that the platform offers, with its kind: without one, Issuer is meant",
    serves=("X7", "O6"),
    judges=ASKING | ISSUERS,
    needs=PLAN,
    settings={
        "issuers": {
            "type": "array",
            "items": {"type": "string"},
            "default": ["ClusterIssuer/paas"],
            "description": "Kind/name; of another API group than cert-manager's: Kind.group/name.",
        }
    },
)
def issued(found: Object, stack: Stack) -> Iterator[str]:
    """An object that only one namespace can use is still refused in production where it signs itself."""
    if found.kind in ISSUERS:
        if found.kind.name == "ClusterIssuer":
            yield "ClusterIssuers are the platform's"
        elif stack.tenant.environment is Environment.PROD and found.at("spec.selfSigned").present:
            yield "spec.selfSigned in production: nobody can trust it"
        return
    request = Request(found)
    if request.annotated:
        yield from _annotated(request, stack)
        return
    reference = found.at("spec.issuerRef")
    if found.patch and not reference.present:
        return
    name = reference["name"].text()
    if name is None:
        yield f"{reference.path}.name is missing"
    else:
        yield from _allowed(
            reference.path, reference["kind"].text() or "Issuer", reference["group"].text() or GROUP, name, stack
        )


def _annotated(request: Request, stack: Stack) -> Iterator[str]:
    for annotation, default in (("issuer", "Issuer"), ("cluster-issuer", "ClusterIssuer")):
        with apart(request.found):
            view = request.annotation(annotation)
            name = view.text()
            if name is not None:
                kind = request.annotation("issuer-kind").text() or default
                yield from _allowed(view.path, kind, request.annotation("issuer-group").text() or GROUP, name, stack)


def _allowed(path: str, kind: str, group: str, name: str, stack: Stack) -> Iterator[str]:
    issuer = f"{kind}/{name}" if group == GROUP else f"{kind}.{group}/{name}"
    if issuer not in stack.settings["issuers"]:
        yield f"{path} names {issuer}, and only {', '.join(stack.settings['issuers']) or 'nothing'} may be named"


OTHER_NAMES: Final = {
    "ipAddresses": "ip-sans",
    "uris": "uri-sans",
    "uriSANs": "",  # what older API versions call them
    "emailAddresses": "email-sans",
    "emailSANs": "",
    "otherNames": "",
    "literalSubject": "",
}
"""What certificates can be for besides hosts, by field and by annotation."""
SIGNING: Final = ("cert sign", "crl sign")


@rule(
    "C7",
    area="certificates",
    level=MANDATORY,
    severity=CRITICAL,
    title="Certificates are for hosts in the tenant's own domains, and sign no others",
    why="Who has a certificate for a name can be whoever the name is.",
    fix="take names in `domains` of the stack file, or of Services in one's own namespaces (name.namespace.svc)",
    serves=("O6", "F4"),
    judges=ASKING | REQUESTS,
    needs=PLAN,
)
def own(found: Object, stack: Stack) -> Iterator[str]:
    """A client's certificate may bear the name of a user instead of a host's."""
    if found.kind in REQUESTS:
        yield f"made by hand, a {found.kind.name}: its names are encoded, and nobody checks them"
        return
    request = Request(found)
    for view, name in _names(request):
        with apart(found):
            if not _own(name, stack.tenant) and not (view.path == "spec.commonName" and _user(found, name)):
                yield f"{view.path}: {name} is in no domain of this environment"
    for field, annotation in OTHER_NAMES.items():
        with apart(found):
            view = found["spec"][field] if not request.annotated else request.annotation(annotation)
            if (annotation or not request.annotated) and view.present and _said(view, request):
                yield f"{view.path} is for something else than a host"
    if not request.annotated:
        with apart(found):
            if found.at("spec.isCA").flag():
                yield "spec.isCA is true: it would sign others"
        with apart(found):
            if set(SIGNING) & set(found.at("spec.usages").texts()):
                yield "spec.usages lets it sign others"
    else:
        with apart(found):
            usages = request.annotation("usages").text() or ""
            if set(SIGNING) & {usage.strip() for usage in usages.split(",")}:
                yield f"{request.annotation('usages').path} lets it sign others"


def _said(view: View, request: Request) -> bool:
    """Return whether something stands there: an empty list or text asks for nothing."""
    if request.annotated or view.path == "spec.literalSubject":
        return bool(view.text())
    return bool(view.items())


def _names(request: Request) -> Iterator[tuple[View, str]]:
    found = request.found
    if request.annotated:
        for annotation in ("common-name", "alt-names"):
            with apart(found):
                view = request.annotation(annotation)
                yield from [(view, name) for name in (view.text() or "").split(",") if name]
        return
    for view in _hosts(found):
        with apart(view):
            name = view.text()
            if name:
                yield view, name


def _hosts(found: Object) -> Iterator[View]:
    yield found.at("spec.commonName")
    with apart(found):
        yield from found.at("spec.dnsNames").items()


def _own(name: str, tenant: TenantSpec) -> bool:
    spaces = [f"{space.name}.{suffix}" for space in plan.spaces(tenant) for suffix in SERVICES]
    return any(within(name, domain) for domain in (*tenant.domains, *spaces))


def _user(found: Object, name: str) -> bool:
    return found.at("spec.usages").texts() == ["client auth"] and not set(name) & {".", ":", "*"}
