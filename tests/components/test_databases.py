"""Databases as they are asked for (L5, F3, O6): what the operator, the policies and the apps each need of them."""

import base64
import importlib
import json
from typing import Any

import pulumi
import pytest
from pulumi_kubernetes.apiextensions import CustomResource

from components import _postgres as postgres
from policies._rule import Rule
from policies._stack import Stack
from policies.rules import RULES
from spec import TenantSpec
from tests import recording
from tests.builders import a_platform, a_tenant, an_app
from tests.contracts.test_components import (
    test_every_component_registers_its_outputs,
    test_every_object_goes_through_the_one_provider,
    test_every_object_has_a_component_as_parent,
    test_every_object_has_an_explicit_name_within_the_limit,
    test_every_object_says_whose_it_is,
    test_every_pod_template_says_whose_it_is,
    test_no_secret_stands_in_plain_sight,
    test_nothing_empty_is_asked_for_that_the_api_server_leaves_out,
)
from tests.policies.judging import asked, judged
from tests.recording import Deployed, deploy, record

ORDERS = {"orders": {"plan": "small", "extensions": ["citext"]}}
BOUND = {"orders": {"database": "orders"}}
OPERATED = {"operators": {"cloudnativePg": {"source": "adopt"}}}
FILES = {"db": {"database": "orders", "by": "files", "pooled": False}}


def a_shop(**changes: Any) -> TenantSpec:
    apps = {"web": an_app(bindings=BOUND), "worker": an_app(bindings=FILES), "idle": an_app()}
    return a_tenant(**({"databases": ORDERS, "apps": apps} | changes))


@pytest.fixture(scope="module")
def made() -> Deployed:
    return deploy(a_shop())


@pytest.mark.parametrize(
    "contract",
    [
        test_every_component_registers_its_outputs,
        test_every_object_goes_through_the_one_provider,
        test_every_object_has_a_component_as_parent,
        test_every_object_has_an_explicit_name_within_the_limit,
        test_every_object_says_whose_it_is,
        test_every_pod_template_says_whose_it_is,
        test_no_secret_stands_in_plain_sight,
        test_nothing_empty_is_asked_for_that_the_api_server_leaves_out,
    ],
    ids=lambda found: found.__name__,
)
def test_a_contract_of_all_objects(contract: Any, made: Deployed) -> None:
    contract(made)


@pytest.mark.parametrize("changes", [{}, {"environment": "dev", "tier": "small"}], ids=["prod", "dev"])
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_database_keeps_the_rule(rule: Rule, changes: dict[str, Any]) -> None:
    """B1 to B3 above all: backed up to a place of its own, kept, and nobody is superuser (K5)."""
    spec = a_shop(**changes)
    found = judged(rule, asked(deploy(spec)), Stack(name="acme", spec=spec, settings=rule.defaults))
    assert [refusal.sentence for refusal in found.refusals] == []
    assert [str(entry) for entry in found.ledger] == []


def test_the_sdk_registers_the_very_same() -> None:
    """Our typed kinds are what `apiextensions.CustomResource` would register."""

    def program() -> None:
        provider = pulumi.ProviderResource("kubernetes", "cluster", {})
        opts = pulumi.ResourceOptions(provider=provider)
        postgres.Backup(
            "ours",
            metadata={"name": "one"},
            spec={"cluster": {"name": "db"}, "method": "barmanObjectStore", "target": "primary"},
            opts=opts,
        )
        CustomResource(
            "theirs",
            api_version=postgres.API,
            kind="Backup",
            metadata={"name": "one"},
            spec={"cluster": {"name": "db"}, "method": "barmanObjectStore", "target": "primary"},
            opts=opts,
        )

    found = record(program, stack="acme-prod").many("Backup")
    [ours, theirs] = sorted(found, key=lambda each: each.name)
    assert (ours.type, ours.props) == (theirs.type, theirs.props)


def test_standbys_come_with_the_tier() -> None:
    assert [
        deploy(a_shop(tier=tier)).one("Cluster").spec["instances"] for tier in ("small", "standard", "critical")
    ] == [
        1,
        2,
        3,
    ]


def test_the_lease_of_who_writes_is_the_shortest_that_its_operator_accepts(made: Deployed) -> None:
    """Its webhook wants lease > renewal > 1.2 tries, each a second at least."""
    lease = made.one("Cluster").spec["primaryLease"]
    tries, renewal, whole = (lease[f"{name}Seconds"] for name in ("retryPeriod", "renewDeadline", "leaseDuration"))
    assert whole > renewal > 1.2 * tries >= 1.2
    assert whole + tries < 5, "half of what a failover may take, with all that it does besides"


def test_one_instance_keeps_no_node_from_being_drained() -> None:
    single, several = deploy(a_shop(tier="small")), deploy(a_shop())
    assert single.one("Cluster").spec["enablePDB"] is False
    assert several.one("Cluster").spec["enablePDB"] is True
    assert "synchronous" not in single.one("Cluster").spec["postgresql"]


def test_production_is_kept_with_its_namespace_and_its_disks(made: Deployed) -> None:
    cluster = made.one("Cluster")
    assert cluster.protect
    assert made.one("Namespace").protect
    assert cluster.spec["storage"]["storageClass"] == "paas-retained"
    assert made.one("Database").spec["databaseReclaimPolicy"] == "retain"


def test_elsewhere_data_goes_with_its_environment() -> None:
    made = deploy(a_shop(environment="dev"))
    assert not made.one("Cluster").protect
    assert not made.one("Namespace").protect
    assert made.one("Cluster").spec["storage"]["storageClass"] == "paas-scratch"


def test_who_parts_with_a_database_has_a_last_backup_of_it(made: Deployed) -> None:
    parting = deploy(a_shop(databases={"orders": {"plan": "small", "retire": "orders"}}))
    assert not parting.one("Cluster").protect
    backup = parting.one("Backup")
    assert backup.metadata["name"] == "orders--db-last"
    assert backup.metadata["annotations"]["pulumi.com/waitFor"] == "jsonpath={.status.phase}=completed"
    assert made.many("Backup") == []


def test_every_user_has_its_own_limit_and_none_is_superuser(made: Deployed) -> None:
    owner, user = made.one("Cluster").spec["managed"]["roles"]
    assert (owner["name"], owner["login"]) == ("orders", False)
    assert (user["name"], user["inRoles"], user["connectionLimit"]) == ("orders_1", ["orders"], 35)
    assert not any("superuser" in role for role in (owner, user))


def test_passwords_differ_each_time_and_are_marked() -> None:
    words = []
    for _ in range(2):
        secret = deploy(a_shop()).one("Secret")
        assert "data" in secret.secrets
        words.append(base64.b64decode(secret.props["data"]["password"]).decode())
    assert words[0] != words[1]
    assert all(len(word) >= 43 for word in words)


def test_users_before_the_last_two_log_in_no_more() -> None:
    made = deploy(a_shop(databases={"orders": {"plan": "small", "credentials": 3}}))
    assert sorted(each.metadata["name"] for each in made.many("Secret")) == ["orders--login-2", "orders--login-3"]
    [_, first, second, third] = made.one("Cluster").spec["managed"]["roles"]
    assert (first["login"], first["disablePassword"]) == (False, True)
    assert [second["login"], third["login"]] == [True, True]


def variables(made: Deployed, app: str) -> dict[str, Any]:
    [container] = made.one("Deployment", app).spec["template"]["spec"]["containers"]
    return {each["name"]: each.get("valueFrom", each.get("value")) for each in container.get("env", ())}


def test_an_app_is_told_by_reference(made: Deployed) -> None:
    found = variables(made, "web")
    assert sorted(found) == [f"ORDERS_{each}" for each in ("DATABASE", "HOST", "PASSWORD", "PORT", "URI", "USERNAME")]
    for name, key in (("PASSWORD", "password"), ("USERNAME", "username"), ("URI", "uri")):
        assert found[f"ORDERS_{name}"] == {"secretKeyRef": {"name": "orders--login-1", "key": key}}


def test_an_app_that_takes_files_has_all_of_it_in_one_folder(made: Deployed) -> None:
    pod = made.one("Deployment", "worker").spec["template"]["spec"]
    [volume] = [each for each in pod["volumes"] if each["name"] == "binding-db"]
    [_, secret] = volume["projected"]["sources"]
    items = {each["path"]: each["key"] for each in secret["secret"]["items"]}
    assert items == {"username": "username", "password": "password", "uri": "directUri"}


@pytest.mark.parametrize("app", ["web", "worker"])
def test_the_key_of_the_ca_reaches_no_app(app: str, made: Deployed) -> None:
    pod = made.one("Deployment", app).spec["template"]["spec"]
    [volume] = [each for each in pod["volumes"] if each["name"] == "ca-orders"]
    assert volume["secret"]["items"] == [{"key": "ca.crt", "path": "ca.crt"}]
    assert not any(
        each["name"] == "ca-orders" for each in made.one("Deployment", "idle").spec["template"]["spec"]["volumes"]
    )


def test_what_binds_waits_for_its_database(made: Deployed) -> None:
    cluster = made.one("Cluster").urn
    waits = {each.name: cluster in each.depends_on for each in made.many("App")}
    assert waits == {"app-web": True, "app-worker": True, "app-idle": False}


def test_only_what_binds_reaches_the_pooler_and_only_that_past_it_the_servers(made: Deployed) -> None:
    names = {each.metadata["name"]: each.spec for each in made.many("NetworkPolicy")}
    assert "database-orders-from-web" in names
    assert "database-orders-from-worker-direct" in names
    assert not [name for name in names if "idle" in name]
    [rule] = names["database-orders-from-web"]["ingress"]
    assert rule["ports"] == [{"protocol": "TCP", "port": 5432}]
    assert rule["from"][0]["podSelector"]["matchLabels"]["app.kubernetes.io/name"] == "web"
    assert "cnpg.io/poolerName" in names["database-orders-from-web"]["podSelector"]["matchLabels"]


def test_who_measures_reaches_the_metrics_of_databases_alone(made: Deployed) -> None:
    spec = made.one("NetworkPolicy", "database-orders-metrics").spec
    assert spec["podSelector"]["matchLabels"] == {"cnpg.io/cluster": "orders--db"}
    [rule] = spec["ingress"]
    assert [port["port"] for port in rule["ports"]] == [9187, 9127]
    [expression] = rule["from"][0]["namespaceSelector"]["matchExpressions"]
    assert (expression["key"], expression["values"]) == ("kubernetes.io/metadata.name", ["paas-monitoring"])
    assert not [each for each in deploy(a_tenant()).many("NetworkPolicy") if "paas-monitoring" in str(each.spec)]


def test_the_policy_that_opens_an_environment_to_itself_leaves_databases_out(made: Deployed) -> None:
    own = made.one("NetworkPolicy", "allow-own").spec
    assert own["podSelector"] == {"matchExpressions": [{"key": "cnpg.io/cluster", "operator": "DoesNotExist"}]}
    without = deploy(a_tenant()).one("NetworkPolicy", "allow-own").spec
    assert without["podSelector"] == {}


def test_a_platform_without_databases_refuses_one(monkeypatch: pytest.MonkeyPatch) -> None:
    facts = {key: value for key, value in recording.PLATFORM_OUTPUTS["facts"].items() if key != "databases"}
    monkeypatch.setattr(recording, "PLATFORM_OUTPUTS", {"facts": facts})
    with pytest.raises(pulumi.RunError, match=r"databases\.orders: given \"orders\", wanted no database"):
        deploy(a_shop())


def test_a_version_that_the_platform_lacks_is_refused() -> None:
    with pytest.raises(
        pulumi.RunError, match=r"databases\.orders\.version: given 15, wanted a version that .* has: 17"
    ):
        deploy(a_shop(databases={"orders": {"plan": "small", "version": 15}}))


def test_each_version_has_its_own_folder_and_a_backup_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is archived of one version is of no use to another, and would lead its restores astray (K5)."""
    made = deploy(a_shop())
    databases = recording.PLATFORM_OUTPUTS["facts"]["databases"]
    images = databases["images"] | {"18": "ghcr.io/cloudnative-pg/postgresql:18.1@sha256:" + 64 * "b"}
    facts = recording.PLATFORM_OUTPUTS["facts"] | {"databases": databases | {"images": images}}
    monkeypatch.setattr(recording, "PLATFORM_OUTPUTS", {"facts": facts})
    raised = deploy(a_shop(databases={"orders": {"plan": "small", "version": 18}}))
    for found, version in ((made, 17), (raised, 18)):
        cluster, schedule = found.one("Cluster"), found.one("ScheduledBackup")
        folder = f"orders--db-{version}"
        assert cluster.spec["backup"]["barmanObjectStore"]["serverName"] == folder
        assert (schedule.metadata["name"], schedule.spec["immediate"]) == (folder, True)
        waits = json.loads(cluster.metadata["annotations"]["pulumi.com/waitFor"])
        assert f"jsonpath={{.status.pgDataImageInfo.majorVersion}}={version}" in waits
    assert made.one("Cluster").urn == raised.one("Cluster").urn


def test_the_platform_tells_what_databases_are_made_of() -> None:
    databases = {
        "images": {"17": "ghcr.io/cloudnative-pg/postgresql:17.6"},
        "pooler": "ghcr.io/cloudnative-pg/pgbouncer:1.24.1",
        "backups": {"bucket": "paas-backups", "endpoint": "https://s3.eu.example.com"},
    }
    told = [deploy(a_platform(**more)).one("Platform").outputs for more in ({"databases": databases} | OPERATED, {})]
    assert told[0] is not None
    assert told[1] is not None
    assert told[0]["facts"]["databases"]["readyWithinSeconds"] == "600"
    assert told[1]["facts"].get("databases") is None


def test_the_module_of_kinds_is_light() -> None:
    assert "pulumi_kubernetes" not in vars(importlib.import_module("components._postgres"))
