"""Kubernetes quantities, exactly: `500m`, `2`, `1.5Gi`, `1e3`.

Text becomes a Decimal and back, never a float. What comes back is canonical, as the API server writes it, so that
a stored object never differs from the one we asked for. Grammar and canonical form: k8s.io/apimachinery,
pkg/api/resource.
"""

import re
from decimal import Context, Decimal, localcontext

BINARY = {suffix: Decimal(1024) ** power for power, suffix in enumerate(("Ki", "Mi", "Gi", "Ti", "Pi", "Ei"), 1)}
DECIMAL = {
    "n": Decimal("1e-9"),
    "u": Decimal("1e-6"),
    "m": Decimal("1e-3"),
    "": Decimal(1),
    "k": Decimal("1e3"),
    "M": Decimal("1e6"),
    "G": Decimal("1e9"),
    "T": Decimal("1e12"),
    "P": Decimal("1e15"),
    "E": Decimal("1e18"),
}
LARGEST = Decimal(2**63 - 1)  # the API server caps what is larger; we refuse it
FINEST = Decimal("1e-9")
LONGEST = 64  # characters; with the precision below, arithmetic on what is shorter never rounds
EXACT = Context(prec=1200)

_GRAMMAR = re.compile(
    r"(?P<sign>[+-]?)(?P<number>[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
    r"(?:(?P<suffix>[KMGTPE]i|[numkMGTPE])|[eE](?P<exponent>[+-]?[0-9]{1,3}))?",
    re.ASCII,
)


def parse(text: str) -> Decimal:
    """Return the value of `text` in base units (cores, bytes, pieces).

    Raises:
        ValueError: not a quantity, negative, above 2^63-1, or finer than a billionth.
    """
    match = _GRAMMAR.fullmatch(text)
    if match is None or len(text) > LONGEST:
        raise ValueError("a Kubernetes quantity such as 500m, 2 or 1.5Gi")
    with localcontext(EXACT):
        value = Decimal(match["sign"] + match["number"]) * _factor(match["suffix"], match["exponent"])
        if value < 0:
            raise ValueError("a quantity that is not negative")
        if value > LARGEST:
            raise ValueError("a quantity of at most 2^63-1")
        if value % FINEST:
            raise ValueError("a quantity no finer than one billionth (1n)")
    return value


def _factor(suffix: str | None, exponent: str | None) -> Decimal:
    if exponent is not None:
        return Decimal(f"1e{exponent}")
    return BINARY[suffix] if suffix in BINARY else DECIMAL[suffix or ""]


def decimal_text(value: Decimal) -> str:
    """Return `value` in the canonical form of counted things and of CPU: `2`, `1500m`, `2k`."""
    for suffix in ("E", "P", "T", "G", "M", "k", "", "m", "u", "n"):
        scaled = value / DECIMAL[suffix]
        if value and scaled == scaled.to_integral_value():
            return f"{int(scaled)}{suffix}"
    return "0"


def binary_text(value: Decimal) -> str:
    """Return `value` in the canonical form of bytes: `1536Mi`; what no binary suffix divides stays decimal: `1G`."""
    for suffix in ("Ei", "Pi", "Ti", "Gi", "Mi", "Ki"):
        scaled = value / BINARY[suffix]
        if value and scaled == scaled.to_integral_value():
            return f"{int(scaled)}{suffix}"
    return decimal_text(value)
