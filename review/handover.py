"""A review from JSON that somebody else wrote: a job that ran a stranger's program hands it to one that may write.

Nothing in it is trusted. It is read only where it has the shape and a bearable size, and the verdict is reached anew
from what it tells. What it tells is still the stranger's word.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import is_dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from review.assess import Assessment, assess
from review.build import stack
from review.events import read as events
from review.model import Cause, Failure, Review
from review.values import Mark
from review.verdict import verdict

LARGEST: Final = 64 * 1024**2  # bytes
DEEPEST: Final = 64  # values within values
MOST_DIGITS: Final = 30
"""Of a number, before or behind its point: `1E+999999999` takes a gigabyte to write out."""

_MODEL: Final = TypeAdapter(Assessment)
_MARKS: Final = {mark.value: mark for mark in Mark}


class HandoverError(Exception):
    """It is none that can be read. The message has nothing of what it says."""


def read(path: Path) -> Assessment:
    """Return the review in a file that `as_data` wrote, or that claims so.

    Raises:
        HandoverError: see there.
        OSError: there is no such file.
    """
    with path.open("rb") as file:
        given = file.read(LARGEST + 1)
    if len(given) > LARGEST:
        raise HandoverError(f"the review is larger than {LARGEST} bytes")
    return parse(given)


def parse(given: bytes) -> Assessment:
    """Return the review that `given` is.

    Raises:
        HandoverError: see there.
    """
    try:
        found = _MODEL.validate_python(_marked(json.loads(given), DEEPEST))
    except ValidationError as error:
        places = {".".join(map(str, each["loc"][:3])) for each in error.errors(include_input=False, include_url=False)}
        raise HandoverError(f"the review has not the shape of one, in {len(places)} places") from None
    except (ValueError, RecursionError):
        raise HandoverError("the review is no JSON, or too deep") from None
    if any(abs(number.adjusted()) > MOST_DIGITS for number in _numbers((found.costs, found.quotas, found.prices))):
        raise HandoverError("the review has numbers that nothing costs or needs")
    if found.version != Assessment.version:
        raise HandoverError(f"the review has version {found.version}, and this reads {Assessment.version}")
    word, reasons = verdict(found)
    return replace(found, verdict=word, reasons=reasons)


def missing(why: str) -> Assessment:
    """Return the review of a run that left none: nothing is known, and so nothing may be merged."""
    failure = Failure(cause=Cause.INCOMPLETE, message=why, urn="")
    lost = replace(stack("all", events([])), failures=(failure,))
    return assess(Review(stacks=(lost,)))


def _numbers(value: object) -> Iterator[Decimal]:
    """Yield all exact numbers in a part of the model."""
    if isinstance(value, Decimal):
        yield value
    elif isinstance(value, Mapping):
        for found in value.values():
            yield from _numbers(found)
    elif isinstance(value, (list, tuple)):
        for found in value:
            yield from _numbers(found)
    elif is_dataclass(value):
        yield from _numbers(vars(value))


def _marked(value: Any, deepest: int) -> Any:
    """Return JSON with marks where they stood before it was written."""
    if deepest < 0:
        raise ValueError
    if isinstance(value, str):
        return _MARKS.get(value, value)
    if isinstance(value, dict):
        return {key: _marked(found, deepest - 1) for key, found in value.items()}
    if isinstance(value, list):
        return [_marked(found, deepest - 1) for found in value]
    return value
