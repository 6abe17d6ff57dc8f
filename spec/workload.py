"""What apps and jobs have in common: an image, how much it needs, and what it is given."""

from operator import not_
from typing import Annotated, Any, Literal, Self

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from spec._base import Model, refuse, wrong
from spec.errors import PASSWORD
from spec.scalars import Bytes, Cpu, EnvName, Image, Name, SecretKey, SecretName, Text

SECRETIVE = ("PASSWORD", "PASSWD", "SECRET", "TOKEN", "API_KEY", "PRIVATE_KEY", "CREDENTIALS")
"""Words of a variable's name that mean: its value must not stand in a file."""


class SecretRef(Model):
    """A value that stands in a Secret of the environment, never in the stack file."""

    name: SecretName
    """The Secret."""

    key: SecretKey
    """The key in it."""


LARGEST_POOL = 100


class Binding(Model):
    """Another app, or a database, of the environment that this one calls."""

    app: Name | None = None
    """The other app. Absent: it is a database."""

    database: Name | None = None
    """The database. Absent: it is an app."""

    by: Literal["env", "files"] = "env"
    """How it arrives: as variables `<NAME>_URI`, `<NAME>_HOST`, `<NAME>_PORT`, of databases `<NAME>_DATABASE`,
    `<NAME>_USERNAME` and `<NAME>_PASSWORD` as well, or as files of these names in small letters in `/bindings/<name>`.
    A database's CA is in any case the file `/databases/<database>/ca.crt`. Absent: env."""

    pool: Annotated[int, Field(ge=1, le=LARGEST_POOL)] | None = None
    """How many connections each copy holds at most, of databases only; all copies of all that bind to a database must
    fit what its plan has. Absent: 5."""

    pooled: bool | None = None
    """Whether connections go through the pooler, of databases only. A pooled session lasts one transaction: what needs
    a longer one (LISTEN, advisory locks, SET) says false. Absent: true."""

    @model_serializer(mode="wrap")
    def _said_alone(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Jobs are named for all that they say: what is absent must not change the name of those that came before."""
        return {key: value for key, value in handler(self).items() if value is not None}

    @model_validator(mode="after")
    def _one_target(self) -> Self:
        if (self.app is None) == (self.database is None):
            given = "both" if self.app else "neither"
            refuse("Binding", [((), given, wrong("either `app` or `database`", "say which of the two it calls"))])
        return self

    @model_validator(mode="after")
    def _connections_of_databases(self) -> Self:
        error = wrong("nothing, for an app has no connections to count", "remove it, or bind a `database`")
        given = (("pool", self.pool), ("pooled", self.pooled))
        refuse(
            "Binding",
            (((name,), value, error) for name, value in given if value is not None and self.database is None),
        )
        return self


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
    """Other apps and databases that it calls, by the name that it knows them by. Absent: none."""

    namespace: Name | None = None
    """One of the environment's extra namespaces. Absent: the environment's own."""

    # Jobs are named for all that they say: what came later and is absent must not change their names.
    trust: Annotated[bool, Field(exclude_if=not_)] = False
    """Whether it finds the platform's own authority in `/platform/ca.crt`, to call other apps' hosts by HTTPS. What its
    image trusts stays as it is. Absent: false."""

    @model_validator(mode="after")
    def _no_secret_in_clear(self) -> Self:
        refuse(
            type(self).__name__,
            (
                # The name is shown, not the value: what should have been secret must not reach a log either.
                (("config", name), name, wrong("only values that anyone may read", f"move `{name}` to `secrets:`"))
                for name, value in self.config.items()
                if any(f"_{word}_" in f"_{name}_" for word in SECRETIVE) or PASSWORD.search(value)
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
