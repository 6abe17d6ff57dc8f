"""Quantities: `1000m` is `1`, `1Gi` is `1024Mi`; the API server writes them its own way."""

import re
from decimal import Decimal
from typing import Final

_QUANTITY: Final = re.compile(r"(?P<number>[+-]?\d*\.?\d+(?:[eE][+-]?\d+)?)(?P<unit>[numkMGTPE]|[KMGTPE]i)?")
_UNITS: Final = {
    **{unit: Decimal(10) ** power for unit, power in zip("numkMGTPE", (-9, -6, -3, 3, 6, 9, 12, 15, 18), strict=True)},
    **{f"{unit}i": Decimal(1024) ** power for power, unit in enumerate("KMGTPE", 1)},
}


def parse(text: object) -> Decimal | None:
    """Return the number that a quantity means, or None where it is none."""
    found = _QUANTITY.fullmatch(str(text).strip())
    if found is None or isinstance(text, bool):
        return None
    return Decimal(found["number"]) * _UNITS.get(found["unit"] or "", Decimal(1))


def same(one: object, other: object) -> bool:
    """Tell whether two quantities mean the same; other values are compared as they are."""
    left, right = parse(one), parse(other)
    return one == other if left is None or right is None else left == right
