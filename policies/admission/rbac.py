"""Twins of `policies.rbac`.

Cluster roles lie in no namespace: one is a tenant's by its label alone, and nothing of the environment is asked but
that label. What bounds those without it is that no tenant's role may write cluster roles, which `R7` keeps so.
"""

from collections.abc import Iterator
from typing import Final

from policies import rbac
from policies._permissions import ALL, WRITE, Table, texts
from policies.admission._common import cel
from policies.admission._twin import Check, Settings, twin
from spec.labels import TENANT

# Without rules the API server says null, and not nothing.
RULES: Final = {
    "rules": "has(variables.whole.rules) && variables.whole.rules != null ? variables.whole.rules : []",
}


@twin(rbac.named, RULES)
def named(_settings: Settings) -> Iterator[Check]:
    """A field that a rule does not have names nothing."""
    for field in rbac.WILDCARDS:
        yield Check(
            unless=f"variables.rules.all(rule, rule.?{field}.orValue([]).all(text, !text.contains('{ALL}')))",
            says=f"{field} of a rule have {ALL}",
        )


@twin(rbac.no_more, RULES)
def no_more(_settings: Settings) -> Iterator[Check]:
    """The verbs by themselves, and `*` where it means one of them."""
    given = f"verb in {cel(rbac.GIVING)} || verb.startsWith('{rbac.IMPERSONATION}')"
    yield Check(
        unless=f"variables.rules.all(rule, !rule.verbs.exists(verb, {given}))",
        says=f"verbs of a rule have {', '.join(rbac.GIVING)} or {rbac.IMPERSONATION}",
    )
    yield Check(
        unless=_none(_allows(rbac.GIVEN, frozenset())),
        says=f"a rule allows {ALL} of {_names(rbac.GIVEN)}: escalate, bind or impersonate among them",
    )


@twin(rbac.secret, RULES)
def secret(_settings: Settings) -> Iterator[Check]:
    """An empty name among others is that of every list."""
    names = "rule.?resourceNames.orValue([])"
    yield Check(
        unless=_none(f"{_allows(rbac.SECRETS, rbac.READING)} && (size({names}) == 0 || '' in {names})"),
        says=f"a rule allows {_verbs(rbac.READING)} of secrets of any name",
    )


@twin(rbac.outside, RULES)
def outside(_settings: Settings) -> Iterator[Check]:
    """By any verb, and by those that write."""
    yield Check(unless=_none(_allows(rbac.INTO, None)), says=f"a rule allows {_names(rbac.INTO)}")
    yield Check(
        unless=_none(_allows(rbac.THROUGH, WRITE)), says=f"a rule allows {_verbs(WRITE)} of {_names(rbac.THROUGH)}"
    )


@twin(rbac.bounds, RULES)
def bounds(_settings: Settings) -> Iterator[Check]:
    """Here subresources count as what they are of."""
    yield Check(
        unless=_none(_allows(rbac.BOUNDS, WRITE, "text.split('/')[0]")),
        says=f"a rule allows {_verbs(WRITE)} of {_names(rbac.BOUNDS)}",
    )


@twin(rbac.aggregated)
def aggregated(_settings: Settings) -> Iterator[Check]:
    """Whose a cluster role is, its own label says."""
    yield Check(
        unless=f"variables.labels.all(key, !key.startsWith('{rbac.AGGREGATE}'))",
        says=f"a label begins with {rbac.AGGREGATE}: it adds to a role that others have",
    )
    yield Check(
        unless="variables.whole.?aggregationRule.?clusterRoleSelectors.orValue([]).all(selector,"
        f" selector.?matchLabels[?'{TENANT}'].orValue('') == variables.home['{TENANT}'])",
        says=f"clusterRoleSelectors gather roles of others: one does not say whose {TENANT} they are",
    )


def _none(test: str) -> str:
    """Return CEL that holds where no `rule` is so."""
    return f"variables.rules.all(rule, !({test}))"


def _allows(table: Table, verbs: frozenset[str] | None, resource: str = "text") -> str:
    """Return CEL that holds where `rule` allows something of a table.

    Args:
        verbs: those that are meant, beside `*`; None for any.
        resource: CEL that makes of a `text` in a rule what is looked up in the table.
    """
    meant = {group: {word for each in resources for word in texts(each)} for group, resources in table.items()}
    tests = [
        f"{cel(meant)}.exists(group, words, rule.?apiGroups.orValue([]).exists(text, text in ['{ALL}', group])"
        f" && rule.?resources.orValue([]).exists(text, {resource} in words))"
    ]
    if verbs is not None:
        tests.insert(0, f"rule.verbs.exists(verb, verb in {cel({ALL} | verbs)})")
    return " && ".join(tests)


def _names(table: Table) -> str:
    return ", ".join(dict.fromkeys(name for names in table.values() for name in names))


def _verbs(verbs: frozenset[str]) -> str:
    return "/".join(sorted(verbs))
