"""A drill that cannot begin says at once what is wrong and the way on; it waits only for what passes (S3, X7)."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from apiserver import Cluster, Late, NotYet, Refused
from drills.postgres import GROUP, HEALTHY, Postgres
from tests.apiserver.servers import Fake, closed, kubeconfig, serving, silent, status
from tests.builders import a_tenant_document
from tests.cli.projects import Ended, a_project, paas

DATABASE = f"GET {GROUP}/namespaces/acme-prod/clusters/orders--db"
DRILLS = ("failover", "switchover", "drain", "restore", "flood")
AT_ONCE = 10.0
"""Seconds: far below the five minutes for which a database is waited for, and far above what an answer takes."""


def a_database(**changed: Any) -> dict[str, Any]:
    status = {"phase": HEALTHY, "readyInstances": 2, "currentPrimary": "orders-1", "targetPrimary": "orders-1"}
    return {"spec": {"instances": 2}, "status": status | changed}


@pytest.fixture
def fake() -> Iterator[Fake]:
    with serving(Fake({f"GET {GROUP}": (200, {"resources": []})})) as found:
        yield found


def drill(folder: Path, verb: str) -> Ended:
    """Run a drill, and see that it is at an end at once."""
    databases = {"orders": {"plan": "small"}}
    documents = [a_tenant_document(name=name, databases=databases) for name in ("acme", "globex")]
    beside = ("--beside", "globex-prod") if verb == "flood" else ()
    began = time.monotonic()
    ended = paas(a_project(folder / "project", *documents), "drill", verb, "acme-prod", "orders", *beside)
    assert time.monotonic() - began < AT_ONCE
    assert ended.out == ""
    return ended


@pytest.fixture
def named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The kubeconfig that drills take."""
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "kubeconfig"))
    return tmp_path / "kubeconfig"


@pytest.mark.parametrize("verb", DRILLS)
def test_a_cluster_that_is_not_there_is_told_at_once(tmp_path: Path, named: Path, verb: str) -> None:
    where = closed()
    named.write_text(kubeconfig(where))
    ended = drill(tmp_path, verb)
    assert ended.code == 5
    assert f"could not be done: the cluster at {where} does not answer: Connection refused\n" in ended.err
    assert "fix: look at KUBECONFIG" in ended.err


def test_a_silent_cluster_is_told_when_its_answer_is_due(
    tmp_path: Path, named: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apiserver.cluster.TIMEOUT", (4, 0.5))
    with silent() as where:
        named.write_text(kubeconfig(where))
        ended = drill(tmp_path, "failover")
    assert ended.code == 5
    assert "timed out: no answer within 0.5 s" in ended.err


ANSWERS = {
    "no database": (404, "not found", "there is no database acme-prod/orders--db\n", "bring its stack up: `paas up`"),
    "a stranger": (401, "Unauthorized", "401 Unauthorized\n", "log in anew"),
    "may not": (403, 'clusters "orders" is forbidden', '403 clusters "orders" is forbidden\n', "may do that"),
}


@pytest.mark.parametrize("verb", DRILLS)
@pytest.mark.parametrize(("code", "said", "told", "fix"), ANSWERS.values(), ids=ANSWERS.keys())
def test_what_no_time_changes_is_told_at_once(
    fake: Fake, tmp_path: Path, named: Path, *, verb: str, code: int, said: str, told: str, fix: str
) -> None:
    named.write_text(fake.kubeconfig)
    fake.answers[DATABASE] = status(code, said)
    ended = drill(tmp_path, verb)
    assert ended.code == 1
    assert told in ended.err
    assert fix in ended.err.partition("fix: ")[2]
    assert not [each for each in fake.asked if not each.startswith("GET")], "nothing was begun"


@pytest.mark.parametrize("verb", DRILLS)
def test_a_cluster_without_the_operator_is_told_at_once(fake: Fake, tmp_path: Path, named: Path, verb: str) -> None:
    named.write_text(fake.kubeconfig)
    del fake.answers[f"GET {GROUP}"]
    ended = drill(tmp_path, verb)
    assert ended.code == 1
    assert "the cluster knows no databases: it has no postgresql.cnpg.io/v1\n" in ended.err
    assert "paas up platform" in ended.err.partition("fix: ")[2]


def a_postgres(fake: Fake) -> Postgres:
    return Postgres(Cluster(fake.kubeconfig), "acme-prod", "orders--db", "orders")


def test_what_passes_is_waited_for(fake: Fake) -> None:
    answers = iter(
        [
            status(503, "the server is currently unable"),
            status(500, "failed calling webhook"),
            (200, a_database(readyInstances=1)),
            (200, a_database(readyInstances=1)),
        ]
    )
    fake.answers[DATABASE] = lambda: next(answers, (200, a_database()))
    a_postgres(fake).settle(within=30)
    assert len([each for each in fake.asked if each == DATABASE]) == 6


def test_a_database_that_goes_while_it_is_waited_for_ends_the_wait(fake: Fake) -> None:
    answers = iter([(200, a_database(readyInstances=1))] * 4)
    fake.answers[DATABASE] = lambda: next(answers, status(404, "gone"))
    with pytest.raises(Refused, match="there is no database acme-prod/orders--db"):
        a_postgres(fake).settle(within=30)


@pytest.mark.parametrize(
    ("found", "says"),
    [
        (a_database(phase="Failing over", phaseReason="orders-1 is gone"), "Failing over orders-1 is gone"),
        ({"spec": {"instances": 2}}, "nothing"),
    ],
)
def test_a_database_that_does_not_heal_is_told_with_its_operators_words(
    fake: Fake, found: dict[str, Any], says: str
) -> None:
    fake.answers[DATABASE] = (200, found)
    with pytest.raises(Late, match=f"^acme-prod/orders--db healthy: not within 0 s; its operator says: {says}$"):
        a_postgres(fake).settle(within=0)


def test_a_metric_that_is_not_there_yet_is_asked_for_again_and_no_right_to_it_is_not(fake: Fake) -> None:
    path = "GET /api/v1/namespaces/acme-prod/pods/orders-1:9187/proxy/metrics"
    fake.answers |= {DATABASE: (200, a_database()), path: (200, "other 1\n")}
    with pytest.raises(NotYet, match="acme-prod/orders--db has no metric used"):
        a_postgres(fake).metric("used")
    fake.answers[path] = (200, 'used{a="b"} 2\nused{a="c"} 3\n')
    assert a_postgres(fake).metric("used") == 5
    fake.answers[path] = status(403, "no")
    with pytest.raises(Refused) as told:
        a_postgres(fake).metric("used")
    assert not isinstance(told.value, NotYet)


def test_an_eviction_that_a_budget_refuses_passes_and_one_that_is_forbidden_does_not(fake: Fake) -> None:
    path = "POST /api/v1/namespaces/acme-prod/pods/orders-1/eviction"
    fake.answers[path] = status(429, "Cannot evict pod as it would violate the pod's disruption budget.")
    with pytest.raises(NotYet, match="disruption budget"):
        a_postgres(fake).evict("orders-1")
    fake.answers[path] = status(403, "no")
    with pytest.raises(Refused, match="403 no") as told:
        a_postgres(fake).evict("orders-1")
    assert not isinstance(told.value, NotYet)
