"""Go durations, as Kubernetes and its operators read them: `72h`, `1h30m`, `500ms`. There is no `d`."""

import re
from decimal import Decimal

SECONDS = {
    "ns": Decimal("1e-9"),
    "us": Decimal("1e-6"),
    "µs": Decimal("1e-6"),
    "ms": Decimal("1e-3"),
    "s": Decimal(1),
    "m": Decimal(60),
    "h": Decimal(3600),
}
LARGEST = Decimal(2**63 - 1) * SECONDS["ns"]  # what Go holds: about 292 years

_PART = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(ns|us|µs|ms|s|m|h)", re.ASCII)
GRAMMAR = rf"^(0|({_PART.pattern})+)$"
"""All of them, for whoever has no Python: RE2 reads it as well."""

_WHOLE = re.compile(rf"(?:{_PART.pattern})+", re.ASCII)


def parse(text: str) -> Decimal:
    """Return the seconds of `text`.

    Raises:
        ValueError: not a Go duration, negative, or longer than Go can hold.
    """
    if text == "0":
        return Decimal(0)
    if not _WHOLE.fullmatch(text):
        raise ValueError("a duration of hours, minutes and seconds such as 72h or 1h30m")
    seconds = sum((Decimal(number) * SECONDS[unit] for number, unit in _PART.findall(text)), Decimal(0))
    if seconds > LARGEST:
        raise ValueError("a duration of at most 2562047h")
    return seconds
