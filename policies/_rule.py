"""The language of rules: a rule is a generator of sentences about an object, or about the whole stack.

    @rule(
        "Q7", area="quota", level=MANDATORY, severity=HIGH,
        title="Pods have a priority of their tier", why="...", fix="...", serves=("E3",),
        judges=PODS, needs=PLAN, decided_by="the admission policy",
    )
    def priority(found: Object, stack: Stack) -> Iterator[str]:
        for pod in found.pods:
            with apart(pod.spec):
                name = pod.spec["priorityClassName"].text()
                if name is not None and name not in allowed: yield f"{name} is not ..."

Every sentence is one refusal, and begins with the field that it is about. Once a rule has read what is marked as a
secret, only that beginning is shown; what is in Secrets and variables is taken out of sentences, but only as it is: a
rule must not say what it made of it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from policies._kinds import Kind
from policies._object import Object, Resource
from policies._stack import Stack
from policies._view import Reading


class Level(StrEnum):
    """What a refusal does, in the SDK's words: it ends the run, or it is told."""

    MANDATORY = "mandatory"
    ADVISORY = "advisory"


class Severity(StrEnum):
    """How bad it would be, in the SDK's words."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


MANDATORY, ADVISORY = Level.MANDATORY, Level.ADVISORY
LOW, MEDIUM, HIGH, CRITICAL = Severity.LOW, Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL

ADMISSION: Final = "the API server's admission policy"
"""What decides, of most rules, what a preview cannot."""


class Need(StrEnum):
    """What a rule must know besides what it judges."""

    NOTHING = "nothing"
    PLAN = "the plan of the stack's tenant"


NOTHING, PLAN = Need.NOTHING, Need.PLAN


class Scope(StrEnum):
    """What a rule judges where kinds do not say it."""

    OBJECTS = "every object of the API"
    RESOURCES = "every resource of the stack"


OBJECTS, RESOURCES = Scope.OBJECTS, Scope.RESOURCES


@dataclass(frozen=True, kw_only=True)
class Whole:
    """All resources of a stack, for rules about more than one of them."""

    resources: tuple[Resource, ...]
    reading: Reading

    def objects(self, kinds: Iterable[Kind], *, patches: bool = True) -> list[Object]:
        """Return the objects of these kinds, in the order in which the stack made them.

        Args:
            patches: whether what only changes another's object is one; where an object must be there, it is not.
        """
        wanted = frozenset(kinds)
        return [
            Object(resource, located, self.reading)
            for resource in self.resources
            for located in resource.located
            if located.kind in wanted and (patches or not located.patch)
        ]


ObjectCheck = Callable[[Object, Stack], Iterator[str]]
StackCheck = Callable[[Whole, Stack], Iterator[tuple[Object | None, str]]]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule and all that people and machines ask about it.

    Attributes:
        id: stable for ever: `Q3`.
        area: `quota`, as its module.
        title: the rule as one sentence, which heads each refusal.
        why: what goes wrong without it.
        fix: what to do about a refusal.
        serves: ids of requirements.
        judges: kinds, or a scope.
        needs: what it must know besides.
        decided_by: what decides what a preview cannot know.
        patches: whether it can judge an object that says only what changes.
        excusable: whether exceptions may lift it; not where Kubernetes itself refuses as well.
        settings: JSON schema of what pack configuration may set, by name. Every one has a default.
        check: of an object, or None.
        check_stack: of the stack, or None; sentences with the object that they are about.
    """

    id: str
    area: str
    level: Level
    severity: Severity
    title: str
    why: str
    fix: str
    serves: tuple[str, ...]
    judges: frozenset[Kind] | Scope
    needs: Need = Need.NOTHING
    decided_by: str = ADMISSION
    patches: bool = True
    excusable: bool = True
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    check: ObjectCheck | None = None
    check_stack: StackCheck | None = None

    @property
    def url(self) -> str:
        """Where the catalogue has it, from the root of the repository."""
        return f"docs/reference/policies.md#{self.id.lower()}"

    @property
    def defaults(self) -> dict[str, Any]:
        """Settings where pack configuration says nothing."""
        return {name: schema["default"] for name, schema in self.settings.items()}


def rule(id: str, /, **facts: Any) -> Callable[[ObjectCheck], Rule]:
    """Make a rule about single objects; `facts` are the fields of `Rule`."""
    return lambda check: Rule(id=id, check=check, **facts)


def stack_rule(id: str, /, **facts: Any) -> Callable[[StackCheck], Rule]:
    """Make a rule about several objects together; `facts` are the fields of `Rule`."""
    return lambda check: Rule(id=id, check_stack=check, **facts)
