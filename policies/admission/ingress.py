"""Twins of `policies.ingress`."""

from collections.abc import Iterable, Iterator
from typing import Final

from policies import ingress
from policies._kinds import Kind
from policies.admission._common import cel, optional
from policies.admission._twin import Check, Settings, twin

KIND: Final = "request.kind.group + '/' + request.kind.kind"


def _one_of(kinds: Iterable[Kind]) -> str:
    return f"({KIND} in {cel({f'{kind.group}/{kind.name}' for kind in kinds})})"


# What is called `rules` or `tls` in one kind is something else in another.
LISTENERS: Final = f"{_one_of(ingress.LISTENERS)} ? variables.spec.?listeners.orValue([]) : []"
RULES: Final = f"{_one_of(ingress.INGRESSES)} ? variables.spec.?rules.orValue([]) : []"
HOST: Final = "rule.?host.orValue('')"
SERVED: Final = (  # a star is one label
    f"(host == {HOST} || (host.startsWith('*.') && {HOST}.contains('.')"
    f" && {HOST}.substring({HOST}.indexOf('.')) == host.substring(1)))"
)


@twin(ingress.encrypted, variables={"rules": RULES, "listeners": LISTENERS})
def encrypted(_settings: Settings) -> Iterator[Check]:
    """A listener's hostname is compared where there is none, too."""
    yield Check(
        unless=f"variables.rules.all(rule, {HOST} == '' || variables.spec.?tls.orValue([]).exists(tls,"
        f" tls.?secretName.orValue('') != '' && tls.?hosts.orValue([]).exists(host, {SERVED})))",
        says="a host is under no `tls` with hosts and secretName",
    )
    yield Check(
        unless="variables.listeners.all(listener, listener.?protocol.orValue('') != 'HTTP'"
        " || variables.listeners.exists(other, other.?protocol.orValue('') in ['HTTPS', 'TLS']"
        " && other.?hostname == listener.?hostname))",
        says="a listener is HTTP, and no HTTPS listener has its hostname",
    )
    yield Check(
        unless="variables.listeners.all(listener, !(listener.?protocol.orValue('') in ['HTTPS', 'TLS'])"
        " || listener.?tls.?mode.orValue('Terminate') != 'Terminate'"
        " || size(listener.?tls.?certificateRefs.orValue([])) > 0)",
        says="a listener ends TLS without tls.certificateRefs",
    )


@twin(
    ingress.owned,
    variables={
        "rules": RULES,
        "listeners": LISTENERS,
        "names": f"{_one_of(ingress.NAMED)} ? variables.spec.?hostnames.orValue([]) : []",
        "hosts": f"variables.rules.map(rule, {HOST})"
        f" + ({_one_of(ingress.INGRESSES)} ? variables.spec.?tls.orValue([]) : [])"
        ".map(tls, tls.?hosts.orValue([])).flatten()"
        " + variables.listeners.map(listener, listener.?hostname.orValue(''))"
        " + variables.names",
        "places": f"variables.rules.filter(rule, {HOST} != '').map(rule, rule.?http.?paths.orValue([])"
        f".map(path, {HOST}.lowerAscii() + (path.?path.orValue('') == '' ? '/' : path.path))).flatten()",
    },
)
def owned(_settings: Settings) -> Iterator[Check]:
    """What one object shows: that a path is taken by another one is seen at preview alone."""
    yield Check(
        unless=f"!{_one_of(ingress.INGRESSES)} || !has(variables.spec.defaultBackend)",
        says="spec.defaultBackend takes what is for no host",
    )
    yield Check(
        unless=f"!{_one_of(ingress.NAMED)} || size(variables.names) > 0",
        says="spec.hostnames is empty, so it is every host of the gateway",
    )
    yield Check(unless="variables.hosts.all(host, host != '')", says="a host is empty, so it is every host")
    yield Check(
        unless="variables.hosts.all(host, !host.contains('*'))",
        says="a host is a wildcard, which takes what nobody has named",
    )
    yield Check(
        unless="variables.hosts.all(host, host == '' || host.contains('*') || variables.domains.exists(domain,"
        " host.lowerAscii().matches('(^|[.])' + domain.replace('.', '[.]') + '[.]*$')))",
        says="a host is in none of the tenant's domains",
    )
    yield Check(
        unless="size(variables.places) == size(variables.places.distinct())",
        says="two rules have the same host and path",
    )


BY_ANNOTATION: Final = f"variables.annotations[?'{ingress.CLASS}']"


@twin(
    ingress.classed,
    variables={
        "ingress": _one_of(ingress.INGRESSES),
        "gateway": _one_of(ingress.GATEWAYS),
        "class": "variables.gateway ? variables.spec.?gatewayClassName.orValue('')"
        " : variables.ingress ? variables.spec.?ingressClassName.orValue('') : ''",
    },
)
def classed(settings: Settings) -> Iterator[Check]:
    """A kind that is refused as a whole has nothing else that would be judged."""
    yield Check(unless=f"!{_one_of(ingress.UNREAD)}", says="it is a way in that these rules cannot read")
    yield Check(unless=f"!{_one_of(ingress.CLASSES)}", says="classes belong to the platform")
    for kinds, places in ingress.LIMITING.items():
        for path, may in places.items():
            yield Check(
                unless=f"!{_one_of(kinds)}"
                f" || variables.whole{optional(path)}.orValue({{}}).all(key, key in {cel(may)})",
                says=f"{path} may only limit rates, by {', '.join(may)}",
            )
    permitted = f"{cel(settings['classes'])}.exists(name, name =="
    yield Check(
        unless="!(variables.ingress || variables.gateway)"
        f" || ((variables.class == '' || {permitted} variables.class))"
        f" && (!{BY_ANNOTATION}.hasValue() || {permitted} {BY_ANNOTATION}.value())))",
        says=f"its class is not one of {', '.join(settings['classes'])}",
    )
    yield Check(
        unless=f"variables.class != '' || (variables.ingress ? {BY_ANNOTATION}.hasValue() : !variables.gateway)",
        says="its class is missing, so it is whichever class is the default",
    )
    name = "key.substring(key.lastIndexOf('/') + 1)"
    yield Check(
        unless="!(variables.ingress || variables.gateway) || variables.annotations.all(key,"
        f" !{name}.contains('snippet') && !({name} in {cel(ingress.RAW)}))",
        says="an annotation writes into the controller's configuration",
    )
