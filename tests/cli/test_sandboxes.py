"""When a sandbox's time is over, and what then becomes of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pulumi.automation import UpdateSummary

from cli._sandboxes import Living, ends, half_gone, living
from cli._states import since
from cli.reap import judge
from tests.builders import a_tenant

BORN = datetime(2026, 11, 25, 12, tzinfo=UTC)


def a_namespace(name: str, *, stack: str | None = None, **annotations: str) -> dict[str, Any]:
    labels = {"app.kubernetes.io/part-of": stack or name, "paas.internal/environment": "sandbox"}
    made = {"name": name, "labels": labels, "creationTimestamp": "2026-11-25T12:00:00Z"}
    return {"metadata": made | ({"annotations": annotations} if annotations else {})}


def a_run(kind: str, result: str = "succeeded", hour: int = 12) -> UpdateSummary:
    when = datetime(2026, 11, 25, hour)
    return UpdateSummary(
        kind=kind,
        start_time=when,
        message="",
        environment={},
        config={},
        result=result,
        end_time=when + timedelta(minutes=5),
        version=None,
        deployment=None,
        resource_changes=None,
    )


def test_a_sandbox_is_known_by_its_own_namespace_alone() -> None:
    namespaces = [
        a_namespace("sandbox-pr-1", **{"paas.internal/ttl": "24h"}),
        a_namespace("sandbox-pr-1--batch", stack="sandbox-pr-1"),
        a_namespace("sandbox-pr-2"),
    ]
    assert list(living(namespaces)) == [
        Living(stack="sandbox-pr-1", created=BORN, ttl="24h"),
        Living(stack="sandbox-pr-2", created=BORN, ttl=None),
    ]


@pytest.mark.parametrize(
    ("ttl", "file", "hours"),
    [("24h", None, 24), ("24h", "48h", 48), (None, "1h30m", 1.5), (None, None, None), ("a day", None, None)],
)
def test_the_file_says_when_it_ends_and_else_its_namespace(
    ttl: str | None, file: str | None, hours: float | None
) -> None:
    spec = a_tenant(name="pr-1", environment="sandbox", tier="free", ttl=file) if file else None
    wanted = None if hours is None else BORN + timedelta(hours=hours)
    assert ends(Living(stack="sandbox-pr-1", created=BORN, ttl=ttl), spec) == wanted


@pytest.mark.parametrize(
    ("over", "known", "verdict"),
    [
        (BORN + timedelta(seconds=1), True, (False, "0:00:01 left")),
        (BORN, True, (True, "its time was over 0:00:00 ago")),
        (BORN - timedelta(days=2), True, (True, "its time was over 2 days, 0:00:00 ago")),
        (BORN - timedelta(days=2), False, (False, "its time is over, but this backend does not have its stack")),
        (None, True, (False, "it does not say how long it lives")),
    ],
)
def test_only_what_is_over_and_ours_goes(over: datetime | None, known: bool, verdict: tuple[bool, str]) -> None:
    assert judge(over, BORN, known=known) == verdict


@pytest.mark.parametrize(
    ("past", "half"),
    [
        ([a_run("destroy", "failed"), a_run("update")], True),
        ([a_run("destroy", "in-progress"), a_run("update")], True),
        ([a_run("destroy"), a_run("update")], False),
        ([a_run("update", "failed"), a_run("destroy", "failed")], False),
        ([], False),
    ],
)
def test_only_a_destroy_that_was_cut_short_is_taken_up_again(past: list[UpdateSummary], half: bool) -> None:
    assert half_gone(past) is half


@pytest.mark.parametrize(
    ("past", "hour"),
    [
        ([], None),
        ([a_run("update", hour=9)], 9),
        ([a_run("refresh", hour=11), a_run("update", hour=10), a_run("update", hour=9)], 9),
        ([a_run("update", hour=11), a_run("destroy", hour=10), a_run("update", hour=9)], 11),
        ([a_run("update", "failed", hour=11), a_run("update", hour=10)], 10),
        ([a_run("destroy", hour=11), a_run("update", hour=10)], None),
        ([a_run("destroy", "failed", hour=11), a_run("update", hour=10)], 10),
    ],
)
def test_a_stack_is_up_since_its_first_update_after_it_was_gone(past: list[UpdateSummary], hour: int | None) -> None:
    assert since(past) == (None if hour is None else datetime(2026, 11, 25, hour, 5, tzinfo=UTC))
