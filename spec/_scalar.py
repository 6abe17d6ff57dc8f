"""How a scalar is checked: by a grammar, by a parser, or as an amount. `spec.scalars` has the scalars themselves."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from pydantic import AfterValidator, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from spec import quantity
from spec._base import wrong


@dataclass(frozen=True, kw_only=True)
class Grammar:
    """A check that a whole text matches `pattern` (ASCII) and has at most `longest` characters."""

    pattern: str
    wanted: str
    fix: str
    longest: int

    def check(self, text: str) -> str:
        """Return `text`, or raise the error that says what is wanted."""
        if len(text) > self.longest or not re.fullmatch(self.pattern, text, re.ASCII):
            raise wrong(self.wanted, self.fix)
        return text

    def __get_pydantic_core_schema__(self, source: type, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {**handler(schema), "pattern": f"^({self.pattern})$", "maxLength": self.longest}


def parsed(parse: Callable[[str], object], fix: str) -> AfterValidator:
    """Return a check that `parse` takes the text; its ValueError says what is wanted."""

    def check(text: str) -> str:
        try:
            parse(text)
        except ValueError as error:
            raise wrong(str(error), fix) from None
        return text

    return AfterValidator(check)


def number_to_text(value: object) -> object:
    """YAML reads `cpu: 2` as a number; whole ones are exact, so they are taken as their text."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def amount(check: Callable[[Decimal], str | None], example: str) -> AfterValidator:
    """Return a check of a quantity; `check` answers what is wanted instead, or None."""

    def parse(text: str) -> None:
        wanted = check(quantity.parse(text))
        if wanted:
            raise ValueError(wanted)

    return parsed(parse, f"write {example}")
