"""Backups of databases by the operator's plugin, where the platform has it (K5, O5): same place, other hands."""

from typing import Any

import pulumi
import pytest

from policies._rule import Rule
from policies._stack import Stack
from policies.rules import RULES
from spec import plan
from spec.quantity import parse
from tests import recording
from tests.builders import a_platform, a_tenant
from tests.policies.judging import asked, judged
from tests.recording import Deployed, Made, deploy

PARTED = {"orders": {"plan": "small", "retire": "orders"}}
DATABASES = {
    "images": {"17": "ghcr.io/cloudnative-pg/postgresql:17.6"},
    "pooler": "ghcr.io/cloudnative-pg/pgbouncer:1.24.1",
    "backups": {"bucket": "paas-backups", "endpoint": "https://s3.eu.example.com"},
}
OPERATORS = {"certManager": {"source": "adopt"}, "cloudnativePg": {"source": "adopt"}}


def told(method: str) -> Deployed:
    """Build a tenant where the platform says who makes backups."""
    facts = recording.PLATFORM_OUTPUTS["facts"]
    with pytest.MonkeyPatch.context() as patched:
        databases = facts["databases"] | {"backups": method}
        patched.setattr(recording, "PLATFORM_OUTPUTS", {"facts": facts | {"databases": databases}})
        return deploy(a_tenant(databases=PARTED))


@pytest.fixture(scope="module")
def by_plugin() -> Deployed:
    return told(plan.BY_PLUGIN)


@pytest.fixture(scope="module")
def by_operator() -> Deployed:
    return told(plan.BY_OPERATOR)


def called(made: Deployed, kind: str, name: str) -> Made:
    [found] = [each for each in made.many(kind) if each.name == name]
    return found


def test_the_plugin_archives_to_the_very_same_place(by_plugin: Deployed, by_operator: Deployed) -> None:
    before = by_operator.one("Cluster").spec["backup"]
    [plugin] = by_plugin.one("Cluster").spec["plugins"]
    store = by_plugin.one("ObjectStore")
    assert "backup" not in by_plugin.one("Cluster").spec
    assert (plugin["name"], plugin["isWALArchiver"]) == ("barman-cloud.cloudnative-pg.io", True)
    assert plugin["parameters"]["barmanObjectName"] == store.metadata["name"]
    assert store.metadata["namespace"] == by_plugin.one("Cluster").metadata["namespace"]
    server = {"serverName": plugin["parameters"]["serverName"]}
    assert store.spec["configuration"] | server == before["barmanObjectStore"]
    assert store.spec["retentionPolicy"] == before["retentionPolicy"] == "30d"


def test_an_operator_that_does_it_itself_has_no_store_and_no_plugin(by_operator: Deployed) -> None:
    assert by_operator.many("ObjectStore") == []
    assert "plugins" not in by_operator.one("Cluster").spec


def test_schedule_and_last_backup_are_made_by_whom_the_platform_says(
    by_plugin: Deployed, by_operator: Deployed
) -> None:
    named = {"method": "plugin", "pluginConfiguration": {"name": "barman-cloud.cloudnative-pg.io"}}
    for kind in ("ScheduledBackup", "Backup"):
        assert named.items() <= by_plugin.one(kind).spec.items()
        assert by_operator.one(kind).spec["method"] == "barmanObjectStore"
        assert "pluginConfiguration" not in by_operator.one(kind).spec
        assert by_plugin.one(kind).urn == by_operator.one(kind).urn, "nothing is made anew"


@pytest.mark.parametrize("which", ["requests", "limits"])
@pytest.mark.parametrize("name", ["cpu", "memory", "ephemeral-storage"])
def test_both_containers_together_are_as_large_as_the_plan(
    which: str, name: str, by_plugin: Deployed, by_operator: Deployed
) -> None:
    """So neither the quota nor what a pod may have at most must grow where the platform takes the plugin up."""
    beside = by_plugin.one("ObjectStore").spec["instanceSidecarConfiguration"]["resources"][which]
    instance, whole = (made.one("Cluster").spec["resources"][which] for made in (by_plugin, by_operator))
    assert parse(instance[name]) + parse(beside[name]) == parse(whole[name])
    assert parse(instance[name]) > parse(beside[name])


def test_postgres_reckons_with_the_memory_that_is_left(by_plugin: Deployed, by_operator: Deployed) -> None:
    settings = [made.one("Cluster").spec["postgresql"]["parameters"] for made in (by_operator, by_plugin)]
    assert [each["shared_buffers"] for each in settings] == ["128MB", "80MB"]
    assert settings[0]["max_connections"] == settings[1]["max_connections"]


def test_the_cluster_waits_for_its_store(by_plugin: Deployed) -> None:
    assert called(by_plugin, "ConfigGroup", "database-orders-store").urn in by_plugin.one("Cluster").depends_on


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_database_with_the_plugin_keeps_the_rule(rule: Rule, by_plugin: Deployed) -> None:
    stack = Stack(name="acme", spec=a_tenant(databases=PARTED), settings=rule.defaults)
    found = judged(rule, asked(by_plugin), stack)
    assert [refusal.sentence for refusal in found.refusals] == []
    assert [str(entry) for entry in found.ledger] == []


@pytest.mark.parametrize(
    ("without", "sentence"),
    [
        ("ObjectStore", "no object store is named to which backups could go"),
        ("ScheduledBackup", "no ScheduledBackup runs for orders--db: there are none"),
    ],
)
def test_b1_misses_what_the_plugin_needs(without: str, sentence: str, by_plugin: Deployed) -> None:
    """The negative twin."""
    [b1] = [rule for rule in RULES if rule.id == "B1"]
    stack = Stack(name="acme", spec=a_tenant(databases=PARTED), settings=b1.defaults)
    seen = tuple(each for each in asked(by_plugin) if not each.type.endswith(f":{without}"))
    found = judged(b1, seen, stack)
    assert [refusal.sentence for refusal in found.refusals] == [sentence]


@pytest.mark.parametrize(("operators", "method"), [({}, "barmanObjectStore"), ({"barmanCloud": {}}, "plugin")])
def test_the_platform_tells_who_makes_backups(operators: dict[str, Any], method: str) -> None:
    outputs = deploy(a_platform(databases=DATABASES, operators=OPERATORS | operators)).one("Platform").outputs
    assert outputs is not None
    assert outputs["facts"]["databases"]["backups"] == method


def test_the_plugin_lives_with_its_operator_and_comes_after_what_it_needs() -> None:
    file = {"source": "manifest", "manifest": "manifests/any.yaml"}
    made = deploy(a_platform(operators={"certManager": file, "cloudnativePg": file, "barmanCloud": {}}))
    others = {
        called(made, "ConfigFile", f"operator-{name}-manifest").urn for name in ("cert-manager", "cloudnative-pg")
    }
    assert others <= set(called(made, "InstalledOperator", "operator-plugin-barman-cloud").depends_on)
    chart = called(made, "Chart", "operator-plugin-barman-cloud-chart").props
    assert (chart["version"], chart["namespace"]) == ("0.7.1", "cnpg-system")
    homes = [each.metadata["namespace"] for each in made.many("LimitRange")]
    assert sorted(homes) == ["cert-manager", "cnpg-system"], "one for each namespace"
    [policy] = [each for each in made.many("NetworkPolicy") if each.metadata["namespace"] == "cnpg-system"]
    assert 9090 in [port["port"] for port in policy.spec["ingress"][0]["ports"]]


def test_without_the_plugin_its_port_is_closed() -> None:
    file = {"source": "manifest", "manifest": "manifests/any.yaml"}
    made = deploy(a_platform(operators={"cloudnativePg": file}))
    [policy] = made.many("NetworkPolicy")
    assert 9090 not in [port["port"] for port in policy.spec["ingress"][0]["ports"]]


def test_a_platform_of_an_older_program_backs_up_by_its_operator() -> None:
    assert "backups" not in recording.PLATFORM_OUTPUTS["facts"]["databases"]
    assert deploy(a_tenant(databases=PARTED)).one("Backup").spec["method"] == "barmanObjectStore"


def test_a_platform_without_databases_still_says_what_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    facts = recording.PLATFORM_OUTPUTS["facts"] | {"databases": None}
    monkeypatch.setattr(recording, "PLATFORM_OUTPUTS", {"facts": facts})
    with pytest.raises(pulumi.RunError, match="this platform has none"):
        deploy(a_tenant(databases=PARTED))
