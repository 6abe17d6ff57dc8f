"""What rules about certificates compute: which names fit which hosts, and how long a renewal window stays shut."""

from decimal import Decimal
from typing import Any

import pytest

from policies._certificate import covers, within
from policies._object import Resource
from policies._openings import longest_wait
from policies._stack import Stack
from policies.rules import BY_ID
from tests.policies.judging import judged, token

MINUTE, HOUR, DAY = Decimal(60), Decimal(3600), Decimal(86400)


@pytest.mark.parametrize(
    ("name", "host"),
    [
        ("a.example", "a.example"),
        ("A.Example.", "a.example"),
        ("*.a.example", "x.a.example"),
        ("*.a.example", "*.a.example"),
    ],
)
def test_a_name_covers_a_host(name: str, host: str) -> None:
    assert covers(name, host)


@pytest.mark.parametrize(
    ("name", "host"),
    [
        ("a.example", "x.a.example"),
        ("*.a.example", "a.example"),
        ("*.a.example", "x.y.a.example"),
        ("*.a.example", ".a.example"),
        ("*.b.example", "*.a.example"),
        ("*.*.example", "x.a.example"),
        ("x*.a.example", "xy.a.example"),
        ("x.a.example", "*.a.example"),
    ],
)
def test_a_name_does_not_cover_a_host(name: str, host: str) -> None:
    assert not covers(name, host)


@pytest.mark.parametrize("name", ["a.example", "x.a.example", "*.a.example", "X.A.EXAMPLE.", "x.y.a.example"])
def test_a_name_lies_in_a_domain(name: str) -> None:
    assert within(name, "a.example")


@pytest.mark.parametrize("name", ["evila.example", "example", "*.example", "a.example.evil", "x.*.a.example", ""])
def test_a_name_lies_outside_a_domain(name: str) -> None:
    assert not within(name, "a.example")


@pytest.mark.parametrize(
    ("schedule", "longest"),
    [
        ("* * * * *", MINUTE),
        ("*/10 * * * *", 10 * MINUTE),
        ("5-59/10 * * * *", 10 * MINUTE),
        ("5/10 * * * *", 10 * MINUTE),
        ("0,20 * * * *", 40 * MINUTE),
        ("30 2 * * *", DAY),
        ("0 8-10 * * *", 22 * HOUR),
        ("0 0 * * MON", 7 * DAY),
        ("0 0 * * 1-5", 3 * DAY),
        ("0 0 * * 1-4", 4 * DAY),
        ("0 0 * * mon-thu", 4 * DAY),
        ("0 0 1 jan-mar *", 306 * DAY),
        ("* 2 * * *", 1381 * MINUTE),
        ("0 0 * * 0,6", 6 * DAY),
        ("0 0 1 * *", 31 * DAY),
        ("0 0 1 jan *", 366 * DAY),
        ("0 0 29 2 *", (4 * 365 + 1) * DAY),
        ("0 0 1 * mon", 7 * DAY),  # either is enough, where both are limited
        ("0 0 ? * mon", 7 * DAY),
        ("0 0 1-7 * *", 25 * DAY),
    ],
)
def test_how_long_it_takes_at_most_until_a_schedule_comes_around(schedule: str, longest: Decimal) -> None:
    assert longest_wait(schedule) == longest


def test_a_day_that_never_comes() -> None:
    assert longest_wait("0 0 31 2 *") is None


@pytest.mark.parametrize("schedule", ["", "@daily", "0 0 * *", "0 0 0 * * *", "60 0 * * *", "0 0 * * 7"])
def test_what_is_no_schedule_of_five_fields(schedule: str) -> None:
    with pytest.raises(ValueError, match=r"five fields|for the|instead of"):
        longest_wait(schedule)


def _sentences(rule: str, found: dict[str, Any]) -> list[str]:
    resource = Resource(type=token(found), urn="", name="", properties=found)
    return [
        refusal.sentence for refusal in judged(BY_ID[rule], (resource,), Stack(settings={"longest": "2160h"})).refusals
    ]


@pytest.mark.parametrize("version", ["certmanager.k8s.io/v1alpha1", "cert-manager.io/v1"])
def test_a_certificate_of_the_first_version_is_one(version: str) -> None:
    found = {"apiVersion": version, "kind": "Certificate", "spec": {"duration": "90d"}}
    assert _sentences("C1", found) == [
        "spec.duration is text that is none, and must be a duration of hours, minutes and seconds such as 72h or 1h30m"
    ]


def test_a_number_in_an_annotation_is_one() -> None:
    metadata = {"annotations": {"cert-manager.io/cluster-issuer": "paas", "cert-manager.io/private-key-size": "2k"}}
    found = {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": metadata}
    assert _sentences("C5", found) == [
        'metadata.annotations["cert-manager.io/private-key-size"] is text that is none, and must be a whole number'
    ]
