"""Twins of `policies.ingress_routes`."""

from collections.abc import Iterable, Iterator
from typing import Final

from policies import ingress_routes
from policies.admission._selectors import by_names, names
from policies.admission._twin import Check, Settings, twin
from spec.plan.network import GATEWAY_NAMESPACE

OWN: Final = "variables.namespaces"
PEERS: Final = f"({OWN} + ['{GATEWAY_NAMESPACE}'])"


def _every(paths: Iterable[str]) -> str:
    """Return CEL of a list with what stands at the paths, as `policies.ingress_routes` reads them."""
    return " + ".join(_at("variables.whole", path, 0) for path in paths)


def _at(start: str, path: str, depth: int) -> str:
    head, mark, rest = path.partition("[].")
    found = start + "".join(f".?{field}" for field in head.split("."))
    if mark:
        below = f"each{depth}"
        return f"{found}.orValue([]).map({below}, {_at(below, rest, depth + 1)}).flatten()"
    return f"{found}.optMap(one, [one]).orValue([])" if head.endswith("Ref") else f"{found}.orValue([])"


def _inside(references: str, allowed: str) -> str:
    return f"{references}.all(each, !('namespace' in each) || each['namespace'] in {allowed})"


# Of fields that a kind does not have there are none.
@twin(
    ingress_routes.ending,
    variables={
        "parents": _every(("spec.parentRefs", "spec.parentRef", "spec.from")),
        "references": _every((*ingress_routes.BACKENDS, *ingress_routes.CERTIFICATES)),
        "openings": _every(("spec.listeners",))
        + ".map(listener, listener.?allowedRoutes.?namespaces.orValue({}))"
        + " + [variables.spec.?allowedListeners.?namespaces.orValue({})]",
        "granted": _every(("spec.to",)),
    },
)
def ending(_settings: Settings) -> Iterator[Check]:
    """Kinds differ by their fields, so that none has to be told apart."""
    yield Check(
        unless=_inside("variables.parents", PEERS),
        says="it names a gateway, or grants something, outside this environment and the platform's gateway",
    )
    yield Check(
        unless=_inside("variables.references", OWN),
        says="it leads to a namespace that is not this environment's",
    )
    yield Check(
        unless="variables.openings.all(each, each.?from.orValue('') != 'All')",
        says="`from` is All: any tenant's",
    )
    chosen = "each.?selector.orValue({})"
    yield Check(
        unless="variables.openings.all(each, each.?from.orValue('') != 'Selector'"
        f" || ({by_names(chosen)} && {names(chosen)}.all(name, name in {OWN})))",
        says="a selector takes more than this environment's namespaces, by their names",
    )
    yield Check(
        unless="variables.granted.all(each, each.?name.orValue('') != '')",
        says="what is granted has no name, so it is every object of its kind",
    )
