"""Drills find a database's backups, whoever makes them, and give a scratch namespace what restores them (K5, O5)."""

from typing import Any

import pytest

from apiserver import Refused
from drills.backups import STORES, Backups
from drills.postgres import GROUP, Postgres

KEYS = {"accessKeyId": {"name": "paas-backups", "key": "accessKeyId"}}
PLACE = {"destinationPath": "s3://b/acme-prod/", "s3Credentials": KEYS}
CLUSTER = f"{GROUP}/namespaces/acme-prod/clusters/orders--db"
BACKUPS = f"{GROUP}/namespaces/acme-prod/backups"
STORE = f"{STORES}/namespaces/acme-prod/objectstores/orders--db"
SECRET = "/api/v1/namespaces/acme-prod/secrets/paas-backups"


class Api:
    """An API server that has these objects, and remembers what it was told to make."""

    def __init__(self, objects: dict[str, Any]) -> None:
        self.objects = objects
        self.made: dict[str, Any] = {}

    def get(self, path: str) -> Any:
        return self.objects.get(path)

    def items(self, path: str) -> list[Any]:
        return list(self.objects.get(path, ()))

    def call(self, _verb: str, path: str, body: Any) -> None:
        self.made[path] = body


def a_backup(stopped: str, *, server: str | None, cluster: str = "orders--db", phase: str = "completed") -> Any:
    status = {"phase": phase, "stoppedAt": stopped} | ({"serverName": server} if server else {})
    return {"spec": {"cluster": {"name": cluster}}, "status": status}


def found(objects: dict[str, Any], spec: dict[str, Any]) -> tuple[Api, Backups]:
    api = Api({CLUSTER: {"spec": spec}, SECRET: {"type": "Opaque", "data": {"accessKeyId": "eA=="}}} | objects)
    return api, Backups.of(Postgres(api, "acme-prod", "orders--db", "orders"))  # type: ignore[arg-type]


IN_TREE = {"backup": {"barmanObjectStore": {**PLACE, "serverName": "orders--db-17"}}}
BY_PLUGIN = {
    "plugins": [
        {"name": "other.example"},
        {
            "name": "barman-cloud.cloudnative-pg.io",
            "parameters": {"barmanObjectName": "orders--db", "serverName": "orders--db-17"},
        },
    ]
}


def a_store(**windows: str) -> dict[str, Any]:
    return {
        "apiVersion": "barmancloud.cnpg.io/v1",
        "kind": "ObjectStore",
        "metadata": {"name": "orders--db", "uid": "u"},
        "spec": {"configuration": PLACE, "retentionPolicy": "30d", "instanceSidecarConfiguration": {"resources": {}}},
        "status": {"serverRecoveryWindow": {key: {"lastSuccessfulBackupTime": at} for key, at in windows.items()}},
    }


MADE = [
    a_backup("2026-01-02T00:00:00Z", server="orders--db-17"),
    a_backup("2026-01-03T00:00:00Z", server="orders--db-15"),
    a_backup("2026-01-04T00:00:00Z", server="orders--db-17", phase="failed"),
    a_backup("2026-01-05T00:00:00Z", server="orders--db-17", cluster="other--db"),
    a_backup("2026-01-06T00:00:00Z", server=None),
    {"spec": {"cluster": {"name": "orders--db"}}},
]


@pytest.mark.parametrize(
    ("windows", "newest"),
    [
        ({}, "2026-01-02T00:00:00Z"),
        ({"orders--db-17": "2026-01-07T00:00:00Z"}, "2026-01-07T00:00:00Z"),
        ({"orders--db-15": "2026-01-07T00:00:00Z"}, "2026-01-02T00:00:00Z"),
    ],
    ids=["the operator's, from before", "the plugin's", "another version's"],
)
def test_the_newest_is_of_this_version_and_complete(windows: dict[str, str], newest: str) -> None:
    _, backups = found({STORE: a_store(**windows), BACKUPS: MADE}, BY_PLUGIN)
    assert backups.newest() == newest


def test_the_operators_own_are_told_by_their_folder() -> None:
    assert found({BACKUPS: MADE}, IN_TREE)[1].newest() == "2026-01-02T00:00:00Z"
    assert found({}, IN_TREE)[1].newest() == ""


@pytest.mark.parametrize(
    ("spec", "told"),
    [(BY_PLUGIN, "there is no ObjectStore acme-prod/orders--db"), ({}, "acme-prod/orders--db is not backed up")],
    ids=["a store that is gone", "no backups"],
)
def test_what_is_missing_is_told(spec: dict[str, Any], told: str) -> None:
    with pytest.raises(Refused, match=told):
        found({}, spec)


def test_a_restore_of_the_operators_needs_the_key_alone() -> None:
    api, backups = found({}, IN_TREE)
    external = backups.copied_to("scratch")
    assert external == {"name": "origin", "barmanObjectStore": IN_TREE["backup"]["barmanObjectStore"]}
    assert list(api.made) == ["/api/v1/namespaces/scratch/secrets"]


def test_a_restore_of_the_plugins_needs_its_store_as_well_which_removes_nothing() -> None:
    api, backups = found({STORE: a_store()}, BY_PLUGIN)
    external = backups.copied_to("scratch")
    assert external["plugin"]["name"] == "barman-cloud.cloudnative-pg.io"
    assert external["plugin"]["parameters"] == {"barmanObjectName": "orders--db", "serverName": "orders--db-17"}
    store = api.made[f"{STORES}/namespaces/scratch/objectstores"]
    assert store["metadata"] == {"name": "orders--db"}
    assert store["spec"] == {"configuration": PLACE}
