"""What a rule of a role allows, as Kubernetes' own authorizer reads it.

`*` alone is everything, and `*/exec` that subresource of everything; `pods/*` is no wildcard, and allows nothing. Names
are compared whole, and a request without one (a list) has the empty name: `resourceNames: [""]` is everything again.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Final

from policies._kinds import of
from policies._object import Object
from policies._view import Undecided, View, apart

GROUP: Final = "rbac.authorization.k8s.io"
ROLES: Final = of(GROUP, "Role", "ClusterRole")
BINDINGS: Final = of(GROUP, "RoleBinding", "ClusterRoleBinding")

ALL: Final = "*"
WRITE: Final = frozenset({"create", "update", "patch", "delete", "deletecollection"})


def rules(role: Object) -> list[View]:
    """Return the rules of a role."""
    return role["rules"].items()


def chosen(texts: View, test: Callable[[str], bool]) -> list[str]:
    """Return the items of a list of texts for which `test` holds, as far as they are known.

    Raises:
        Undecided: it holds for none that is known, and there are others.
    """
    found: list[str] = []
    undecided: Undecided | None = None
    for item in texts.items():
        try:
            text = item.text()
        except Undecided as error:
            undecided = undecided or error
        else:
            if text is not None and test(text):
                found.append(text)
    if undecided is not None and not found:
        raise undecided
    return found


def every(*tests: Callable[[], bool]) -> bool:
    """Return whether all tests hold. One that does not decides, whatever is unknown about the others.

    Raises:
        Undecided: all hold that can be known, and others cannot.
    """
    undecided: Undecided | None = None
    for test in tests:
        try:
            if not test():
                return False
        except Undecided as error:
            undecided = undecided or error
    if undecided is not None:
        raise undecided
    return True


def verbs(rule: View, wanted: Callable[[str], bool]) -> list[str]:
    """Return the verbs of a rule that are wanted; `*` is each of them."""
    return chosen(rule["verbs"], lambda verb: verb == ALL or wanted(verb))


def texts(resource: str) -> tuple[str, ...]:
    """Return the texts in a rule that mean a resource (`pods`) or a subresource (`pods/exec`)."""
    _, _, part = resource.partition("/")
    return (ALL, resource, f"{ALL}/{part}") if part else (ALL, resource)


def means(text: str, resource: str) -> bool:
    """Return whether a text in a rule means a resource or a subresource."""
    return text in texts(resource)


Table = Mapping[str, tuple[str, ...]]
"""Resources by API group."""


def allows(
    rule: View, table: Table, wanted: Callable[[str], bool], says: Callable[[str, str], bool] = means
) -> Iterator[str]:
    """Yield, once at most, what a rule allows of a table, in its own words; each group is a question of its own.

    Args:
        wanted: which verbs are meant, beside `*`.
        says: whether a text in a rule means a resource of the table.
    """
    found: dict[str, None] = {}
    for group, resources in table.items():
        with apart(rule):
            meant = partial(_any, says, resources)
            found |= dict.fromkeys(_hits(rule, group, meant, wanted))
    if found:
        yield f"{rule.path} allows {'/'.join(verbs(rule, wanted))} of {', '.join(found)}"


def _any(says: Callable[[str, str], bool], resources: tuple[str, ...], text: str) -> bool:
    return any(says(text, resource) for resource in resources)


def _hits(rule: View, group: str, meant: Callable[[str], bool], wanted: Callable[[str], bool]) -> list[str]:
    sure = every(
        lambda: bool(verbs(rule, wanted)),
        lambda: bool(chosen(rule["apiGroups"], lambda text: text in (ALL, group))),
        lambda: bool(chosen(rule["resources"], meant)),
    )
    return chosen(rule["resources"], meant) if sure else []


def unnamed(rule: View) -> bool:
    """Return whether a rule is about objects of any name."""
    return not rule["resourceNames"].items() or bool(chosen(rule["resourceNames"], lambda name: name == ""))
