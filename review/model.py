"""What a pull request changes, as data: the words of every other part of a review, and of `--output json`.

Review
└── StackReview             one stack, at the pull request's head
    ├── Change              one resource, with its property changes
    ├── Finding             what a policy refuses or advises
    ├── Undecided           what a policy could not judge at preview
    ├── Standing            an exception that stands
    ├── Remedy              what a policy has changed
    ├── Failure             why there is no whole preview
    └── Warned              what the engine warns of
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel

from review.values import Value
from spec import PlatformSpec, TenantSpec


class Shape:
    """The base of the model's parts: camelCase in JSON, as in stack files."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(alias_generator=to_camel)


class Op(StrEnum):
    """What becomes of a resource."""

    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    IMPORT = "import"
    READ = "read"
    SAME = "same"


@dataclass(frozen=True, kw_only=True)
class PropertyChange(Shape):
    """One property before and after.

    Attributes:
        path: in the engine's spelling.
        before: null where there was none.
        after: null where there is none any more.
        replaces: the resource is made anew for it.
        drift: `before` is what the cluster has, not what the program asked for.
    """

    path: str
    before: Value
    after: Value
    replaces: bool = False
    drift: bool = False


@dataclass(frozen=True, kw_only=True)
class Change(Shape):
    """What becomes of one resource.

    Attributes:
        logical: its name in the program.
        name: its name in the cluster; the logical one where it has none.
        namespace: empty where it has none, or where no preview knows it, since it is made only then.
        group: the API group; empty for the core group and for what is no object of the API.
        kind: such as `Deployment`; empty for what is no object of the API.
        components: names of the components that it is part of, from the outside in.
        component: it is one itself, and nothing in the cluster.
        patch: it is a part of an object that somebody else owns.
        retained: a delete leaves the object alone.
        protected: the engine refuses to delete it.
        reasons: properties for which it is replaced.
        pending: it would happen without this pull request as well.
        made: all of what is made or imported; empty for what is there already.
        old: what the program asked for; empty where the resource is new.
        new: what the program asks for; empty where the resource goes.
    """

    op: Op
    urn: str
    type: str
    logical: str
    name: str
    namespace: str
    group: str
    kind: str
    components: tuple[str, ...]
    component: bool
    patch: bool
    retained: bool
    protected: bool
    properties: tuple[PropertyChange, ...]
    reasons: tuple[str, ...]
    pending: bool = False
    made: Mapping[str, Value] = field(default_factory=dict, repr=False)
    old: Annotated[Mapping[str, Value], Field(exclude=True, repr=False)] = field(default_factory=dict, repr=False)
    new: Annotated[Mapping[str, Value], Field(exclude=True, repr=False)] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, kw_only=True)
class Finding(Shape):
    """What a policy says.

    Attributes:
        level: `mandatory` or `advisory`.
        severity: `low` to `critical`; empty where the policy has none.
        title: the rule, in a sentence.
        message: what is wrong here.
        fix: empty where the policy tells none.
        urn: empty for the stack as a whole.
        pending: the merge base has it too.
    """

    rule: str
    level: str
    severity: str
    title: str
    message: str
    fix: str
    urn: str
    pending: bool = False

    @property
    def mandatory(self) -> bool:
        """Whether nothing is applied as long as it stands."""
        return self.level == "mandatory"


@dataclass(frozen=True, kw_only=True)
class Undecided(Shape):
    """What no preview could judge, and what will."""

    rule: str
    urn: str
    message: str


@dataclass(frozen=True, kw_only=True)
class Standing(Shape):
    """An exception that stands, in the policy's words."""

    rule: str
    message: str


@dataclass(frozen=True, kw_only=True)
class Remedy(Shape):
    """What a policy has changed of a resource."""

    rule: str
    urn: str
    properties: tuple[PropertyChange, ...]


class Cause(StrEnum):
    """Why a preview is not whole."""

    PROGRAM = "program"
    UNREACHABLE = "unreachable"
    CONFIGURATION = "configuration"
    POLICY = "policy"
    CANCELLED = "cancelled"
    INCOMPLETE = "incomplete"
    ENGINE = "engine"


@dataclass(frozen=True, kw_only=True)
class Failure(Shape):
    """One reason why a preview is not whole."""

    cause: Cause
    message: str
    urn: str


@dataclass(frozen=True, kw_only=True)
class Warned(Shape):
    """What the engine or a provider warns of."""

    message: str
    urn: str


@dataclass(frozen=True, kw_only=True)
class StackReview(Shape):
    """What a pull request changes in one stack.

    Attributes:
        changes: all that is not as it was, by component, type and name.
        unchanged: how many objects stay as they are.
        packs: policy packs that judged it, by name, with their versions.
        providers: plugins that would apply it, by name, with their versions as far as the engine says them.
        tenant: whose it is; empty for the platform, and where the stack file could not be read.
        spec: what the stack file says; null where it could not be read.
        kept: what stays as it is.
    """

    stack: str
    changes: tuple[Change, ...] = ()
    unchanged: int = 0
    findings: tuple[Finding, ...] = ()
    undecided: tuple[Undecided, ...] = ()
    exceptions: tuple[Standing, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    failures: tuple[Failure, ...] = ()
    warnings: tuple[Warned, ...] = ()
    packs: Mapping[str, str] = field(default_factory=dict)
    providers: Mapping[str, str] = field(default_factory=dict)
    tenant: str = ""
    spec: Annotated[TenantSpec | PlatformSpec | None, Field(exclude=True)] = field(default=None, repr=False)
    kept: Annotated[tuple[Change, ...], Field(exclude=True)] = field(default=(), repr=False)

    @property
    def own(self) -> tuple[Change, ...]:
        """The changes that are this pull request's."""
        return tuple(change for change in self.changes if not change.pending)

    @property
    def refusals(self) -> tuple[Finding, ...]:
        """What keeps the stack from being applied."""
        return tuple(finding for finding in self.findings if finding.mandatory)


@dataclass(frozen=True, kw_only=True)
class Review(Shape):
    """What a pull request changes.

    Attributes:
        engine: version of the engine that previewed it; empty where nobody says it.
        plan: hash of the engine's plans of what was reviewed; empty where there are none.
    """

    stacks: tuple[StackReview, ...]
    engine: str = ""
    plan: str = ""
