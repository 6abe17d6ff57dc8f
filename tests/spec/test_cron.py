"""Schedules are those that the CronJob controller reads."""

import pytest

from spec.cron import check


@pytest.mark.parametrize(
    "text",
    [
        "* * * * *",
        "0 3 * * *",
        "*/15 0-6 1,15 jan-mar MON",
        "59 23 31 12 6",
        "0 0 ? * ?",
        "5/10 * * * *",
        "0-30/5 * * * sun-sat",
    ],
)
def test_good_schedules_are_taken(text: str) -> None:
    assert check(text) == text


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", "five fields"),
        ("* * * *", "five fields"),
        ("0 * * * * *", "five fields"),
        ("@daily", "five fields"),
        ("TZ=Europe/Berlin 0 3 * * *", "five fields"),
        ("0  3 * * *", "five fields"),
        ("60 * * * *", "0 to 59 for the minute"),
        ("* 24 * * *", "0 to 23 for the hour"),
        ("* * 0 * *", "1 to 31 for the day of the month"),
        ("* * 32 * *", "1 to 31 for the day of the month"),
        ("* * * 13 *", "1 to 12 for the month"),
        ("* * * foo *", "1 to 12 for the month"),
        ("* * * * 7", "0 to 6 for the day of the week"),
        ("*/0 * * * *", "0 to 59 for the minute"),
        ("*/00 * * * *", "0 to 59 for the minute"),
        ("30-10 * * * *", "0 to 59 for the minute"),
        ("*-5 * * * *", "0 to 59 for the minute"),
        ("1,,2 * * * *", "0 to 59 for the minute"),
        ("-1 * * * *", "0 to 59 for the minute"),
    ],
)
def test_others_are_refused_with_the_field_that_is_wrong(text: str, wanted: str) -> None:
    with pytest.raises(ValueError, match=wanted):
        check(text)
