"""Bad inputs in exceptions from rules, and in how the platform sets rules."""

from typing import Any

from tests.spec.bad import NAME, REMOVED, Bad

EXCEPTION = {
    "rule": "Q5",
    "scope": {"kind": "Deployment", "name": "legacy"},
    "owner": "storefront@acme.example",
    "ticket": "SEC-1234",
    "reason": "the vendor ships no limits",
    "until": "2027-01-31T18:00:00Z",
}


def an_exception(**changes: Any) -> dict[str, Any]:
    """An exception as a stack file says it; a change to `REMOVED` removes the field."""
    return {key: value for key, value in (EXCEPTION | changes).items() if value is not REMOVED}


RULE = "wanted the id of a rule; write for example Q5; docs/reference/policies.md has them all"
KIND = "wanted a kind as manifests spell it; write for example Deployment"
TICKET = "wanted a ticket: its id or its https:// address; write for example SEC-1234"

BAD_EXCEPTIONS = [
    Bad("exceptions", {"x": an_exception(rule="quota")}, RULE, at="exceptions.x.rule", shown='"quota"'),
    Bad("exceptions", {"x": an_exception(rule="q5")}, RULE, at="exceptions.x.rule", shown='"q5"'),
    Bad(
        "exceptions",
        {"x": an_exception(scope={"kind": "deployments", "name": "legacy"})},
        KIND,
        at="exceptions.x.scope.kind",
        shown='"deployments"',
    ),
    Bad(
        "exceptions",
        {"x": an_exception(scope={"kind": "Deployment", "name": "*"})},
        "wanted an object's name in the cluster; write for example web",
        at="exceptions.x.scope.name",
        shown='"*"',
    ),
    Bad(
        "exceptions",
        {"x": an_exception(scope=EXCEPTION["scope"] | {"namespace": "batch"})},  # type: ignore[operator]  # a mapping
        "wanted one of `namespaces`: there is none; correct it, or add the namespace",
        at="exceptions.x.scope.namespace",
        shown='"batch"',
    ),
    Bad("exceptions", {"x": an_exception(ticket="later")}, TICKET, at="exceptions.x.ticket", shown='"later"'),
    Bad(
        "exceptions",
        {"x": an_exception(reason="")},
        "wanted a text; write at least a word",
        at="exceptions.x.reason",
        shown='""',
    ),
    Bad(
        "exceptions",
        {"x": an_exception(until=REMOVED)},
        "wanted when it ends, by the API server's own clock and without a run of the stack; at most 90 days ahead; "
        "add `until:`",
        at="exceptions.x.until",
        shown="nothing",
    ),
    Bad(
        "exceptions",
        {"x": an_exception(until="2027-01-31")},
        'wanted a moment in UTC, in quotes; write for example "2027-01-31T18:00:00Z"',
        at="exceptions.x.until",
        shown='"2027-01-31"',
    ),
    Bad("exceptions", {"X": an_exception()}, NAME, at="exceptions", shown='"X"'),
]

BAD_RULES = [
    Bad("rules", {"quota": {}}, RULE, shown='"quota"'),
    Bad(
        "rules",
        {"Q5": {"stage": "off"}},
        "wanted one of warn, enforce; write warn, for example",
        at="rules.Q5.stage",
        shown='"off"',
    ),
]
