"""CEL that tells whether a cron schedule comes around again soon enough, counted as `policies._openings` counts it."""

from policies._openings import DAYS, MINUTES
from policies.admission._common import cel
from spec import cron

MINUTE, HOUR, DAY, MONTH, WEEKDAY, STARS = (f"each[{place}]" for place in range(6))
"""What there is of a schedule: the numbers of each field, and which of both kinds of day begin with a star."""


def schedules(texts: str) -> dict[str, str]:
    """Return variables about a list of texts.

    - `scheduled`: whether each of them is a schedule of five fields
    - `schedules`: if so, six lists of numbers for each
    """
    spans = ", ".join(_spans(f"fields[{place}]", *field[1:]) for place, field in enumerate(cron.FIELDS))
    within = " && ".join(
        f"fields[{place}].all(span, {low} <= span[0] && span[0] <= span[1] && span[1] <= {high})"
        for place, (_, low, high, _) in enumerate(cron.FIELDS)
    )
    numbers = ", ".join(
        f"lists.range({high + 1}).filter(number, fields[{place}].exists(span,"
        " span[0] <= number && number <= span[1] && (number - span[0]) % span[2] == 0))"
        for place, (_, _, high, _) in enumerate(cron.FIELDS)
    )
    stars = "[2, 4].filter(kind, variables.crons[place].split(' ')[kind].matches('^[*?]'))"
    return {
        "crons": f"{texts}.map(text, text.lowerAscii())",
        "grammatical": f"variables.crons.all(text, text.matches({cel(_grammar())}))",
        "spans": f"variables.grammatical ? variables.crons.map(text, text.split(' ')).map(fields, [{spans}]) : []",
        "scheduled": f"variables.grammatical && variables.spans.all(fields, {within})",
        "schedules": f"variables.scheduled ? variables.spans.transformList(place, fields, [{numbers}, {stars}]) : []",
        "calendar": f"lists.range({len(DAYS)}).map(day,"
        f" timestamp('{DAYS[0]}T00:00:00Z') + duration(string(24 * day) + 'h'))",
    }


def often(life: str) -> str:
    """Return CEL that holds where one of `variables.schedules` comes around in less than a duration.

    Between two openings are some minutes of an hour, some hours of a day, or some days.
    """
    by_month, by_week = f"at.getDate() in {DAY}", f"at.getDayOfWeek() in {WEEKDAY}"
    # As cron has it: where both kinds of day are limited, either is enough.
    opening = (
        f"variables.calendar.transformList(day, at, (at.getMonth() + 1) in {MONTH}"
        f" && (size({STARS}) == 0 ? {by_month} || {by_week} : {by_month} && {by_week}), day)"
    )
    early = f"{MINUTE}[0] - {MINUTE}[size({MINUTE}) - 1]"
    first = f"({HOUR}[0] - {HOUR}[size({HOUR}) - 1]) * 60"

    def sooner(minutes: str) -> str:
        return f"({minutes}) * 60000 < {life}.getMilliseconds()"

    between = sooner(f"{_gaps('days')}.max() * {MINUTES} + {first} + {early}")
    return (
        f"variables.schedules.exists(each, {_gaps(MINUTE)}.all(gap, {sooner('gap')})"
        f" && {_gaps(HOUR)}.all(gap, {sooner(f'gap * 60 + {early}')})"
        f" && [{opening}].exists(days, size(days) > 1 && {between}))"
    )


def _gaps(numbers: str) -> str:
    return f"{numbers}.transformList(place, number, place > 0, number - {numbers}[place - 1])"


def _grammar() -> str:
    """Return a regular expression for texts in small letters; bounds are asked of the numbers."""
    fields = []
    for *_, words in cron.FIELDS:
        number = "|".join(("[0-9]+", *words))
        item = f"([*?]|({number})(-({number}))?)(/0*[1-9][0-9]*)?"
        fields.append(f"{item}(,{item})*")
    return f"^{' '.join(fields)}$"


def _spans(field: str, low: int, high: int, words: tuple[str, ...]) -> str:
    """Return the items of a field as [first, last, step]."""
    for number, word in enumerate(words, low):
        field += f".replace('{word}', '{number}')"
    return (
        f"{field}.split(',').map(item, item.split('/')).map(item, (item[0] in ['*', '?'] ? [{low}, {high}]"
        " : item[0].contains('-') ? item[0].split('-').map(number, int(number))"
        f" : [int(item[0]), size(item) > 1 ? {high} : int(item[0])]) + [size(item) > 1 ? int(item[1]) : 1])"
    )
