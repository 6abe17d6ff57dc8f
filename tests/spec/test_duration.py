"""Durations are Go's: exact, with units up to hours."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spec.duration import LARGEST, parse


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", "0"),
        ("1s", "1"),
        ("90m", "5400"),
        ("1h30m", "5400"),
        ("1.5h", "5400"),
        ("500ms", "0.5"),
        ("1ns", "1e-9"),
        ("2us", "0.000002"),
        ("2µs", "0.000002"),
        (".5s", "0.5"),
        ("1m1m", "120"),
    ],
)
def test_text_has_an_exact_length(text: str, seconds: str) -> None:
    assert parse(text) == Decimal(seconds)


@pytest.mark.parametrize("text", ["", "1", "1d", "1w", "1 h", "-1h", "h", "1h30", "1H", "1h ", "1e3s", "\u0663h"])
def test_what_go_does_not_read_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="such as 72h"):
        parse(text)


def test_what_go_cannot_hold_is_refused() -> None:
    assert parse("2562047h") <= LARGEST
    with pytest.raises(ValueError, match="at most 2562047h"):
        parse("2562048h")


@given(st.integers(0, 10**6), st.integers(0, 59), st.integers(0, 59))
def test_parts_add_up(hours: int, minutes: int, seconds: int) -> None:
    assert parse(f"{hours}h{minutes}m{seconds}s") == hours * 3600 + minutes * 60 + seconds
