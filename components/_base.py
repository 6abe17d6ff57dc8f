"""The base of all components: Args in, children built, Outputs registered, always in the same lines.

A subclass says its `token` (a literal, for ever: it is part of every child's identity in the state) and how to `build`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from pulumi import ComponentResource, Resource, ResourceOptions
from pydantic.alias_generators import to_camel

from spec import Model


@dataclass(frozen=True, kw_only=True)
class Args:
    """What a component takes: its slice of the spec, then wiring from other components. No defaults: the spec has them.

    Attributes:
        spec: shown in previews and to policies in the stack file's own words.
    """

    spec: Model


@dataclass(frozen=True, kw_only=True)
class Outputs:
    """What a component gives to others: few, named. Its children stay its own."""

    def exports(self) -> dict[str, object]:
        """Return the outputs under the names that the state and other stacks know: camelCase, as in stack files."""
        return {to_camel(name): value for name, value in vars(self).items()}


Taken = TypeVar("Taken", bound=Args)
Given = TypeVar("Given", bound=Outputs)


class Component(ComponentResource, Generic[Taken, Given]):
    """One concern of an environment, as one node in the tree of resources."""

    token: ClassVar[str]
    outputs: Given

    def __init__(self, name: str, args: Taken, opts: ResourceOptions | None = None) -> None:
        super().__init__(self.token, name, args.spec.model_dump(mode="json", by_alias=True, exclude_none=True), opts)
        self.outputs = self.build(name, args)
        self.register_outputs(self.outputs.exports())

    def build(self, name: str, args: Taken) -> Given:
        """Make the children, each named `<name>-<what>` and with `self.child()` as options."""
        raise NotImplementedError

    def child(self, *, depends_on: Sequence[Resource] = ()) -> ResourceOptions:
        """Return options of a child of this component; the provider comes down from the parent."""
        return ResourceOptions(parent=self, depends_on=depends_on)
