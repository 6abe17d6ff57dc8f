"""The language of twins: a rule once more, in CEL, as the API server's admission policy.

    @twin(sizing.priority, variables={"permitted": ...})
    def priority(settings: Settings) -> Iterator[Check]:
        yield Check(unless="variables.pods.all(pod, ...)", says="a priority class is above the tier")

A rule says its sentences about an object that may be half known; its twin judges the whole object, with defaults, as
the API server stores it. That both say the same of the same objects is what the corpus proves on a live API server.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from policies._rule import Rule, Scope
from policies.admission import _common
from policies.admission._resources import EVERYTHING, LEFT_ALONE, resources
from spec.admission import BY_A_CONTROLLER, AdmissionPolicy, Validation

Settings = Mapping[str, Any]
"""What may be set of a rule, by name, defaults included."""


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing that the rule wants.

    Attributes:
        unless: CEL that holds where it is kept. It may use `variables.<name>` of `_common.VARIABLES`.
        says: what is wrong where it does not hold.
    """

    unless: str
    says: str


@dataclass(frozen=True, kw_only=True)
class Twin:
    """A rule's twin.

    Attributes:
        checks: what it wants, for the rule's settings.
        variables: CEL by name, before which `_common.VARIABLES` come; later ones may use earlier ones.
    """

    rule: Rule
    checks: Callable[[Settings], Iterator[Check]]
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The policy's name in the API server, without the platform's prefix."""
        return self.rule.id.lower()

    def policy(self, settings: Settings | None = None, *, enforced: bool = True) -> AdmissionPolicy:
        """Return the twin as the API server takes it.

        Args:
            settings: those that are set otherwise than by default.
            enforced: whether it refuses, or only tells.
        """
        checks = list(self.checks({**self.rule.defaults, **(settings or {})}))
        return AdmissionPolicy(
            name=self.name,
            resources=EVERYTHING if isinstance(self.rule.judges, Scope) else resources(self.rule.judges),
            excluded=LEFT_ALONE if isinstance(self.rule.judges, Scope) else (),
            conditions=CONDITIONS,
            variables=_used({**_common.VARIABLES, **self.variables, "excused": _common.excused(self.rule.id)}, checks),
            validations=tuple(
                Validation(unless=f"({check.unless}) || variables.excused", message=self._message(check))
                for check in checks
            ),
            enforced=enforced,
        )

    def _message(self, check: Check) -> str:
        return f"{self.rule.id}: {self.rule.title}: {check.says}; fix: {self.rule.fix}"


def twin(
    rule: Rule, variables: Mapping[str, str] | None = None
) -> Callable[[Callable[[Settings], Iterator[Check]]], Twin]:
    """Make the twin of a rule."""
    return lambda checks: Twin(rule=rule, checks=checks, variables=variables or {})


CONDITIONS: Final = {
    # A selector of namespaces lets through everything that is in none.
    "of-a-tenant": f"request.?namespace.orValue('') != '' || {_common.MARKED_AS_A_TENANTS}",
    "not-by-a-controller": f"!({BY_A_CONTROLLER})",
    # A preview asks about what the namespace will be after it, and changes nothing: the pack judges that.
    "no-rehearsal-of-pulumis": "!(request.?dryRun.orValue(false)"
    " && request.?options.?fieldManager.orValue('').startsWith('pulumi-kubernetes'))",
    # What is leaving only loses its finalizers.
    "not-leaving": "!has(object.metadata.deletionTimestamp)",
}
"""Which requests are judged at all. Whose they are, people's or the platform's, makes no difference."""

_USE: Final = re.compile(r"\bvariables\.(\w+)")


def _used(variables: dict[str, str], checks: list[Check]) -> dict[str, str]:
    """Return the variables that the checks need, and those that these need, in their order."""
    wanted = {"excused"} | {name for check in checks for name in _USE.findall(check.unless)}
    for name in reversed(variables):
        if name in wanted:
            wanted |= set(_USE.findall(variables[name]))
    unknown = wanted - variables.keys()
    assert not unknown, f"no variable is called {', '.join(sorted(unknown))}"
    return {name: text for name, text in variables.items() if name in wanted}
