"""Apps and jobs, as the program asks for them."""

from typing import Any

import pytest

from tests.builders import Document, a_job, a_tenant, an_app
from tests.recording import Deployed, Made, deploy


def container(made: Deployed, app: str = "web") -> Document:
    containers: list[Document] = made.one("Deployment", app).spec["template"]["spec"]["containers"]
    [found] = containers
    return found


def binding_map(made: Deployed) -> Made:
    [found] = [each for each in made.many("ConfigMap") if "-binding-" in each.name]
    return found


def variable(found: Document, name: str) -> Any:
    [entry] = [entry for entry in found["env"] if entry["name"] == name]
    return entry.get("value", entry.get("valueFrom"))


def test_a_fixed_number_of_copies_stands_in_the_deployment() -> None:
    made = deploy(a_tenant(apps={"web": an_app(replicas=3)}))
    assert made.one("Deployment").spec["replicas"] == 3
    assert made.many("HorizontalPodAutoscaler") == []


def test_an_autoscaler_owns_the_number_of_copies() -> None:
    made = deploy(a_tenant(apps={"web": an_app(scale={"min": 2, "max": 6, "cpu": 60})}))
    assert "replicas" not in made.one("Deployment").spec
    scaler = made.one("HorizontalPodAutoscaler").spec
    assert (scaler["minReplicas"], scaler["maxReplicas"]) == (2, 6)
    assert scaler["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    assert scaler["metrics"][0]["resource"]["target"] == {"type": "Utilization", "averageUtilization": 40}
    assert scaler["behavior"]["scaleDown"]["stabilizationWindowSeconds"] == 3600


def test_a_rollout_never_takes_a_copy_away_first() -> None:
    strategy = deploy(a_tenant()).one("Deployment").spec["strategy"]
    assert strategy == {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": 0}}


@pytest.mark.parametrize(("replicas", "budgets"), [(1, 0), (2, 1)])
def test_a_single_copy_has_no_disruption_budget(replicas: int, budgets: int) -> None:
    made = deploy(a_tenant(apps={"web": an_app(replicas=replicas)}))
    assert len(made.many("PodDisruptionBudget")) == budgets


def test_a_node_can_be_drained() -> None:
    budget = deploy(a_tenant()).one("PodDisruptionBudget").spec
    assert budget["maxUnavailable"] == 1
    assert budget["unhealthyPodEvictionPolicy"] == "AlwaysAllow"


def test_copies_spread_over_zones_and_nodes() -> None:
    spread = deploy(a_tenant()).one("Deployment").spec["template"]["spec"]["topologySpreadConstraints"]
    assert [found["topologyKey"] for found in spread] == ["topology.kubernetes.io/zone", "kubernetes.io/hostname"]


def test_a_worker_is_asked_for_its_health_and_called_by_nobody() -> None:
    made = deploy(a_tenant(apps={"worker": an_app(served=False)}))
    assert made.many("Service") == []
    assert container(made, "worker")["livenessProbe"]["httpGet"]["path"] == "/healthz"
    outputs = made.one("TenantEnvironment").outputs
    assert outputs is not None
    assert outputs["urls"] == {}


def test_a_pod_has_time_to_finish() -> None:
    pod = deploy(a_tenant(apps={"web": an_app(grace=90)})).one("Deployment").spec["template"]["spec"]
    assert pod["terminationGracePeriodSeconds"] == 90
    assert pod["containers"][0]["lifecycle"] == {"preStop": {"sleep": {"seconds": 5}}}


def test_variables_come_in_clear_or_by_reference() -> None:
    app = an_app(config={"LOG_LEVEL": "info"}, secrets={"TOKEN": {"name": "payment-api", "key": "token"}})
    found = container(deploy(a_tenant(apps={"web": app})))
    assert variable(found, "LOG_LEVEL") == "info"
    assert variable(found, "TOKEN") == {"secretKeyRef": {"name": "payment-api", "key": "token"}}


def test_a_binding_arrives_as_variables_by_reference() -> None:
    made = deploy(a_tenant(apps={"web": an_app(bindings={"my-api": {"app": "api"}}), "api": an_app()}))
    config_map = binding_map(made)
    assert config_map.props["data"] == {
        "type": "http",
        "uri": "http://api.acme-prod",
        "host": "api.acme-prod",
        "port": "80",
    }
    assert config_map.props["immutable"] is True
    name = config_map.metadata["name"]
    assert variable(container(made), "MY_API_URI") == {"configMapKeyRef": {"name": name, "key": "uri"}}


def test_a_binding_arrives_as_files() -> None:
    made = deploy(a_tenant(apps={"web": an_app(bindings={"api": {"app": "api", "by": "files"}}), "api": an_app()}))
    found = container(made)
    assert variable(found, "SERVICE_BINDING_ROOT") == "/bindings"
    assert {"name": "binding-api", "mountPath": "/bindings/api", "readOnly": True} in found["volumeMounts"]
    volumes = made.one("Deployment", "web").spec["template"]["spec"]["volumes"]
    assert {"name": "binding-api", "configMap": {"name": binding_map(made).metadata["name"]}} in volumes


def test_a_bindings_address_that_changes_reaches_the_pods_as_a_rollout() -> None:
    def name(**api: object) -> str:
        apps = {"web": an_app(bindings={"api": {"app": "api"}}), "api": an_app(**api)}
        made = deploy(a_tenant(apps=apps, namespaces={"back": {"percent": 50}}))
        found: str = binding_map(made).metadata["name"]
        return found

    assert name() == name(replicas=3)
    assert name() != name(namespace="back")


def test_what_is_bound_across_namespaces_finds_its_entries_in_its_own() -> None:
    apps = {"web": an_app(bindings={"api": {"app": "api"}}), "api": an_app(namespace="back")}
    config_map = binding_map(deploy(a_tenant(apps=apps, namespaces={"back": {"percent": 50}})))
    assert config_map.metadata["namespace"] == "acme-prod"
    assert config_map.props["data"]["host"] == "api.acme-prod--back"


def test_a_scheduled_job_is_a_cron_job_with_bounds() -> None:
    job = a_job(schedule="15 3 * * *", timezone="Europe/Berlin", deadline="1h30m", retries=1, overlap="replace")
    cron = deploy(a_tenant(jobs={"report": job})).one("CronJob").spec
    assert (cron["schedule"], cron["timeZone"], cron["concurrencyPolicy"]) == (
        "15 3 * * *",
        "Europe/Berlin",
        "Replace",
    )
    assert (cron["successfulJobsHistoryLimit"], cron["failedJobsHistoryLimit"]) == (3, 3)
    runs = cron["jobTemplate"]["spec"]
    assert (runs["activeDeadlineSeconds"], runs["backoffLimit"]) == (5400, 1)
    assert runs["template"]["spec"]["restartPolicy"] == "Never"


def test_a_job_without_schedule_runs_again_when_it_changes_and_only_then() -> None:
    def name(**changes: object) -> str:
        found: str = deploy(a_tenant(jobs={"migrate": a_job(**changes)})).one("Job").metadata["name"]
        return found

    assert name().startswith("migrate-")
    assert name() == name()
    assert name() != name(args=["up"])


def test_a_job_that_failed_is_tried_again_by_the_next_run() -> None:
    job = deploy(a_tenant(jobs={"migrate": a_job()})).one("Job")
    assert job.metadata["annotations"]["pulumi.com/replaceUnready"] == "true"


def test_a_job_waits_for_what_it_calls() -> None:
    made = deploy(a_tenant(jobs={"smoke": a_job(bindings={"web": {"app": "web"}})}))
    assert made.one("Deployment").urn in {*made.one("Job").depends_on, *made.one("ScheduledJob").depends_on}


@pytest.mark.parametrize("kind", ["Deployment", "CronJob", "Job"])
def test_every_pod_is_restricted(kind: str) -> None:
    made = deploy(a_tenant(jobs={"now": a_job(), "later": a_job(schedule="0 3 * * *")}))
    spec = made.one(kind).spec
    pod = spec.get("jobTemplate", {}).get("spec", spec)["template"]["spec"]
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"] == {
        "runAsNonRoot": True,
        "runAsUser": 65532,
        "runAsGroup": 65532,
        "fsGroup": 65532,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    for found in pod["containers"]:
        assert found["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        assert found["resources"]["requests"].keys() == {"cpu", "memory", "ephemeral-storage"}
        assert found["resources"]["limits"].keys() == {"cpu", "memory", "ephemeral-storage"}
