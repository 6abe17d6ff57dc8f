"""Backups by the operator's plugin, for real: a database goes over to it, another begins with it (K5, O5, F3).

They land where they landed before, they restore, and one row that is written at the beginning is there at the end.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from spec import TenantSpec, plan
from spec.quantity import parse
from tests.e2e.databases.objects import Store
from tests.e2e.databases.platforms import changed
from tests.e2e.databases.shops import ORDERS, Customers, Shop, a_shop, customers
from tests.e2e.scratch import idle
from tests.e2e.stacks import ROOT, kubectl
from tests.told import TOLD
from tests.waiting import eventually

pytestmark = [pytest.mark.e2e, pytest.mark.node, pytest.mark.timeout(1500)]

Tell = Callable[[str, str], None]

MARK = "the row that survives"
PLUGIN = "plugin-barman-cloud"
MANIFEST = f".sandbox/manifests/{PLUGIN}.yaml"
BUILDING = 840  # seconds in which two cores have built it, cold
PATIENCE = 240
STANDSTILL = 120  # seconds in which the instance that writes has been made anew
LAST = "barman_cloud_cloudnative_pg_io_last_available_backup_timestamp"


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Any]:
    """What takes the plugin up, as long as the tests run."""
    built = subprocess.run(
        [sys.executable, "-m", "sandbox", "image", PLUGIN],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=BUILDING,
        check=False,
    )
    assert built.returncode == 0, built.stderr

    def with_the_plugin(platform: dict[str, Any]) -> None:
        platform["operators"]["barmanCloud"] = {"source": "manifest", "manifest": MANIFEST}

    return lambda: changed(tmp_path_factory.mktemp("platform"), with_the_plugin)


def instances(shop: Shop) -> list[dict[str, Any]]:
    found = kubectl("-n", shop.namespace, "get", "pods", "-l", "cnpg.io/podRole=instance", "-o", "json")
    items: list[dict[str, Any]] = json.loads(found)["items"]
    return items


def beside(pod: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the plugin's container of an instance, where it has one."""
    return [each for each in pod["spec"].get("initContainers", ()) if each["name"] == PLUGIN]


def healthy(shop: Shop) -> bool:
    path = "jsonpath={.status.phase} {.status.readyInstances}"
    wanted = f"Cluster in healthy state {len(instances(shop))}"
    return kubectl("-n", shop.namespace, "get", "cluster", "orders--db", "-o", path) == wanted


def bases(store: Store, shop: Shop) -> int:
    return len([key for key in store.keys(f"{shop.namespace}/orders--db-15/base/") if key.endswith("backup.info")])


@pytest.fixture(scope="module")
def moving(
    store: Store, platform: Callable[[], Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Shop, Customers]]:
    """A shop whose database was backed up by its operator, and is now by the plugin; and who ordered meanwhile."""
    with a_shop(tmp_path_factory.mktemp("shop"), name="dbmoved", jobs=idle()) as found:
        found.sql(f"CREATE TABLE mark (text text); INSERT INTO mark VALUES ('{MARK}')")
        eventually(lambda: bases(store, found) == 1, otherwise="no backup by the operator", seconds=PATIENCE)
        with platform():
            with customers(found) as served:
                found.tenant.stack.up()
                eventually(
                    lambda: all(beside(pod) for pod in instances(found)) and healthy(found),
                    otherwise="an instance is without the plugin",
                    seconds=PATIENCE,
                )
                whole = time.monotonic()
                eventually(lambda: served.served_since(whole), otherwise="nobody can order again", seconds=PATIENCE)
            yield found, served


@pytest.fixture(scope="module")
def moved(moving: tuple[Shop, Customers]) -> Shop:
    return moving[0]


@pytest.fixture(autouse=True)
def survives(moved: Shop) -> Iterator[None]:
    """Whatever a test does, the mark is there afterwards, and no order is gone, until the database is parted with."""
    there = ("-n", moved.namespace, "get", "clusters.postgresql.cnpg.io", "-o", "name")
    before = moved.rows() if kubectl(*there) else 0
    yield
    if kubectl(*there):
        assert moved.sql("SELECT text FROM mark") == MARK
        assert moved.rows() >= before


def test_nobody_can_order_for_a_while_and_then_everybody_again(
    moving: tuple[Shop, Customers], record_property: Tell
) -> None:
    shop, served = moving
    record_property(TOLD, f"over to the plugin: nobody could write for {served.standstill:.0f} s")
    assert served.standstill < STANDSTILL
    assert shop.rows() >= served.answers["200"], "no order that was taken is gone"


def test_an_instance_with_its_plugin_is_as_large_as_its_plan(moved: Shop) -> None:
    spec = TenantSpec.model_validate_json(json.dumps(moved.tenant.document()))
    whole = plan.database_resources(spec, spec.databases["orders"])
    for pod in instances(moved):
        [server] = [each for each in pod["spec"]["containers"] if each["name"] == "postgres"]
        for name, wanted in whole.requests.items():
            asked = [parse(each["resources"]["requests"][name]) for each in (server, *beside(pod))]
            assert sum(asked) == parse(wanted), name
    assert kubectl("-n", moved.namespace, "get", "cluster", "orders--db", "-o", "jsonpath={.spec.backup}") == ""


def test_a_run_that_changes_nothing_changes_nothing(moved: Shop) -> None:
    moved.tenant.stack.run("up", "--yes", "--skip-preview", "--expect-no-changes")


def test_the_plugin_makes_a_backup_beside_the_operators_and_says_when(moved: Shop, store: Store) -> None:
    backup = {
        "apiVersion": "postgresql.cnpg.io/v1",
        "kind": "Backup",
        "metadata": {"name": "by-hand", "labels": moved.tenant.labels},
        "spec": {
            "cluster": {"name": "orders--db"},
            "method": "plugin",
            "pluginConfiguration": {"name": plan.BARMAN_CLOUD},
        },
    }
    there = ("-n", moved.namespace, "get", "backup", "by-hand", "-o", "jsonpath={.status.phase} {.status.error}")
    kubectl("-n", moved.namespace, "create", "-f", "-", stdin=json.dumps(backup))
    eventually(lambda: kubectl(*there).strip() in {"completed", "failed"}, otherwise="no end", seconds=PATIENCE)
    assert kubectl(*there).strip() == "completed"
    assert bases(store, moved) == 2, "the operator's is still there"
    primary = kubectl("-n", moved.namespace, "get", "cluster", "orders--db", "-o", "jsonpath={.status.currentPrimary}")
    metrics = f"/api/v1/namespaces/{moved.namespace}/pods/{primary}:9187/proxy/metrics"

    def measured() -> bool:
        lines = kubectl("get", "--raw", metrics).splitlines()
        return any(line.startswith(LAST) and float(line.split()[-1]) > 0 for line in lines)

    eventually(measured, otherwise="the alert of old backups would not see it", seconds=90)


def test_what_both_have_backed_up_is_restored_to_the_newest_and_to_a_second(moved: Shop, record_property: Tell) -> None:
    verdict = moved.drill("restore", moved.tenant.stack.name, "orders")
    record_property(TOLD, f"restore by the plugin: {verdict['figures']}")
    assert {check["name"] for check in verdict["checks"]} >= {"rows of the newest", "rows of the point in time"}
    assert kubectl("get", "namespaces", "-l", "paas.internal/drill", "-o", "name") == ""


def test_a_database_says_what_it_has_backed_up_and_may_not_say_where_to(moved: Shop) -> None:
    """The allowed twin is the window that the test before has found; what stands in the plan is the platform's."""
    window = "jsonpath={.status.serverRecoveryWindow.orders--db-15.lastSuccessfulBackupTime}"
    store = ("-n", moved.namespace, "objectstores.barmancloud.cnpg.io", "orders--db")
    assert kubectl("get", *store, "-o", window)
    elsewhere = json.dumps({"spec": {"configuration": {"destinationPath": "s3://elsewhere/"}}})
    account = f"system:serviceaccount:{moved.namespace}:orders--db"
    with pytest.raises(AssertionError, match="cannot patch resource"):
        kubectl("patch", *store, "--type=merge", "-p", elsewhere, "--as", account)
    operator = "system:serviceaccount:cnpg-system:plugin-barman-cloud"
    people = ("--as", "somebody", "--as-group", "acme-developers")
    with pytest.raises(AssertionError, match="cannot get resource"):
        kubectl("patch", *store, "--type=merge", "-p", elsewhere, *people)
    kubectl("annotate", *store, "paas.internal/seen=yes", "--dry-run=server", "--as", operator)


def test_who_parts_by_name_has_a_last_backup_by_the_plugin(moved: Shop, store: Store) -> None:
    before = bases(store, moved)
    moved.change(databases={"orders": ORDERS | {"retire": "orders"}})
    phase = kubectl("-n", moved.namespace, "get", "backup", "orders--db-last", "-o", "jsonpath={.status.phase}")
    assert phase == "completed"
    assert bases(store, moved) == before + 1
    moved.change(databases={}, apps={})
    assert kubectl("-n", moved.namespace, "get", "clusters.postgresql.cnpg.io", "-o", "name") == ""
    assert kubectl("-n", moved.namespace, "get", "objectstores.barmancloud.cnpg.io", "-o", "name") == ""
    assert bases(store, moved) == before + 1


def test_a_new_database_begins_with_the_plugin(
    moved: Shop, store: Store, tmp_path_factory: pytest.TempPathFactory
) -> None:
    shop = a_shop(tmp_path_factory.mktemp("new"), name="dbnew", environment="dev", tier="small")
    with shop as found:  # not beside the other: a sandbox of two cores is full with both
        assert all(beside(pod) for pod in instances(found))
        eventually(lambda: bases(store, found) == 1, otherwise="no first backup", seconds=PATIENCE)
        assert found.ask("/who") == "orders_1"
        keys = store.keys(f"{found.namespace}/")
        assert any("/wals/" in key for key in keys), keys
