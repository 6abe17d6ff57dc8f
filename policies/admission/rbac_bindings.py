"""Twins of `policies.rbac_bindings`.

Of a binding of the whole cluster nothing of the environment is known, so R2 and R10 take nobody in it for the
environment's own. R1 refuses all of them anyway, and no tenant's role may write any.
"""

from collections.abc import Iterator
from typing import Final

from policies import rbac_bindings
from policies.admission._common import cel, is_one_of
from policies.admission._twin import Check, Settings, twin
from policies.rbac_bindings import ACCOUNT, ACCOUNTS, ASKING, AUTOMOUNT, LONGEST_TOKEN, SYSTEM, TOKEN
from spec import plan

SUBJECTS: Final = {"subjects": "variables.whole.?subjects.orValue([])"}


@twin(rbac_bindings.bound)
def bound(settings: Settings) -> Iterator[Check]:
    """A Role is one of the namespace, whatever it is called."""
    allowed = sorted({*plan.roles(), *settings["roles"]})
    yield Check(
        unless="request.kind.kind != 'ClusterRoleBinding'",
        says="a ClusterRoleBinding holds in every tenant's namespaces",
    )
    yield Check(
        unless=f"object.roleRef.kind != 'ClusterRole' || object.roleRef.name in {cel(allowed)}",
        says=f"roleRef.name is not one of {', '.join(allowed)}",
    )


@twin(rbac_bindings.somebody, SUBJECTS)
def somebody(_settings: Settings) -> Iterator[Check]:
    """All service accounts of a namespace of the environment's are the environment's own."""
    own = f"subject.name in variables.namespaces.map(name, '{ACCOUNTS}' + name)"
    yield Check(
        unless=_each("Group", f"!subject.name.startsWith('{SYSTEM}') || {own}"),
        says="a subject is a group of Kubernetes' own",
    )
    yield Check(
        unless=_each("User", f"!subject.name.startsWith('{SYSTEM}') || subject.name.startsWith('{ACCOUNT}')"),
        says="a subject is a user of Kubernetes' own",
    )


@twin(rbac_bindings.own, SUBJECTS)
def own(_settings: Settings) -> Iterator[Check]:
    """Who has a role that is not the platform's is asked only whether the stack file names them, as R1 refuses it."""
    yield Check(
        unless=_each("ServiceAccount", "subject.?namespace.orValue(request.namespace) in variables.namespaces"),
        says="a service account is of a namespace that is not this environment's",
    )
    yield Check(
        unless=_each(
            "User", f"!subject.name.startsWith('{ACCOUNT}') || subject.name.split(':')[2] in variables.namespaces"
        ),
        says="a user is a service account of a namespace that is not this environment's",
    )
    yield Check(
        unless=_each("User", f"subject.name.startsWith('{SYSTEM}')"),
        says="a subject is a user: the stack file names groups",
    )
    named = "variables.grants.exists(line, line.substring(line.indexOf(' ') + 1) == subject.name)"
    given = "object.roleRef.name + ' ' + subject.name in variables.grants"
    platforms = f"object.roleRef.kind == 'ClusterRole' && object.roleRef.name in {cel(list(plan.roles()))}"
    yield Check(
        unless=_each("Group", f"subject.name.startsWith('{SYSTEM}') || {named}"),
        says="a subject is a group that the stack file does not name",
    )
    yield Check(
        unless=_each("Group", f"subject.name.startsWith('{SYSTEM}') || !{named} || !({platforms}) || {given}"),
        says="a subject is a group to which the stack file does not give this role",
    )


def _each(kind: str, test: str) -> str:
    """Return CEL that holds where `test` does for every `subject` of a kind."""
    return f"variables.subjects.all(subject, subject.kind != '{kind}' || {test})"


# Without sources the API server says null, and not nothing.
TOKENS: Final = {
    "projected": "variables.pods.map(pod, pod.?volumes.orValue([])).flatten().filter(volume,"
    " has(volume.projected) && has(volume.projected.sources) && volume.projected.sources != null)",
    "tokens": "variables.projected.map(volume, volume.projected.sources).flatten().filter(source,"
    " has(source.serviceAccountToken)).map(source, source.serviceAccountToken)",
}


@twin(rbac_bindings.tokenless, TOKENS)
def tokenless(_settings: Settings) -> Iterator[Check]:
    """The account `default` is the controller manager's, which no rule judges, and the platform's from then on."""
    yield Check(
        unless=f"request.kind.kind != 'Secret' || variables.whole.?type.orValue('') != '{TOKEN}'",
        says=f"type is {TOKEN}: a token without end",
    )
    yield Check(
        unless=f"request.kind.kind != 'ServiceAccount' || !variables.whole.?{AUTOMOUNT}.orValue(true)",
        says=f"{AUTOMOUNT} is not false",
    )
    yield Check(
        unless=f"{is_one_of(ASKING)} || variables.pods.all(pod, !pod.?{AUTOMOUNT}.orValue(true))",
        says=f"{AUTOMOUNT} of a pod is not false",
    )
    yield Check(
        unless=f"variables.tokens.all(token, token.?expirationSeconds.orValue(0) <= {LONGEST_TOKEN})",
        says=f"a projected token lasts longer than {LONGEST_TOKEN} seconds",
    )
    yield Check(
        unless="variables.tokens.all(token, token.?audience.orValue('') != '')",
        says="a projected token has no audience, so it is for the API server",
    )
