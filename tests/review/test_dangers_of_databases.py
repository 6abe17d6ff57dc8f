"""What is dangerous to a database, and what only looks like it: a case and its twin for each."""

from typing import Any

import pytest

from tests.review.stacks import an_object, changed, grave, held, made

IMAGE = "r.example/pg:16.10@sha256:01"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "15.4",
            "17.6",
            ["PostgreSQL 15 becomes 17: minutes of standstill, and only a restore leads back"],
        ),
        ("17.6", "15.4", ["PostgreSQL 17 would become 15, which its operator refuses"]),
        ("17.5", "17.6", []),
        ("17.6", None, []),
    ],
    ids=["up", "down", "minor", "unknown"],
)
def test_a_new_major_version_of_a_database(old: str, new: str | None, said: list[str]) -> None:
    def cluster(tag: str | None) -> dict[str, Any]:
        spec = {"imageName": f"r.example/postgresql:{tag}"} if tag else {}
        return an_object("Cluster", of="postgresql.cnpg.io/v1", spec=spec)

    assert grave(changed(cluster(old), cluster(new))) == said


def a_database(**spec: Any) -> dict[str, Any]:
    return an_object(
        "Cluster", of="postgresql.cnpg.io/v1", spec={"instances": 3, "imageName": IMAGE, "backup": {"x": "y"}, **spec}
    )


@pytest.mark.parametrize(
    ("new", "said"),
    [
        (a_database(instances=2), []),
        (a_database(instances=1), ["has no standby any more: it stands still as long as its only instance does"]),
        (a_database(backup=None), ["is not backed up any more"]),
        (a_database(backup=None, plugins=[{"name": "p", "isWALArchiver": False}]), ["is not backed up any more"]),
        (a_database(backup=None, plugins=[{"name": "p", "isWALArchiver": True}]), []),
        (
            a_database(imageName="q.example/pg:16.10@sha256:01"),
            ["container postgres runs q.example/pg instead of r.example/pg"],
        ),
        (a_database(imageName="r.example/pg:16.11@sha256:01"), []),
    ],
)
def test_a_database_that_loses_what_would_save_it(new: dict[str, Any], said: list[str]) -> None:
    assert grave(changed(a_database(), new)) == said
    assert grave(changed(new, new)) == []
    assert grave(made(new)) == []


def test_a_pooler_s_pods_are_looked_at() -> None:
    def pooler(container: dict[str, Any]) -> dict[str, Any]:
        pods = {"spec": {"containers": [{"name": "pgbouncer", "image": "r.example/b:1@sha256:00", **container}]}}
        return an_object("Pooler", of="postgresql.cnpg.io/v1", spec={"instances": 2, "template": pods})

    old, new = pooler(held()), pooler(held(privileged=True))
    assert grave(changed(old, new)) == ["container pgbouncer: privileged is True"]
    assert grave(changed(new, old)) == []
