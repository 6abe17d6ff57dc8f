"""Twins of `policies.quota`."""

from collections.abc import Iterator
from typing import Final

from policies import quota
from policies.admission._common import cel
from policies.admission._twin import Check, Settings, twin
from spec import plan
from spec.labels import BOUNDARIES, TIER
from spec.tiers import Tier

HARD: Final = {"hard": "variables.spec.?hard.orValue({})"}
LONG: Final = cel(quota.ALIASES)
SHORT: Final = cel({name: alias for alias, name in quota.ALIASES.items()})
UNSCOPED: Final = (
    "size(variables.spec.?scopes.orValue([])) == 0"
    " && size(variables.spec.?scopeSelector.?matchExpressions.orValue([])) == 0"
)


@twin(quota.whole, HARD)
def whole(_settings: Settings) -> Iterator[Check]:
    """A message cannot say which names are missing."""
    yield Check(
        unless=f"!({UNSCOPED}) || variables.quotas.all(name, name in variables.hard"
        f" || {SHORT}[?name].orValue(name) in variables.hard)",
        says=f"spec.hard does not name all that stands in {BOUNDARIES} of the namespace",
    )


@twin(quota.within, HARD)
def within(_settings: Settings) -> Iterator[Check]:
    """The API server's quantities are as exact as ours."""
    most = f"variables.quotas[?{LONG}[?name].orValue(name)]"
    yield Check(
        unless=f"variables.hard.all(name, value, {most}.optMap(most,"
        " quantity(value).compareTo(quantity(most)) <= 0).orValue(true))",
        says=f"a value of spec.hard is above the tier, which {BOUNDARIES} of the namespace has",
    )


FACTS: Final = {str(tier): plan.limits_of(tier) for tier in Tier}
"""What one container, pod or volume may ask for, by tier."""

LIMITS: Final = {
    "most": f"{cel({tier: facts.most for tier, facts in FACTS.items()})}[variables.home['{TIER}']]",
    "volume": f"{cel({tier: facts.volume for tier, facts in FACTS.items()})}[variables.home['{TIER}']]",
    "of_containers": "variables.spec.limits.filter(each, each.type == 'Container')",
    "of_claims": "variables.spec.limits.filter(each, each.type == 'PersistentVolumeClaim')",
}


@twin(quota.limits, LIMITS)
def limits(_settings: Settings) -> Iterator[Check]:
    """The API server itself refuses what has no type, and defaults that are above each other or the maximum."""
    for kind, items in (("Container", "of_containers"), ("PersistentVolumeClaim", "of_claims")):
        yield Check(unless=f"size(variables.{items}) > 0", says=f"no limits of type {kind}")
    for name in quota.SIZES:
        yield _at_most("of_containers", name, f"variables.most['{name}']")
    yield _at_most("of_claims", "storage", "variables.volume")


def _at_most(items: str, name: str, most: str) -> Check:
    return Check(
        unless=f"variables.{items}.all(each, each.?max[?'{name}'].optMap(given,"
        f" quantity(given).compareTo(quantity({most})) <= 0).orValue(false))",
        says=f"max.{name} is missing, or above what the tier has",
    )
