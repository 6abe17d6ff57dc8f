"""One tenant floods its database; the other's goes on, and who is called is told (F3, M7, S3)."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from apiserver import Cluster, wait
from drills.client import client
from drills.flood import start
from spec import TenantSpec, plan
from tests.e2e.databases.objects import Store
from tests.e2e.databases.prometheus import prometheus
from tests.e2e.databases.shops import Shop, a_shop
from tests.e2e.stacks import Stack, kubectl
from tests.told import TOLD

pytestmark = [pytest.mark.e2e, pytest.mark.node, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def loud(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("loud")
    with a_shop(folder, name="dbloud", environment="dev", tier="small", apps={}) as found:
        yield found


@pytest.fixture(scope="module")
def quiet(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("quiet")
    with a_shop(folder, name="dbquiet", environment="dev", tier="small", apps={}) as found:
        yield found


def test_five_hundred_connections_are_one_tenants_own_trouble(
    loud: Shop, quiet: Shop, record_property: Callable[[str, str], None]
) -> None:
    beside: Stack = quiet.tenant.stack
    # One project has both files, as the repository has.
    (loud.tenant.stack.root / "stacks" / quiet.tenant.file.name).symlink_to(quiet.tenant.file)
    verdict = loud.drill("flood", loud.tenant.stack.name, "orders", "--beside", beside.name, tries=3)
    record_property(TOLD, f"flood: {verdict['figures']}")
    names = {check["name"] for check in verdict["checks"]}
    assert {"connections of the flood", "the other's p95", "alert DatabaseConnections (70 %)"} <= names


WAITED = 180  # seconds: what is measured is half a minute old, and an alert must hold for one
METRIC = re.compile(r"\bcnpg_[a-z_]+")
LATER = {"cnpg_pg_replication_lag", "cnpg_collector_last_available_backup_timestamp"}
"""Measured where there is a standby, or a backup has ended: not in these two."""


def test_the_alert_of_the_flooded_database_fires_and_no_other(loud: Shop, quiet: Shop, tmp_path: Path) -> None:
    """By Prometheus, from the platform's rules in the cluster and the metrics of both databases."""
    spec = TenantSpec.model_validate_json(json.dumps(loud.tenant.document()))
    image = "-o=jsonpath={.spec.imageName}"
    postgres = kubectl("-n", loud.namespace, "get", "cluster", plan.cluster_name("orders"), image)
    with (
        prometheus(tmp_path, [loud.namespace, quiet.namespace]) as server,
        client(Cluster(), spec, "orders", postgres) as attacker,
    ):
        assert server.firing("DatabaseConnections") == []
        start(attacker, WAITED)
        fired = wait("the alert", lambda: server.firing("DatabaseConnections"), within=WAITED, poll=2)
        for metric in {found for alert in plan.DATABASES for found in METRIC.findall(alert.expression)} - LATER:
            assert len(server.values(metric)) == 2, f"{metric} is measured in both"
    assert [(each["namespace"], each["database"]) for each in fired] == [(loud.namespace, "orders")]
