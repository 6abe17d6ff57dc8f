"""Twins of `policies.certificates_names`."""

from collections.abc import Iterator

from policies import certificates_names
from policies._certificate import ASKING
from policies.admission._certificate import REQUEST, annotation
from policies.admission._common import cel, is_one_of
from policies.admission._twin import Check, Settings, twin
from policies.certificates_names import GROUP, ISSUERS, OTHER_NAMES, REQUESTS, SERVICES, SIGNING
from spec.labels import ENVIRONMENT
from spec.tenant import Environment

CLUSTER_ISSUERS = {kind for kind in ISSUERS if kind.name.startswith("Cluster")}


def _issuer(kind: str, group: str, name: str) -> str:
    """Return an issuer as the rule's settings write it."""
    return f"{kind} + ({group} in ['', '{GROUP}'] ? '' : '.' + {group}) + '/' + {name}"


@twin(
    certificates_names.issued,
    variables={
        **REQUEST,
        "asking": is_one_of(ASKING),
        # An empty kind or group is none.
        "kind": "variables.annotated"
        f" ? {annotation('issuer-kind')}.orValue('') : variables.spec.?issuerRef.?kind.orValue('')",
        "group": "variables.annotated"
        f" ? {annotation('issuer-group')}.orValue('') : variables.spec.?issuerRef.?group.orValue('')",
    },
)
def issued(settings: Settings) -> Iterator[Check]:
    """Each annotation that names an issuer is one question."""
    allowed = settings["issuers"]
    yield Check(unless=f"!({is_one_of(CLUSTER_ISSUERS)})", says="ClusterIssuers are the platform's")
    yield Check(
        unless=f"variables.asking || variables.home[?'{ENVIRONMENT}'].orValue('') != '{Environment.PROD}'"
        " || !has(variables.spec.selfSigned)",
        says="spec.selfSigned in production: nobody can trust it",
    )
    yield Check(
        unless="!variables.asking || variables.annotated || variables.spec.?issuerRef.?name.hasValue()",
        says="spec.issuerRef.name is missing",
    )
    for name, default in (
        (f"(variables.annotated ? {annotation('issuer')} : variables.spec.?issuerRef.?name)", "Issuer"),
        (f"(variables.annotated ? {annotation('cluster-issuer')} : optional.none())", "ClusterIssuer"),
    ):
        issuer = _issuer(f"(variables.kind == '' ? '{default}' : variables.kind)", "variables.group", "it")
        yield Check(
            unless=f"!variables.asking || {name}.optMap(it, {issuer} in {cel(allowed)}).orValue(true)",
            says=f"it names another issuer: only {', '.join(allowed) or 'nothing'} may be named",
        )


BARE = (
    ".filter(name, name != '').map(name, name.lowerAscii())"
    ".map(name, name.endsWith('.') ? name.substring(0, size(name) - 1) : name)"
    ".map(name, name.startsWith('*.') ? name.substring(2) : name)"
)
"""From names to what they are or lie below, as DNS compares it; empty ones are none."""


def _within(names: str) -> str:
    """Return CEL that holds where all of these names lie in `variables.own`."""
    return (
        f"{names}{BARE}.all(name, !name.contains('*')"
        " && variables.own.exists(domain, name == domain || name.endsWith('.' + domain)))"
    )


@twin(
    certificates_names.own,
    variables={
        **REQUEST,
        "asking": is_one_of(ASKING),
        "own": "variables.domains"
        + "".join(f" + variables.namespaces.map(space, space + '.{suffix}')" for suffix in SERVICES),
        "usages": f"variables.annotated ? {annotation('usages')}.orValue('').split(',').map(usage, usage.trim())"
        " : variables.spec.?usages.orValue([])",
        "commonName": "variables.spec.?commonName.orValue('')",
    },
)
def own(_settings: Settings) -> Iterator[Check]:
    """A client's certificate may bear the name of a user instead of a host's."""
    yield Check(
        unless=f"!({is_one_of(REQUESTS)})",
        says="a request made by hand: its names are encoded, and nobody checks them",
    )
    stranger = "is in no domain of this environment"
    for name in ("common-name", "alt-names"):
        names = f"{annotation(name)}.orValue('').split(',')"
        yield Check(unless=f"!variables.annotated || {_within(names)}", says=f"a name in {name} {stranger}")
    yield Check(
        unless=f"!variables.asking || variables.annotated || {_within('variables.spec.?dnsNames.orValue([])')}",
        says=f"a name in spec.dnsNames {stranger}",
    )
    yield Check(
        unless="!variables.asking || variables.annotated"
        " || variables.usages == ['client auth'] && !variables.commonName.matches('[.:*]')"
        f" || {_within('[variables.commonName]')}",
        says=f"spec.commonName {stranger}",
    )
    for field, name in OTHER_NAMES.items():
        said = f"variables.annotated ? {annotation(name)}.orValue('') : " if name else "variables.annotated ? '' : "
        yield Check(
            unless=f"!variables.asking || size({said}variables.spec.?{field}.orValue('')) == 0",
            says=f"{field} is for something else than a host",
        )
    yield Check(
        unless="!variables.asking || variables.annotated || !variables.spec.?isCA.orValue(false)",
        says="spec.isCA is true: it would sign others",
    )
    yield Check(
        unless=f"!variables.asking || !variables.usages.exists(usage, usage in {cel(SIGNING)})",
        says="usages let it sign others",
    )
