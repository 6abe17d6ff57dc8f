"""How long at most until a cron schedule of five fields comes around again. Time zones only move it."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Final

from spec import cron

DAYS: Final = [date(2024, 1, 1) + timedelta(days=day) for day in range(9 * 366)]
"""Nine years, so that the 29th of February comes around twice, on whatever days of the week."""

MINUTES: Final = 24 * 60


def longest_wait(text: str) -> Decimal | None:
    """Return seconds between two openings at most; None where it never opens twice.

    Raises:
        ValueError: not a schedule of five fields.
    """
    cron.check(text)
    fields = text.split(" ")
    minutes, hours, days, months, weekdays = (
        {number for item in field.split(",") for number in _item(item, *bounds[1:])}
        for field, bounds in zip(fields, cron.FIELDS, strict=True)
    )
    # As cron has it: where both kinds of day are limited, either is enough.
    either = not any(field.startswith(("*", "?")) for field in (fields[2], fields[4]))

    def open_on(day: date) -> bool:
        by_month, by_week = day.day in days, day.isoweekday() % 7 in weekdays
        return day.month in months and (by_month or by_week if either else by_month and by_week)

    matching = [number for number, day in enumerate(DAYS) if open_on(day)]
    times = sorted(hour * 60 + minute for hour in hours for minute in minutes)
    within = max((later - sooner for sooner, later in pairwise(times)), default=0)
    between = [(later - sooner) * MINUTES for sooner, later in pairwise(matching)]
    if not between:
        return None
    return Decimal(60 * max(within, max(between) + times[0] - times[-1]))


def _item(text: str, low: int, high: int, words: tuple[str, ...]) -> range:
    span, slash, step = text.partition("/")
    first, dash, last = span.partition("-")
    if first in "*?":
        return range(low, high + 1, int(step or 1))
    start = _number(first, low, words)
    end = _number(last, low, words) if dash else high if slash else start
    return range(start, end + 1, int(step or 1))


def _number(text: str, low: int, words: tuple[str, ...]) -> int:
    return int(text) if text.isdecimal() else words.index(text.lower()) + low
