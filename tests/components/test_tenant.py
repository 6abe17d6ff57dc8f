"""A tenant's environment, as the program asks for it."""

from tests.builders import a_tenant, an_app
from tests.recording import deploy

TIER_STANDARD_QUOTA = {"requests.cpu": "8", "limits.cpu": "16", "requests.memory": "16Gi", "limits.memory": "16Gi"}


def test_a_namespace_bears_the_stacks_name_and_refuses_pods_below_restricted() -> None:
    namespace = deploy(a_tenant()).one("Namespace")
    assert namespace.metadata["name"] == "acme-prod"
    labels = namespace.metadata["labels"]
    for mode in ("enforce", "audit", "warn"):
        assert labels[f"pod-security.kubernetes.io/{mode}"] == "restricted"
        assert labels[f"pod-security.kubernetes.io/{mode}-version"] == "v1.35"


def test_the_quota_is_the_tiers_and_has_no_scope() -> None:
    quota = deploy(a_tenant(tier="standard")).one("ResourceQuota")
    assert quota.spec.keys() == {"hard"}
    assert TIER_STANDARD_QUOTA.items() <= quota.spec["hard"].items()
    assert quota.spec["hard"]["services.loadbalancers"] == "0"
    assert quota.spec["hard"]["services.nodeports"] == "0"


def test_limits_cover_containers_pods_and_volumes() -> None:
    limits = deploy(a_tenant()).one("LimitRange").spec["limits"]
    assert [limit["type"] for limit in limits] == ["Container", "Pod", "PersistentVolumeClaim"]
    container = limits[0]
    assert container.keys() == {"type", "default", "defaultRequest", "max", "maxLimitRequestRatio"}
    assert container["defaultRequest"]["cpu"] == "50m"
    assert container["default"]["cpu"] == "100m"


def test_an_app_is_a_deployment_behind_a_service() -> None:
    made = deploy(a_tenant(apps={"web": an_app(replicas=3)}))
    deployment, service = made.one("Deployment"), made.one("Service")
    template = deployment.spec["template"]
    assert deployment.spec["replicas"] == 3
    assert service.spec["ports"] == [{"name": "http", "port": 80, "targetPort": "http", "protocol": "TCP"}]
    assert service.spec["selector"] == deployment.spec["selector"]["matchLabels"]
    assert service.spec["selector"].items() <= template["metadata"]["labels"].items()


def test_an_app_that_says_nothing_gets_what_its_tier_gives() -> None:
    deployment = deploy(a_tenant(tier="free")).one("Deployment")
    [container] = deployment.spec["template"]["spec"]["containers"]
    assert deployment.spec["replicas"] == 1
    assert container["resources"]["requests"] == {"cpu": "50m", "memory": "32Mi", "ephemeral-storage": "64Mi"}
    assert container["resources"]["limits"] == {"cpu": "100m", "memory": "32Mi", "ephemeral-storage": "64Mi"}


def test_an_app_that_asks_gets_what_it_asks_for() -> None:
    made = deploy(a_tenant(apps={"web": an_app(cpu="0.5", memory="1024Mi")}))
    [container] = made.one("Deployment").spec["template"]["spec"]["containers"]
    assert container["resources"]["requests"]["cpu"] == "500m"
    assert container["resources"]["limits"]["memory"] == "1Gi"


def test_pods_meet_restricted_and_hold_no_token() -> None:
    pod = deploy(a_tenant()).one("Deployment").spec["template"]["spec"]
    [container] = pod["containers"]
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }


def test_liveness_asks_another_question_than_readiness() -> None:
    [container] = deploy(a_tenant()).one("Deployment").spec["template"]["spec"]["containers"]
    assert container["readinessProbe"]["httpGet"] == {"path": "/ready", "port": "http"}
    assert container["livenessProbe"]["httpGet"] == {"path": "/healthz", "port": "http"}


def test_nothing_runs_before_its_namespace_is_confined() -> None:
    made = deploy(a_tenant())
    waits_for = set(made.one("Deployment").depends_on) | set(made.one("App").depends_on)
    assert {made.one(kind).urn for kind in ("Namespace", "ResourceQuota", "LimitRange")} <= waits_for


def test_pods_have_the_priority_that_the_platform_gives_their_tier() -> None:
    pod = deploy(a_tenant(tier="critical")).one("Deployment").spec["template"]["spec"]
    assert pod["priorityClassName"] == "paas-critical"


def test_the_environment_says_where_it_is() -> None:
    outputs = deploy(a_tenant()).one("TenantEnvironment").outputs
    assert outputs == {"namespaces": ["acme-prod"], "urls": {"web": "http://web.acme-prod"}, "hosts": {}}


def test_an_environment_without_apps_is_confined_all_the_same() -> None:
    made = deploy(a_tenant(apps={}))
    assert made.many("Deployment") == []
    assert {"Namespace", "ResourceQuota", "LimitRange"} <= {found.kind for found in made.objects()}
