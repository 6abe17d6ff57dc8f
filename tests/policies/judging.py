"""From a case of the corpus to the pack's verdict."""

from typing import Any

from policies._judge import Verdict, judge, judge_stack
from policies._object import Resource
from policies._rule import Rule
from policies._stack import Stack
from policies._wire import plain
from policies.rules import BY_ID
from spec import names
from tests.builders import a_tenant
from tests.policies.cases import Case
from tests.recording import Deployed

PROVIDER = "cluster"


def token(found: dict[str, Any]) -> str:
    """Return the type token under which `pulumi_kubernetes` registers an object."""
    api = str(found["apiVersion"])
    return f"kubernetes:{api if '/' in api else f'core/{api}'}:{found['kind']}"


def resources(case: Case) -> tuple[Resource, ...]:
    return tuple(
        Resource(
            type=case.resource.get("type") or token(found),
            urn=f"urn:pulumi:acme-prod::paas::{token(found)}::{position}",
            name=str(position),
            properties=plain(found),
            provider=case.resource.get("provider", PROVIDER),
            protect=case.resource.get("protect", False),
        )
        for position, found in enumerate(case.objects)
    )


def asked(made: Deployed) -> tuple[Resource, ...]:
    """Return what the engine would ask about of a whole stack."""
    return tuple(
        Resource(
            type=found.type,
            urn=found.urn,
            name=found.name,
            properties=plain(found.props),
            protect=found.protect,
            provider=PROVIDER if found.custom else None,
        )
        for found in made.all.values()
    )


def stack(case: Case) -> Stack:
    tenant = a_tenant(**case.tenant)
    settings = BY_ID[case.rule].defaults | case.settings
    return Stack(name=names.stack_of(tenant), spec=tenant, settings=settings)


def verdict(case: Case) -> Verdict:
    return judged(BY_ID[case.rule], resources(case), stack(case))


def judged(rule: Rule, found: tuple[Resource, ...], where: Stack) -> Verdict:
    if rule.check_stack:
        return judge_stack(rule, found, where)
    each = [judge(rule, resource, where) for resource in found]
    return Verdict(
        refusals=tuple(refusal for one in each for refusal in one.refusals),
        ledger=tuple(entry for one in each for entry in one.ledger),
        paths=frozenset(path for one in each for path in one.paths),
    )
