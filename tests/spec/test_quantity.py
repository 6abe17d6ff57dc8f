"""Quantities are exact, in Kubernetes' grammar, and come back in its canonical form."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spec.quantity import BINARY, DECIMAL, LARGEST, binary_text, decimal_text, parse


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", "0"),
        ("1", "1"),
        ("0.5", "0.5"),
        ("500m", "0.5"),
        (".5", "0.5"),
        ("5.", "5"),
        ("+1", "1"),
        ("1e3", "1000"),
        ("1E3", "1000"),
        ("1e-3", "0.001"),
        ("9E", "9e18"),
        ("1k", "1000"),
        ("1Ki", "1024"),
        ("1.5Gi", "1610612736"),
        ("1G", "1000000000"),
        ("128m", "0.128"),
        ("1n", "1e-9"),
        ("1u", "1e-6"),
        ("9223372036854775807", "9223372036854775807"),
    ],
)
def test_text_has_an_exact_value(text: str, value: str) -> None:
    assert parse(text) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", "a Kubernetes quantity"),
        ("5GB", "a Kubernetes quantity"),
        ("1K", "a Kubernetes quantity"),
        ("1ki", "a Kubernetes quantity"),
        ("1 Gi", "a Kubernetes quantity"),
        ("Gi", "a Kubernetes quantity"),
        ("1e", "a Kubernetes quantity"),
        ("1e3Gi", "a Kubernetes quantity"),
        ("1,5", "a Kubernetes quantity"),
        ("NaN", "a Kubernetes quantity"),
        ("Infinity", "a Kubernetes quantity"),
        ("0x10", "a Kubernetes quantity"),
        ("1_000", "a Kubernetes quantity"),
        ("\u0661", "a Kubernetes quantity"),
        ("1\n", "a Kubernetes quantity"),
        ("1" * 65, "a Kubernetes quantity"),
        ("-1", "not negative"),
        ("9223372036854775808", "at most"),
        ("10E", "at most"),
        ("1e999", "at most"),
        ("0.1n", "no finer"),
        ("1e-999", "no finer"),
        ("1.0000000000000000000000000000000001", "no finer"),
    ],
)
def test_what_kubernetes_would_refuse_or_bend_is_refused(text: str, wanted: str) -> None:
    with pytest.raises(ValueError, match=wanted):
        parse(text)


quantities = st.builds(
    lambda number, suffix: f"{number}{suffix}", st.integers(0, 10_000), st.sampled_from([*BINARY, *DECIMAL])
).filter(lambda text: _value(text) <= LARGEST)


def _value(text: str) -> Decimal:
    number = text.rstrip("KMGTPEiknum")
    suffix = text[len(number) :]
    return Decimal(number) * (BINARY | DECIMAL)[suffix]


@given(quantities)
def test_both_canonical_forms_keep_the_value(text: str) -> None:
    value = parse(text)
    assert parse(decimal_text(value)) == value
    assert parse(binary_text(value)) == value


@given(quantities)
def test_a_canonical_form_is_its_own(text: str) -> None:
    value = parse(text)
    assert decimal_text(parse(decimal_text(value))) == decimal_text(value)
    assert binary_text(parse(binary_text(value))) == binary_text(value)


@given(st.text(max_size=12))
def test_any_text_is_a_value_or_a_plain_refusal(text: str) -> None:
    try:
        value = parse(text)
    except ValueError:
        return
    assert 0 <= value <= LARGEST


@pytest.mark.parametrize(
    ("value", "cpu", "memory"),
    [
        ("0", "0", "0"),
        ("1000m", "1", "1"),
        ("1500m", "1500m", "1500m"),
        ("2000", "2k", "2k"),
        ("1536Mi", "1610612736", "1536Mi"),
        ("1G", "1G", "1G"),
        ("1024", "1024", "1Ki"),
    ],
)
def test_canonical_text_is_the_api_servers(value: str, cpu: str, memory: str) -> None:
    assert (decimal_text(parse(value)), binary_text(parse(value))) == (cpu, memory)
