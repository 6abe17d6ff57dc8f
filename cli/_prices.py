"""What things cost and what stacks may cost, from a file of whoever pays."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer
from pydantic import Field, TypeAdapter, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from cli._codes import Code
from cli._errors import CliError
from review.cost import PriceBook

PricesOption = Annotated[
    Path | None,
    typer.Option("--prices", help="A YAML file with `prices`, as a review's JSON has them, and `budgets` by stack."),
]

Amount = Annotated[Decimal, Field(ge=0)]
TEXTS = ("currency", "basis")
"""Of the book; all else is an amount."""


@dataclass(frozen=True, kw_only=True)
class Prices:
    """A file of prices.

    Attributes:
        budgets: what stacks may cost in a month, by stack.
    """

    prices: PriceBook = field(default_factory=PriceBook)
    budgets: Mapping[str, Decimal] = field(default_factory=dict)


def prices(path: Path | None) -> Prices:
    """Return what a file says; None: example prices and no budgets.

    Raises:
        CliError: it cannot be read, or is none.
    """
    if path is None:
        return Prices()
    try:
        # As texts: a price of 0.03 is not to become a binary fraction.
        said = YAML(typ="base", pure=True).load(path.read_text()) or {}
        sections = TypeAdapter(dict[str, dict[str, str]]).validate_python(said)
        _known(path, sections, ("prices", "budgets"))
        book = sections.get("prices", {})
        _known(path, book, list(TypeAdapter(PriceBook).json_schema()["properties"]))
        amounts = TypeAdapter(dict[str, Amount])
        amounts.validate_python({key: value for key, value in book.items() if key not in TEXTS})
        return Prices(
            prices=TypeAdapter(PriceBook).validate_python(book),
            budgets=amounts.validate_python(sections.get("budgets", {})),
        )
    except OSError as error:
        raise CliError(f"{path} cannot be read: {error.strerror}", "name a file that exists", Code.USAGE) from None
    except (YAMLError, UnicodeDecodeError):
        raise _wrong(path, "it is no YAML") from None
    except ValidationError as error:
        said = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        raise _wrong(path, said) from None


def _known(path: Path, found: Mapping[str, object], names: list[str] | tuple[str, ...]) -> None:
    if unknown := sorted(set(found) - set(names)):
        raise _wrong(path, f"{unknown[0]} is none of {', '.join(names)}")


def _wrong(path: Path, why: str) -> CliError:
    return CliError(f"{path} cannot be used: {why}", "correct it; docs/guide/ci.md shows one", Code.INVALID)
