"""What things cost here, and what stacks may cost: `prices.yaml` in the project's folder.

    book:
      currency: EUR
      coreHour: 0.030
      gibHour: 0.004
      basis: offer of 2026-10
    budgets:
      standard: 400     # of every environment of a tier
      acme-prod: 650    # of one stack, which goes first

What `book` does not say is as in the example prices of `review.cost`.
"""

import json
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, ClassVar

import typer
from pydantic import ConfigDict, Field, ValidationError, field_validator
from pydantic.alias_generators import to_camel
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from cli._codes import Code
from cli._errors import CliError
from review.cost import PriceBook
from spec import Model, TenantSpec

FILE = "prices.yaml"

PricesOption = Annotated[
    Path | None,
    typer.Option("--prices", help="A file of prices and budgets; absent: prices.yaml, else example prices."),
]
Amount = Annotated[Decimal, Field(ge=0)]


@dataclass(frozen=True, kw_only=True)
class _Book(PriceBook):
    """Refuses what is misspelt; a review's own output may grow fields."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(alias_generator=to_camel, extra="forbid")


class Prices(Model):
    """A file of prices and budgets."""

    book: _Book = _Book()
    """What things cost. Absent: example prices, which say so."""

    budgets: dict[str, Amount] = Field(default_factory=dict)
    """What a month may cost, by stack or tier. Absent: nobody said."""

    @field_validator("book")
    @classmethod
    def _nothing_is_paid_back(cls, book: _Book) -> _Book:
        if below := [name for name, value in vars(book).items() if isinstance(value, Decimal) and value < 0]:
            raise ValueError(f"{to_camel(below[0])} is less than nothing")
        return book

    def budget(self, stack: str, spec: TenantSpec) -> Decimal | None:
        """Return what a month of a stack may cost; None where nobody said."""
        return self.budgets.get(stack, self.budgets.get(spec.tier))


def read(path: Path) -> Prices:
    """Return the prices of a file.

    Raises:
        CliError: it cannot be read, or says what no such file may.
    """
    try:
        said = YAML(typ="safe", pure=True).load(path.read_text())
        return Prices.model_validate_json(json.dumps(said or {}))
    except OSError as error:
        raise CliError(f"{path} cannot be read: {error.strerror}", "name a file that exists") from None
    except UnicodeDecodeError as error:
        raise CliError(f"{path} is no UTF-8: {error.reason}", "save it as UTF-8", Code.INVALID) from None
    except (YAMLError, TypeError) as error:
        raise CliError(f"{path}{_place(error)} is no YAML", "correct it", Code.INVALID) from None
    except ValidationError as error:
        told = "\n".join(f"  {'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        raise CliError(f"{path} cannot be used:\n{told}", "docs/guide/cli.md has an example", Code.INVALID) from None


def _place(error: Exception) -> str:
    """Return the line of an error; not what it says, which repeats what stands there."""
    mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
    return f":{mark.line + 1}" if mark else ""


def of(root: Path, named: Path | None) -> Prices:
    """Return the prices of the file that is named, else the project's own, else the example ones."""
    own = root / FILE
    if named is None and not own.exists():
        return Prices()
    return read(named or own)
