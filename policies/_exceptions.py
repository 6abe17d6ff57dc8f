"""Exceptions in the tenant's file: what they lift, for how long, and what is said of them in every preview."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from policies._object import Object
from policies._platform import near
from policies._rule import Rule
from policies._stack import Stack
from policies._view import Malformed, Undecided
from spec import TenantSpec, names, plan
from spec.exception import RuleException


def lifted(rule: Rule, found: Object, stack: Stack) -> bool:
    """Return whether an exception from the rule stands for an object.

    The object's kind, name and namespace must be known: what is not known yet is not excused.
    """
    if not rule.excusable or not isinstance(stack.spec, TenantSpec):
        return False
    tenant, over = stack.spec, plan.over(stack.spec, stack.now)
    return any(
        each.rule == rule.id and key not in over and _about(each, found, tenant)
        for key, each in tenant.exceptions.items()
    )


def _about(exception: RuleException, found: Object, tenant: TenantSpec) -> bool:
    scope = exception.scope
    home = names.namespace(tenant.name, tenant.environment, scope.namespace)
    try:
        return (found.kind.name, found.name, found.namespace) == (scope.kind, scope.name, home)
    except (Undecided, Malformed):
        return False


def told(tenant: TenantSpec, now: datetime) -> Iterator[tuple[str, str]]:
    """Yield what every preview says of the exceptions that stand: (rule, sentence)."""
    over = plan.over(tenant, now)
    for key, found in tenant.exceptions.items():
        if key not in over:
            scope = found.scope
            yield (
                found.rule,
                f"exception {key} until {found.until}: {scope.kind} {scope.name} may break it, because {found.reason};"
                f" {found.owner} answers for it, decided in {found.ticket}",
            )


def wrong(tenant: TenantSpec, rules: Iterable[Rule], now: datetime) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the exceptions: (rule, sentence); the rule may be none."""
    by_id = {rule.id: rule for rule in rules}
    over, far = plan.over(tenant, now), plan.too_far(tenant, now)
    for key, found in tenant.exceptions.items():
        where = f"exception {key}"
        if found.rule not in by_id:
            hint = near(found.rule, by_id)
            yield found.rule, f"{where}: there is no rule {found.rule}{f'; {hint}' if hint else ''}"
        elif not by_id[found.rule].excusable:
            yield found.rule, f"{where}: {by_id[found.rule].decided_by} refuses all the same, and knows no exceptions"
        elif key in over:
            yield (
                found.rule,
                f"{where} is over since {found.until}: remove it, or have it decided anew in {found.ticket}",
            )
        elif key in far:
            yield found.rule, f"{where} ends at {found.until}, more than {plan.LONGEST_EXCEPTION.days} days ahead"
