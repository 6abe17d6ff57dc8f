"""The base of every part of a stack file: strict, frozen, camelCase in YAML, snake_case in Python."""

from collections.abc import Iterable
from typing import NoReturn

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import InitErrorDetails, PydanticCustomError


class Model(BaseModel):
    """A part of a stack file. Unknown fields are refused, and nothing is converted silently."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        alias_generator=to_camel,
        populate_by_name=True,
        use_attribute_docstrings=True,
    )


def wrong(wanted: str, fix: str) -> PydanticCustomError:
    """Return the error of one value that reads `given <it>, wanted <wanted>; <fix>`."""
    return PydanticCustomError("paas", "wanted {wanted}; {fix}", {"wanted": wanted, "fix": fix})


def refuse(title: str, faults: Iterable[tuple[tuple[str | int, ...], object, PydanticCustomError]]) -> None:
    """Raise every fault at once, each at its place below the model; return where there is none.

    Args:
        title: the model's name.
        faults: (path below the model in the file's spelling, given, error of `wrong`).
    """
    details = [InitErrorDetails(type=error, loc=path, input=given) for path, given, error in faults]
    if details:
        _raise(title, details)


def _raise(title: str, details: list[InitErrorDetails]) -> NoReturn:
    raise ValidationError.from_exception_data(title, details)
