"""A database: a PostgreSQL of its own with standbys, pooling and backups, which apps and jobs bind to by name."""

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from spec._base import Model, refuse, wrong
from spec.scalars import Bytes, Name

MOST_CREDENTIALS = 1000

Extension = Literal[
    "btree_gin",
    "btree_gist",
    "citext",
    "fuzzystrmatch",
    "hstore",
    "intarray",
    "ltree",
    "pg_trgm",
    "pgcrypto",
    "tablefunc",
    "unaccent",
    "uuid-ossp",
]
"""Those of PostgreSQL's own that are trusted: they give nobody more than its own data."""


class DatabasePlan(StrEnum):
    """How large a database is; `spec.plan.DATABASE_PLANS` has the table."""

    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"
    XLARGE = "xlarge"


class DatabaseSpec(Model):
    """One database. How many instances it has, and how long its backups are kept, the tier says."""

    plan: DatabasePlan
    """How large it is: small, medium, large or xlarge."""

    version: Literal[15, 16, 17, 18] = 17
    """PostgreSQL's major version. A higher one upgrades in place, with some minutes of standstill: see the guide. A
    lower one is refused by its operator. Absent: 17."""

    storage: Bytes | None = None
    """Disk of each instance. It grows, where the platform's storage can, and never shrinks. Absent: the plan's."""

    extensions: tuple[Extension, ...] = ()
    """Extensions that are there. One that is left out again stays until somebody drops it. Absent: none."""

    credentials: Annotated[int, Field(ge=1, le=MOST_CREDENTIALS)] = 1
    """Number of the user and password that is handed out. One more is a new user with a new password, to which apps
    roll over; the one before stays good until the next. Absent: 1."""

    retire: Name | None = None
    """Its own name once more, to part with it: then it takes a last backup and loses its protection, and once that is
    done it can be left out of the file. Absent: it is kept."""

    namespace: Name | None = None
    """One of the environment's extra namespaces; what binds to it is there as well. Absent: the environment's own."""

    @model_validator(mode="after")
    def _each_extension_once(self) -> Self:
        twice = sorted({each for each in self.extensions if self.extensions.count(each) > 1})
        error = wrong("each extension once", "remove one of the two")
        refuse("DatabaseSpec", ((("extensions",), name, error) for name in twice))
        return self
