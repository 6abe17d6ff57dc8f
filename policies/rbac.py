"""Roles: what they may allow. Nobody gives more than a namespace's own work, and nobody gives it away further."""

from collections.abc import Iterator
from typing import Final

from policies import _permissions as permissions
from policies._kinds import of
from policies._object import Object
from policies._permissions import ALL, ROLES, WRITE, allows, chosen, rules, unnamed
from policies._rule import CRITICAL, HIGH, MANDATORY, PLAN, rule
from policies._stack import Stack
from policies._view import apart
from spec.labels import TENANT

WILDCARDS: Final = ("verbs", "resources", "apiGroups", "nonResourceURLs")


@rule(
    "R3",
    area="rbac",
    level=MANDATORY,
    severity=HIGH,
    title="Roles name what they allow, verb by verb and resource by resource",
    why="A wildcard allows what does not exist yet: the next custom resource, the next subresource, impersonation.",
    fix="write out the verbs, the resources and the API groups",
    serves=("X15", "O6", "I8"),
    judges=ROLES,
    needs=PLAN,
)
def named(found: Object, _stack: Stack) -> Iterator[str]:
    """`*` in `resourceNames` is no wildcard: it is a name. `pods/*` is none either, and whoever writes it means one."""
    for each in rules(found):
        for field in WILDCARDS:
            with apart(each):
                for text in chosen(each[field], lambda text: ALL in text):
                    yield f"{each[field].path} has {text}"


GIVING: Final = ("escalate", "bind")
IMPERSONATION: Final = "impersonate"
"""With gates of newer versions also `impersonate:user-info`, `impersonate-on:serviceaccount:create` and others."""

GIVEN: Final = {
    permissions.GROUP: ("roles", "clusterroles"),
    "": ("users", "groups", "serviceaccounts"),
    "authentication.k8s.io": ("users", "groups", "serviceaccounts", "nodes", "uids", "userextras", "userextras/scopes"),
}
"""What `escalate`, `bind` and `impersonate` are about, so what `*` means them for."""


@rule(
    "R4",
    area="rbac",
    level=MANDATORY,
    severity=CRITICAL,
    title="Roles do not let anybody give more than they have, or be somebody else",
    why="`escalate` and `bind` lift the API server's own bounds on roles; impersonation borrows another's rights.",
    fix="leave out escalate, bind and impersonate, and write out the verbs where `*` means them too",
    serves=("X15", "O6", "I8"),
    judges=ROLES,
    needs=PLAN,
)
def no_more(found: Object, _stack: Stack) -> Iterator[str]:
    """The verbs themselves are refused on anything; `*` only where it means one of them."""
    for each in rules(found):
        with apart(each):
            for verb in chosen(each["verbs"], lambda verb: verb in GIVING or verb.startswith(IMPERSONATION)):
                yield f"{each['verbs'].path} has {verb}"
        for sentence in allows(each, GIVEN, lambda _: False):
            yield f"{sentence}: escalate, bind or impersonate among them"


READING: Final = frozenset({"get", "list", "watch", "patch", "deletecollection"})
"""What answers with the whole object: a patch and the deletion of a collection do, too."""

SECRETS: Final = {"": ("secrets",)}


@rule(
    "R5",
    area="rbac",
    level=MANDATORY,
    severity=HIGH,
    title="Roles read Secrets by name, or not at all",
    why="`list` and `watch` answer with everything that is in every Secret, and a patch with all of one.",
    fix="mount what a pod needs; where a program must read a Secret, allow it to `get` that one by resourceNames",
    serves=("F8", "X15", "O6"),
    judges=ROLES,
    needs=PLAN,
)
def secret(found: Object, _stack: Stack) -> Iterator[str]:
    """With names a `list` must ask for one by a field selector; without, or with an empty one, it gets all."""
    for each in rules(found):
        with apart(each):
            for sentence in allows(each, SECRETS, READING.__contains__):
                if unnamed(each):
                    yield f"{sentence} of any name"


INTO: Final = {
    "": (
        *("pods/exec", "pods/attach", "pods/portforward", "pods/proxy", "services/proxy"),
        *("nodes/proxy", "nodes/log", "nodes/pods", "nodes/configz", "nodes/checkpoint"),
    ),
    "certificates.k8s.io": ("signers",),
}
"""What leads into containers, nodes and identities by any verb: `get` of nodes/proxy runs commands."""

THROUGH: Final = {
    "": (
        *("pods/ephemeralcontainers", "pods/binding", "bindings", "serviceaccounts/token"),
        *("services/status", "namespaces/status", "namespaces/finalize"),
    ),
    "certificates.k8s.io": ("certificatesigningrequests/approval", "certificatesigningrequests/status"),
}
"""What does so when it is written."""


@rule(
    "R6",
    area="rbac",
    level=MANDATORY,
    severity=CRITICAL,
    title="Roles lead into no container, no node and no identity",
    why="A shell in a container has its Secrets and its network; a minted token or certificate is somebody else.",
    fix="use `breakGlass` of the stack file to look into containers; leave the rest to the platform",
    serves=("F8", "X15", "O6"),
    judges=ROLES,
    needs=PLAN,
)
def outside(found: Object, _stack: Stack) -> Iterator[str]:
    """`*/exec` is the `exec` of everything. Reading a status is harmless."""
    for each in rules(found):
        yield from allows(each, INTO, lambda _: True)
        yield from allows(each, THROUGH, WRITE.__contains__)


BOUNDS: Final = {
    "": ("namespaces", "nodes", "persistentvolumes", "resourcequotas", "limitranges", "endpoints"),
    "admissionregistration.k8s.io": (
        *("validatingwebhookconfigurations", "mutatingwebhookconfigurations"),
        *("validatingadmissionpolicies", "validatingadmissionpolicybindings"),
        *("mutatingadmissionpolicies", "mutatingadmissionpolicybindings"),
    ),
    "apiextensions.k8s.io": ("customresourcedefinitions",),
    "apiregistration.k8s.io": ("apiservices",),
    "certificates.k8s.io": ("clustertrustbundles",),
    "discovery.k8s.io": ("endpointslices",),
    "extensions": ("networkpolicies",),
    "flowcontrol.apiserver.k8s.io": ("flowschemas", "prioritylevelconfigurations"),
    "gateway.networking.k8s.io": ("gatewayclasses",),
    "networking.k8s.io": ("networkpolicies", "ingressclasses"),
    "node.k8s.io": ("runtimeclasses",),
    "resource.k8s.io": ("deviceclasses", "resourceslices"),
    "scheduling.k8s.io": ("priorityclasses",),
    "storage.k8s.io": ("storageclasses", "volumeattachments", "csidrivers", "csinodes", "volumeattributesclasses"),
    permissions.GROUP: ("roles", "rolebindings", "clusterroles", "clusterrolebindings"),
}
"""What belongs to the cluster, or keeps a tenant within its bounds."""


@rule(
    "R7",
    area="rbac",
    level=MANDATORY,
    severity=CRITICAL,
    title="Roles change nothing that belongs to the cluster or bounds the tenant",
    why="Whoever writes webhooks, volumes, nodes, quotas, policies or a namespace's labels has left the environment.",
    fix="leave only reading verbs; what bounds an environment is changed in its stack file",
    serves=("X15", "O6", "E3"),
    judges=ROLES,
    needs=PLAN,
)
def bounds(found: Object, _stack: Stack) -> Iterator[str]:
    """Subresources count as what they are of. `patch` of a namespace takes off its Pod Security labels."""
    for each in rules(found):
        yield from allows(each, BOUNDS, WRITE.__contains__, _part_of)


def _part_of(text: str, resource: str) -> bool:
    return text.partition("/")[0] in (ALL, resource)


AGGREGATE: Final = f"{permissions.GROUP}/aggregate-to-"


@rule(
    "R8",
    area="rbac",
    level=MANDATORY,
    severity=HIGH,
    title="Roles add nothing to other people's roles, and take nothing from them",
    why="A label adds a role to `admin`, `edit` or `view` of all tenants; a controller fills an aggregated one.",
    fix="write the rules out in the role itself",
    serves=("X15", "O6", "I8"),
    judges=of(permissions.GROUP, "ClusterRole"),
    needs=PLAN,
)
def aggregated(found: Object, stack: Stack) -> Iterator[str]:
    """A role may gather those of its own tenant: each of its selectors then names the tenant's label."""
    labels = found.at("metadata.labels")
    with apart(labels):
        for key in labels.fields():
            if key.startswith(AGGREGATE):
                yield f"{labels.path} has {key}: it adds to a role that others have"
    for selector in found.at("aggregationRule.clusterRoleSelectors").items():
        with apart(selector):
            if selector["matchLabels"][TENANT].text() != stack.tenant.name:
                yield f"{selector.path} gathers roles of others: it does not say {TENANT}: {stack.tenant.name}"
