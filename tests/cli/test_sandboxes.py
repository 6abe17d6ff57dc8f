"""When a sandbox's time is over, and what then becomes of it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pulumi.automation import UpdateSummary

from cli._sandboxes import Living, ends, half_gone, living, pull_of
from cli._states import since
from cli.reap import closed, judge
from tests.apiserver.servers import Fake, kubeconfig, serving, status
from tests.apiserver.servers import closed as closed_address
from tests.builders import a_tenant
from tests.cli.projects import a_project, paas

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
    ("stack", "number"),
    [
        ("sandbox-pr-7", 7),
        ("sandbox-pr-123", 123),
        ("sandbox-pr-07", None),
        ("sandbox-pr-7x", None),
        ("sandbox-pr-\u0667", None),
        ("sandbox-try", None),
        ("acme-pr-7", None),
    ],
)
def test_a_pull_requests_number_is_told_from_the_stacks_name(stack: str, number: int | None) -> None:
    assert pull_of(stack) == number


@pytest.mark.parametrize(
    ("stack", "opened", "gone"),
    [
        ("sandbox-pr-7", {8, 9}, True),
        ("sandbox-pr-7", set(), True),
        ("sandbox-pr-7", {7}, False),
        ("sandbox-pr-7", None, False),
        ("sandbox-try", set(), False),
    ],
)
def test_only_the_environment_of_a_closed_pull_request_goes_for_that(
    stack: str, opened: set[int] | None, gone: bool
) -> None:
    assert closed(stack, opened) is gone


def test_a_closed_pull_request_ends_time_and_again_only_what_is_ours() -> None:
    later = BORN + timedelta(days=1)
    assert judge(later, BORN, known=True, closed=True) == (True, "its pull request is not open")
    assert judge(None, BORN, known=False, closed=True) == (
        False,
        "its pull request is not open, but this backend does not have its stack",
    )


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


class NoStacks:
    """An engine whose backend has none."""

    def __init__(self, project: object) -> None: ...

    def stacks(self) -> dict[str, object]:
        return {}


@pytest.mark.parametrize("code", [403, 404])
def test_a_cluster_that_does_not_show_its_namespaces_is_not_one_without_sandboxes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    monkeypatch.setattr("cli.reap.Engine", NoStacks)
    with serving(Fake({"GET /api/v1/namespaces": status(code, "no")})) as fake:
        (tmp_path / "kubeconfig").write_text(fake.kubeconfig)
        monkeypatch.setenv("KUBECONFIG", str(tmp_path / "kubeconfig"))
        ended = paas(a_project(tmp_path), "reap")
    assert (ended.code, ended.out) == (1, "")
    assert f"GET /api/v1/namespaces: {code}" in ended.err


def test_a_cluster_that_is_away_is_told_by_its_own_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.reap.Engine", NoStacks)
    (tmp_path / "kubeconfig").write_text(kubeconfig(closed_address()))
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "kubeconfig"))
    ended = paas(a_project(tmp_path), "reap")
    assert (ended.code, ended.out) == (5, "")
    assert "does not answer: Connection refused\n  fix: look at KUBECONFIG" in ended.err
