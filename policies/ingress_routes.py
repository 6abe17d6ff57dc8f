"""References between namespaces, of the Gateway API: none leads to another tenant, and none lets one in."""

from collections.abc import Iterator
from typing import Final

from policies._kinds import of
from policies._object import Object
from policies._rule import HIGH, MANDATORY, PLAN, rule
from policies._stack import Stack
from policies._view import View, apart
from policies.ingress import GATEWAY_API, LISTENERS, NAMED
from policies.network import selected
from spec import plan
from spec.plan import network

ROUTES: Final = NAMED | of(GATEWAY_API, "TCPRoute", "UDPRoute")
GRANTS: Final = of(GATEWAY_API, "ReferenceGrant")
BACKENDS: Final = (
    "spec.rules[].backendRefs",
    "spec.rules[].filters[].requestMirror.backendRef",
    "spec.rules[].backendRefs[].filters[].requestMirror.backendRef",
)
"""Where routes name what they lead to."""

CERTIFICATES: Final = (
    "spec.listeners[].tls.certificateRefs",
    "spec.listeners[].tls.frontendValidation.caCertificateRefs",  # until 1.3
    "spec.tls.frontend.default.validation.caCertificateRefs",
    "spec.tls.frontend.perPort[].tls.validation.caCertificateRefs",
    "spec.tls.backend.clientCertificateRef",
)
"""Where gateways name certificates."""


@rule(
    "G4",
    area="ingress",
    level=MANDATORY,
    severity=HIGH,
    title="Gateways, routes and grants end at the environment's own namespaces and the platform's gateway",
    why="A listener for All takes anybody's routes; a grant without a name hands out every Secret or Service there is.",
    fix="name what is granted and to whom, and leave `from` at Same",
    serves=("O6", "F8", "E3"),
    judges=LISTENERS | ROUTES | GRANTS,
    needs=PLAN,
)
def ending(found: Object, stack: Stack) -> Iterator[str]:
    """Absence means the same namespace, everywhere in this API; only grants mean everything by it."""
    own = {space.name for space in plan.spaces(stack.tenant)}
    peers = own | {network.GATEWAY_NAMESPACE}
    if found.kind in GRANTS:
        yield from _granted(found, peers)
    elif found.kind in LISTENERS:
        yield from _listening(found, own, peers)
    else:
        for reference in _every(found, "spec.parentRefs"):
            yield from _inside(reference, peers)
        for path in BACKENDS:
            for reference in _every(found, path):
                yield from _inside(reference, own)


def _listening(found: Object, own: set[str], peers: set[str]) -> Iterator[str]:
    yield from _open(found.at("spec.allowedListeners.namespaces"), own)
    yield from _inside(found.at("spec.parentRef"), peers)
    for listener in _every(found, "spec.listeners"):
        yield from _open(listener.at("allowedRoutes.namespaces"), own)
    for path in CERTIFICATES:
        for reference in _every(found, path):
            yield from _inside(reference, own)


def _open(namespaces: View, own: set[str]) -> Iterator[str]:
    with apart(namespaces):
        source = namespaces["from"].text()
        if source == "All":
            yield f"{namespaces.path}.from is All: any tenant's"
        elif source == "Selector":
            names = selected(namespaces["selector"])
            if names is None or not names <= own:
                yield f"{namespaces.path}.selector takes more than this environment's namespaces, by their names"


def _granted(found: Object, peers: set[str]) -> Iterator[str]:
    for each in _every(found, "spec.from"):
        yield from _inside(each, peers)
    for each in _every(found, "spec.to"):
        with apart(each):
            if not each["name"].text():
                yield f"{each.path} has no name, so it is every {each['kind'].text()}"


def _inside(reference: View, allowed: set[str]) -> Iterator[str]:
    with apart(reference):
        namespace = reference["namespace"].text()
        if namespace is not None and namespace not in allowed:
            yield f"{reference['namespace'].path} is {namespace}, which is not this environment's"


def _every(view: View, path: str) -> Iterator[View]:
    """Yield what stands at a path, single fields or the items of lists; each list is a question of its own."""
    head, mark, rest = path.partition("[].")
    with apart(view):
        field = view.at(head)
        if mark:
            for item in field.items():
                yield from _every(item, rest)
        else:
            yield from [field] if head.endswith("Ref") else field.items()
