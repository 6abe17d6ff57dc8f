"""Cron schedules of five fields, as the CronJob controller reads them (robfig/cron, standard parser)."""

import re

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")

FIELDS: tuple[tuple[str, int, int, tuple[str, ...]], ...] = (
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day of the month", 1, 31, ()),
    ("month", 1, 12, MONTHS),
    ("day of the week", 0, 6, DAYS),
)
"""Each field's name, lowest and highest number, and words that stand for numbers from the lowest on."""

_ITEM = re.compile(r"(?P<from>\*|\?|[0-9a-z]+)(?:-(?P<to>[0-9a-z]+))?(?:/(?P<step>[0-9]+))?", re.ASCII | re.IGNORECASE)


def check(text: str) -> str:
    """Return `text`.

    Raises:
        ValueError: not five fields, or one of them out of its range; it says which.
    """
    fields = text.split(" ")
    if len(fields) != len(FIELDS):
        raise ValueError("five fields: minute, hour, day of the month, month, day of the week")
    for field, (name, low, high, words) in zip(fields, FIELDS, strict=True):
        if not all(_item(item, low, high, words) for item in field.split(",")):
            raise ValueError(f"{low} to {high} for the {name}, `*`, a range or a list instead of `{field}`")
    return text


def _item(text: str, low: int, high: int, words: tuple[str, ...]) -> bool:
    match = _ITEM.fullmatch(text)
    if match is None or (match["step"] and not int(match["step"])):
        return False
    if match["from"] in "*?":
        return match["to"] is None
    start = _number(match["from"], low, words)
    end = start if match["to"] is None else _number(match["to"], low, words)
    return start is not None and end is not None and low <= start <= end <= high


def _number(text: str, low: int, words: tuple[str, ...]) -> int | None:
    if text.isdecimal():
        return int(text)
    return words.index(text.lower()) + low if text.lower() in words else None
