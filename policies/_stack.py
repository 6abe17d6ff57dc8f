"""What rules know besides resources: whose stack it is, what its plan says, and how the rule is set."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Final

from policies._view import Undecided
from spec import PlatformSpec, SpecError, TenantSpec, load, plan

PROJECT: Final = "paas"
ROOTS: Final = {"paas:tenant:TenantEnvironment": "tenant", "paas:platform:Platform": "platform"}
"""Types of the components that stacks have at their top, and the key of the stack file that stands in their inputs."""


class Unusable(Exception):
    """The stack file has mistakes, so that nothing can be held against it."""


@dataclass(frozen=True, kw_only=True)
class Stack:
    """A stack as rules see it.

    Attributes:
        name: empty where nobody says it, as in `pulumi policy analyze`.
        spec: what its file says; None where nobody says that.
        unusable: the file has mistakes; the program tells them.
        settings: those of the rule that runs, by name.
        now: when it is judged, with a time zone; exceptions end by it.
    """

    name: str = ""
    spec: TenantSpec | PlatformSpec | None = None
    unusable: bool = False
    settings: Mapping[str, Any] = field(default_factory=dict)
    now: datetime = field(default_factory=lambda: datetime.now(UTC), compare=False)

    @property
    def known(self) -> bool:
        """Whether anybody said whose it is."""
        return self.spec is not None or self.unusable

    @property
    def tenant(self) -> TenantSpec:
        """Whose stack it is. Rules that ask are not run for the platform's stack.

        Raises:
            Undecided: nobody says it.
            Unusable: the stack file has mistakes.
        """
        if self.unusable:
            raise Unusable("the stack file cannot be used")
        if not isinstance(self.spec, TenantSpec):
            raise Undecided("the stack's configuration", "is not given to this run")
        return self.spec

    def space(self, namespace: str | None) -> plan.Space | None:
        """Return the tenant's namespace of that name, or None where it is none of the tenant's."""
        return next((found for found in plan.spaces(self.tenant) if found.name == namespace), None)

    def set(self, settings: Mapping[str, Any]) -> "Stack":
        """Return the stack for a rule with other settings."""
        return replace(self, settings=settings)


def read(name: str, config: Mapping[str, str]) -> Stack:
    """Return the stack whose configuration the engine tells.

    Args:
        config: values by full key (`paas:tenant`); objects are JSON.
    """
    given = {key: json.loads(text) for key in ROOTS.values() if (text := config.get(f"{PROJECT}:{key}"))}
    return _loaded(name, given)


def deployed(urn: str, token: str, inputs: Mapping[str, Any]) -> Stack | None:
    """Return the stack whose top is this component, or None where it is none: what a stored state says by itself.

    Args:
        urn: `urn:pulumi:<stack>::<project>::...`
    """
    if token not in ROOTS:
        return None
    name = urn.removeprefix("urn:pulumi:").partition("::")[0]
    return _loaded(name, {ROOTS[token]: dict(inputs)})


def _loaded(name: str, given: Mapping[str, object]) -> Stack:
    if not any(given.values()):
        return Stack(name=name)
    try:
        return Stack(name=name, spec=load(name, given))
    except SpecError:
        return Stack(name=name, unusable=True)
