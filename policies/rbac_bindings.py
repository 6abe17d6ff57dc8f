"""Bindings: who has which role. The stack file says it of people; service accounts stay in their environment."""

from collections.abc import Iterator
from typing import Final

from policies._kinds import PODS, core, of
from policies._object import Object
from policies._permissions import BINDINGS
from policies._rule import CRITICAL, MANDATORY, MEDIUM, PLAN, rule
from policies._stack import Stack
from policies._view import View, apart
from spec import TenantSpec, plan


@rule(
    "R1",
    area="rbac",
    level=MANDATORY,
    severity=CRITICAL,
    title="Bindings give the platform's roles or the namespace's own, in one namespace",
    why="`cluster-admin` has many names, and `admin` and `edit` carry tokens, shells, Secrets and network policies.",
    fix="bind one of the platform's roles or a Role, by a RoleBinding",
    serves=("X15", "O6", "I8"),
    judges=BINDINGS,
    needs=PLAN,
    settings={
        "roles": {
            "type": "array",
            "items": {"type": "string"},
            "default": [],
            "description": "ClusterRoles that tenants may bind besides the platform's own.",
        }
    },
)
def bound(found: Object, stack: Stack) -> Iterator[str]:
    """By a list of those that may be: no list of those that may not is ever whole."""
    if found.kind.name == "ClusterRoleBinding":
        yield "a ClusterRoleBinding holds in every tenant's namespaces"
        return
    role = found["roleRef"]
    allowed = {*plan.roles(), *stack.settings["roles"]}
    with apart(role):
        if role["kind"].text() == "ClusterRole" and role["name"].text() not in allowed:
            yield f"{role['name'].path} is {role['name'].text()}, not one of {', '.join(sorted(allowed))}"


SYSTEM: Final = "system:"
ACCOUNT: Final = "system:serviceaccount:"
ACCOUNTS: Final = "system:serviceaccounts:"


@rule(
    "R2",
    area="rbac",
    level=MANDATORY,
    severity=CRITICAL,
    title="Bindings give nothing to everybody, and nothing to the cluster itself",
    why="`system:authenticated` is every tenant's everybody, and `system:unauthenticated` the whole world.",
    fix="name a group of the stack file, or a service account of the environment",
    serves=("X15", "O6", "I8"),
    judges=BINDINGS,
    needs=PLAN,
)
def somebody(found: Object, stack: Stack) -> Iterator[str]:
    """`system:` is Kubernetes' own, in users and in groups; only the environment's own service accounts are left."""
    own = {f"{ACCOUNTS}{space.name}" for space in plan.spaces(stack.tenant)}
    for subject in found["subjects"].items():
        with apart(subject):
            kind, name = subject["kind"].text(), subject["name"].text() or ""
            if kind == "Group" and name.startswith(SYSTEM) and name not in own:
                yield f"{subject.path} is group {name}, which is Kubernetes' own"
            if kind == "User" and name.startswith(SYSTEM) and not name.startswith(ACCOUNT):
                yield f"{subject.path} is user {name}, which is Kubernetes' own"


@rule(
    "R10",
    area="rbac",
    level=MANDATORY,
    severity=CRITICAL,
    title="Bindings are for the environment's own: its service accounts, and groups as the stack file has them",
    why="A service account of the same name elsewhere is another tenant's; a group that no file names is anybody's.",
    fix="name `members` or `breakGlass` in the stack file, and service accounts with the environment's namespace",
    serves=("X15", "O6", "I8", "E3"),
    judges=BINDINGS,
    needs=PLAN,
)
def own(found: Object, stack: Stack) -> Iterator[str]:
    """A service account without namespace is one of the binding's own namespace."""
    for subject in found["subjects"].items():
        with apart(subject):
            kind, name = subject["kind"].text(), subject["name"].text() or ""
            if kind == "ServiceAccount":
                namespace = subject["namespace"].text() or found.namespace
                if stack.space(namespace) is None:
                    yield f"{subject.path} is of namespace {namespace}, which is not this environment's"
            elif kind == "User" and name.startswith(ACCOUNT):
                namespace = name.removeprefix(ACCOUNT).partition(":")[0]
                if stack.space(namespace) is None:
                    yield f"{subject.path} is of namespace {namespace}, which is not this environment's"
            elif kind == "User" and not name.startswith(SYSTEM):
                yield f"{subject.path} is user {name}: the stack file names groups"
            elif kind == "Group" and not name.startswith(SYSTEM):
                yield from _group(found, subject, name, stack.tenant)


def _group(found: Object, subject: View, name: str, tenant: TenantSpec) -> Iterator[str]:
    role = found["roleRef"]
    given = _given(tenant)
    if name not in {group for groups in given.values() for group in groups}:
        yield f"{subject.path} is group {name}, which the stack file does not name"
    elif role["kind"].text() == "ClusterRole" and name not in given.get(role["name"].text() or "", {name}):
        yield f"{subject.path} is group {name}, to which the stack file does not give {role['name'].text()}"


def _given(tenant: TenantSpec) -> dict[str, set[str]]:
    """Return the groups of each of the platform's roles, with those whose time is over: they are not this rule's."""
    given: dict[str, set[str]] = {role: set() for role in plan.roles()}
    for grant in plan.grants(tenant):
        given[grant.role] = set(grant.groups)
    given[plan.DEBUGGER] |= {glass.group for glass in tenant.break_glass}
    return given


ACCOUNT_KINDS: Final = core("ServiceAccount")
SECRETS: Final = core("Secret")
TOKEN: Final = "kubernetes.io/service-account-token"  # a type, not a token
LONGEST_TOKEN: Final = 3600
AUTOMOUNT: Final = "automountServiceAccountToken"
ASKING: Final = of("postgresql.cnpg.io", "Pooler")
"""What asks the API server by its nature, as an account that its operator makes for it alone. Only the platform makes
it: no tenant's role writes these kinds."""


@rule(
    "R9",
    area="rbac",
    level=MANDATORY,
    severity=MEDIUM,
    title="No pod has a token of the cluster unless it asks for one, for an hour at most and for somebody",
    why="A token in every pod is a key in every container that is broken into; one in a Secret never ends.",
    fix=f"write {AUTOMOUNT}: false, and mount a projected token with `audience` where a program needs one",
    serves=("F8", "X15", "O6"),
    judges=PODS | ACCOUNT_KINDS | SECRETS,
    needs=PLAN,
)
def tokenless(found: Object, _stack: Stack) -> Iterator[str]:
    """What a pod says stands above what its service account says, and neither saying anything means yes."""
    if found.kind in SECRETS:
        if found["type"].text() == TOKEN:
            yield f"type is {TOKEN}: a token without end"
    elif found.kind in ACCOUNT_KINDS:
        yield from _off(found[AUTOMOUNT], partial=found.patch)
    for pod in found.pods:
        with apart(pod.spec):
            if found.kind not in ASKING:
                yield from _off(pod.spec[AUTOMOUNT], partial=found.patch)
        for volume in pod.spec["volumes"].items():
            with apart(volume):
                for source in volume["projected"]["sources"].items():
                    yield from _projected(source["serviceAccountToken"])


def _off(automount: View, *, partial: bool) -> Iterator[str]:
    given = automount.flag()
    if given or (given is None and not partial):
        yield f"{automount.path} is not false"


def _projected(token: View) -> Iterator[str]:
    with apart(token):
        if (token["expirationSeconds"].number() or 0) > LONGEST_TOKEN:
            yield f"{token.path} lasts longer than {LONGEST_TOKEN} seconds"
    with apart(token):
        if token.present and not token["audience"].text():
            yield f"{token.path} has no audience, so it is for the API server"
