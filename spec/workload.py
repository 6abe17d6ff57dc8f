"""What apps and jobs have in common: an image, how much it needs, and what it is given."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from spec._base import Model, refuse, wrong
from spec.scalars import Bytes, Cpu, EnvName, Image, Name, SecretKey, SecretName, Text

SECRETIVE = ("PASSWORD", "PASSWD", "SECRET", "TOKEN", "API_KEY", "PRIVATE_KEY", "CREDENTIALS")
"""Words of a variable's name that mean: its value must not stand in a file."""


class SecretRef(Model):
    """A value that stands in a Secret of the environment, never in the stack file."""

    name: SecretName
    """The Secret."""

    key: SecretKey
    """The key in it."""


class Binding(Model):
    """Another app of the environment that this one calls."""

    app: Name
    """The other app."""

    by: Literal["env", "files"] = "env"
    """How its address arrives: as variables `<NAME>_URI`, `<NAME>_HOST` and `<NAME>_PORT`, or as files `uri`, `host`
    and `port` in `/bindings/<name>`. Absent: env."""


class Workload(Model):
    """What runs, and with what."""

    image: Image
    """What to run: `registry/name:tag@sha256:digest`. Without a digest the registry decides what the tag means, so
    staging and prod need one, unless the platform's `images` say otherwise."""

    args: tuple[Text, ...] = ()
    """Arguments of the image's entry point. Absent: none."""

    cpu: Cpu | None = None
    """CPU reserved for each copy. Absent: the tier's default."""

    memory: Bytes | None = None
    """Memory of each copy, reserved and at most. Absent: the tier's default."""

    disk: Bytes | None = None
    """Scratch disk of each copy under `/tmp`, reserved and at most. Absent: the tier's default."""

    user: Annotated[int, Field(ge=1, le=2_147_483_647)] = 65532
    """Number of the user and group that it runs as; never 0. Absent: 65532, as images without a user of their own."""

    config: dict[EnvName, Text] = Field(default_factory=dict)
    """Variables with values that anyone may read. Absent: none."""

    secrets: dict[EnvName, SecretRef] = Field(default_factory=dict)
    """Variables with values from Secrets. Absent: none."""

    bindings: dict[Name, Binding] = Field(default_factory=dict)
    """Other apps that it calls, by the name that it knows them by. Absent: none."""

    namespace: Name | None = None
    """One of the environment's extra namespaces. Absent: the environment's own."""

    @model_validator(mode="after")
    def _no_secret_in_clear(self) -> Self:
        refuse(
            type(self).__name__,
            (
                # The name is shown, not the value: what should have been secret must not reach a log either.
                (("config", name), name, wrong("only values that anyone may read", f"move `{name}` to `secrets:`"))
                for name in self.config
                if any(f"_{word}_" in f"_{name}_" for word in SECRETIVE)
            ),
        )
        return self

    @model_validator(mode="after")
    def _one_source_for_each_variable(self) -> Self:
        refuse(
            type(self).__name__,
            (
                (("secrets", name), name, wrong("a name that `config:` does not have", "keep one of the two"))
                for name in self.secrets
                if name in self.config
            ),
        )
        return self
