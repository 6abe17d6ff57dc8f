"""Drills without a cluster: what a verdict amounts to, and how what was measured is read (S3, K5)."""

import json
from typing import Any

import pytest
import typer

from apiserver import Late, Refused, wait
from cli import _drill
from cli._output import Output
from cli.drill import _finish
from drills.client import _path, _pod
from drills.postgres import _values
from drills.restore import _cluster
from drills.verdict import Bench, Verdict
from drills.writer import Writes
from tests.builders import a_tenant
from tests.cli.projects import a_project, a_quiet, paas

ORDERS = {"orders": {"plan": "small"}}


def a_verdict(*, ok: bool) -> Verdict:
    bench = Bench("failover", namespace="acme-prod", subject="orders")
    bench.check("first write", True, found="4 s", wanted="< 10 s")
    bench.check("lost", ok, found=0 if ok else 3, wanted=0)
    bench.figure("firstWriteSeconds", 4.20049)
    return bench.verdict()


def test_one_failed_check_fails_the_drill() -> None:
    assert a_verdict(ok=True).passed
    assert not a_verdict(ok=False).passed


def test_a_drill_that_looked_at_nothing_has_not_passed() -> None:
    assert not Bench("restore", namespace="a", subject="b").verdict().passed


@pytest.mark.parametrize(("ok", "code"), [(True, 0), (False, 1)])
def test_a_verdict_is_a_table_json_and_an_exit_code(ok: bool, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as ended:
        _drill.finish(a_verdict(ok=ok), Output.JSON)
    assert ended.value.exit_code == code
    told = json.loads(capsys.readouterr().out)["verdict"]
    assert told["passed"] is ok
    assert told["figures"] == {"firstWriteSeconds": 4.2}
    with pytest.raises(typer.Exit):
        _drill.finish(a_verdict(ok=ok), Output.TABLE)
    table = capsys.readouterr().out
    assert ("passed" if ok else "FAILED") in table
    assert "< 10 s" in table


@pytest.mark.parametrize("error", [Refused("no such thing"), Late("healthy: not within 300 s")])
def test_a_drill_that_cannot_be_done_fails_loudly(error: Exception) -> None:
    def drill() -> Verdict:
        raise error

    with pytest.raises(Exception, match=f"the drill could not be done: {error}"):
        _finish(drill, Output.TABLE)


def test_a_database_that_no_file_has_is_told(tmp_path: Any) -> None:
    ended = paas(a_project(tmp_path, a_quiet("acme", databases=ORDERS)), "drill", "restore", "acme-dev", "carts")
    assert ended.code == 64
    assert "acme-dev has no database carts" in ended.err
    assert "name one of orders" in ended.err


def test_the_longest_gap_is_found_and_when_it_ended() -> None:
    writes = Writes(done=[(1, 10.0), (2, 10.1), (3, 16.5), (4, 16.6)], kept={1, 2, 3, 4})
    longest, end = writes.gap(since=10.05)
    assert longest == pytest.approx(6.4)
    assert end == pytest.approx(6.45)


def test_nothing_written_after_the_harm_is_a_gap_without_an_end() -> None:
    assert Writes(done=[(1, 10.0)], kept={1}).gap(since=11.0)[0] == float("inf")


def test_what_was_answered_and_is_not_there_is_lost() -> None:
    assert Writes(done=[(1, 1.0), (2, 2.0), (3, 3.0)], kept={1, 3, 4}).lost == [2]


def test_metrics_are_read_by_their_whole_name() -> None:
    text = '# HELP a_b x\na_b{c="1"} 2\na_b 3\na_bc 9\n'
    assert list(_values(text, "a_b")) == [2.0, 3.0]


def test_a_wait_that_is_over_says_what_for() -> None:
    with pytest.raises(Late, match="a thing: not within 0 s"):
        wait("a thing", lambda: None, within=0)
    assert wait("a thing", lambda: "here", within=0) == "here"


SOURCE = {
    "imageName": "ghcr.io/cloudnative-pg/postgresql:17.6",
    "storage": {"size": "1Gi", "storageClass": "paas-retained"},
    "resources": {"limits": {"memory": "512Mi"}},
    "postgresql": {"parameters": {"max_connections": "60"}, "synchronous": {"number": 1}, "pg_hba": ["x"]},
    "managed": {"roles": []},
}


@pytest.mark.parametrize(
    ("target", "recovery"),
    [(None, {}), ("2026-11-25 23:00:00+00", {"recoveryTarget": {"targetTime": "2026-11-25 23:00:00+00"}})],
)
def test_a_restored_database_stands_alone_on_scratch(target: str | None, recovery: dict[str, Any]) -> None:
    spec = _cluster("newest", SOURCE, {"destinationPath": "s3://b/acme-prod/"}, target)["spec"]
    assert spec["bootstrap"] == {"recovery": {"source": "origin"} | recovery}
    assert spec["storage"] == {"size": "1Gi", "storageClass": "paas-scratch"}
    assert spec["postgresql"] == {"parameters": {"max_connections": "60"}}
    assert "backup" not in spec, "a drill must not write to the backups that it reads"
    assert "managed" not in spec


def test_a_client_calls_as_a_bound_app_does() -> None:
    spec = a_tenant(databases=ORDERS)
    pod, path = _pod(spec, "orders", "paas-drill-1", "image"), _path(spec, "orders", "paas-drill-1")
    assert pod["spec"]["volumes"][1]["secret"]["items"] == [{"key": "ca.crt", "path": "ca.crt"}]
    assert (
        path["spec"]["ingress"][0]["from"][0]["podSelector"]["matchLabels"].items() <= pod["metadata"]["labels"].items()
    )
