"""Traefik as the platform's gateway: copies that hold nothing, with the rights that upstream publishes."""

from collections.abc import Collection

from pulumi import Resource, ResourceOptions

from components._crds import TRAEFIK
from components._kubernetes import (
    ClusterRole,
    ClusterRoleBinding,
    Deployment,
    PodDisruptionBudget,
    PodSpecArgsDict,
    PolicyRuleArgsDict,
    Service,
    ServiceAccount,
)
from components._meta import meta
from components.shared.traefik_kinds import KINDS, traefik_kinds
from spec import PlatformSpec, plan
from spec.labels import MANAGED_BY, NAME, PULUMI, labels

IMAGE = "docker.io/library/traefik:v3.6.12"
NAME_OF_IT = "gateway"
HTTP, HTTPS, OPERATIONS = 80, 443, 8080
DRAIN_SECONDS = 5  # until every node has learned that the pod leaves its Service
REQUEST_SECONDS = 60  # for what is under way when it is told to stop

ARGUMENTS = (
    "--global.checkNewVersion=false",
    "--global.sendAnonymousUsage=false",
    f"--entryPoints.http.address=:{HTTP}",
    f"--entryPoints.https.address=:{HTTPS}",
    f"--entryPoints.https.transport.lifeCycle.graceTimeOut={REQUEST_SECONDS}s",
    f"--entryPoints.operations.address=:{OPERATIONS}",
    "--ping.entryPoint=operations",
    "--metrics.prometheus.entryPoint=operations",
    "--providers.kubernetesGateway=true",
)

OF_ITS_OWN = (
    "--providers.kubernetesCRD=true",
    "--providers.kubernetesCRD.disableClusterScopeResources=true",
    # What the platform made: nobody else can put this label on anything of a tenant's.
    f"--providers.kubernetesCRD.labelSelector={MANAGED_BY}={PULUMI}",
)
"""What makes it keep limits of rates."""

READ = ["get", "list", "watch"]
GATEWAYS = (
    "gatewayclasses",
    "gateways",
    "httproutes",
    "grpcroutes",
    "referencegrants",
    "backendtlspolicies",
)


def traefik(name: str, spec: PlatformSpec, replicas: int, opts: ResourceOptions) -> list[Resource]:
    """Make Traefik and what it needs; the definitions of the Gateway API must be there."""
    limits = plan.limiter(spec) is not None
    definitions = traefik_kinds(name, spec, opts) if limits else []
    namespace = plan.GATEWAY_NAMESPACE
    metadata = meta(spec, NAME_OF_IT, namespace=namespace, app=NAME_OF_IT)
    selector = {NAME: NAME_OF_IT}
    account = ServiceAccount(f"{name}-account", metadata=metadata, automount_service_account_token=False, opts=opts)
    role = ClusterRole(
        f"{name}-role",
        metadata=meta(spec, f"paas-{NAME_OF_IT}"),
        rules=[
            {"api_groups": [""], "resources": ["namespaces"], "verbs": ["list", "watch"]},
            {"api_groups": [""], "resources": ["services", "secrets", "configmaps"], "verbs": READ},
            {"api_groups": ["discovery.k8s.io"], "resources": ["endpointslices"], "verbs": ["list", "watch"]},
            {"api_groups": ["gateway.networking.k8s.io"], "resources": list(GATEWAYS), "verbs": READ},
            {
                "api_groups": ["gateway.networking.k8s.io"],
                "resources": [f"{kind}/status" for kind in GATEWAYS],
                "verbs": ["update"],
            },
            *_read(KINDS.values() if limits else ()),
        ],
        opts=opts,
    )
    binding = ClusterRoleBinding(
        f"{name}-binding",
        metadata=meta(spec, f"paas-{NAME_OF_IT}"),
        role_ref={"api_group": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": f"paas-{NAME_OF_IT}"},
        subjects=[{"kind": "ServiceAccount", "name": NAME_OF_IT, "namespace": namespace}],
        opts=ResourceOptions.merge(opts, ResourceOptions(depends_on=[role, account])),
    )
    deployment = Deployment(
        f"{name}-deployment",
        metadata=metadata,
        spec={
            "replicas": replicas,
            "selector": {"match_labels": selector},
            "strategy": {"type": "RollingUpdate", "rolling_update": {"max_surge": 1, "max_unavailable": 0}},
            "template": {"metadata": {"labels": labels(spec, NAME_OF_IT)}, "spec": _pod(limits=limits)},
        },
        opts=ResourceOptions.merge(opts, ResourceOptions(depends_on=[binding, *definitions])),
    )
    service = Service(
        f"{name}-service",
        metadata=metadata,
        spec={
            "selector": selector,
            "ports": [
                {"name": called, "port": port, "target_port": called, "protocol": "TCP"}
                for called, port in (("http", HTTP), ("https", HTTPS))
            ],
        },
        opts=opts,
    )
    made: list[Resource] = [*definitions, account, role, binding, deployment, service]
    if replicas > 1:
        budget = PodDisruptionBudget(
            f"{name}-budget",
            metadata=metadata,
            spec={
                "max_unavailable": 1,
                "selector": {"match_labels": selector},
                "unhealthy_pod_eviction_policy": "AlwaysAllow",
            },
            opts=opts,
        )
        made.append(budget)
    return made


def _read(plurals: Collection[str]) -> list[PolicyRuleArgsDict]:
    return [{"api_groups": [TRAEFIK], "resources": list(plurals), "verbs": READ}] if plurals else []


def _pod(*, limits: bool) -> PodSpecArgsDict:
    ports = {"http": HTTP, "https": HTTPS, "operations": OPERATIONS}
    return {
        "service_account_name": NAME_OF_IT,
        "automount_service_account_token": True,  # it watches the API server
        "priority_class_name": "system-cluster-critical",
        "termination_grace_period_seconds": DRAIN_SECONDS + REQUEST_SECONDS + 5,
        "security_context": {
            "run_as_non_root": True,
            "run_as_user": 65532,
            "run_as_group": 65532,
            "seccomp_profile": {"type": "RuntimeDefault"},
            # Nobody in particular may listen at 80 and 443: what listeners say is then what pods do, in any class.
            "sysctls": [{"name": "net.ipv4.ip_unprivileged_port_start", "value": "0"}],
        },
        "topology_spread_constraints": [
            {
                "topology_key": key,
                "max_skew": 1,
                "when_unsatisfiable": "ScheduleAnyway",
                "label_selector": {"match_labels": {NAME: NAME_OF_IT}},
            }
            for key in ("topology.kubernetes.io/zone", "kubernetes.io/hostname")
        ],
        "containers": [
            {
                "name": NAME_OF_IT,
                "image": IMAGE,
                "args": [*ARGUMENTS, *(OF_ITS_OWN if limits else ())],
                "ports": [
                    {"name": called, "container_port": port, "protocol": "TCP"} for called, port in ports.items()
                ],
                "resources": {
                    "requests": {"cpu": "50m", "memory": "128Mi", "ephemeral-storage": "16Mi"},
                    "limits": {"cpu": "2", "memory": "256Mi", "ephemeral-storage": "64Mi"},
                },
                "security_context": {
                    "allow_privilege_escalation": False,
                    "capabilities": {"drop": ["ALL"]},
                    "read_only_root_filesystem": True,
                },
                "lifecycle": {"pre_stop": {"sleep": {"seconds": DRAIN_SECONDS}}},
                "readiness_probe": {
                    "http_get": {"path": "/ping", "port": "operations"},
                    "period_seconds": 2,
                    "timeout_seconds": 2,
                    "failure_threshold": 2,
                },
                "liveness_probe": {
                    "tcp_socket": {"port": "operations"},
                    "period_seconds": 10,
                    "timeout_seconds": 5,
                    "failure_threshold": 6,
                },
            }
        ],
    }
