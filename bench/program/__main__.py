"""The naive program: every object of `bench.objects` becomes one resource, nothing else."""

import re
import sys
from pathlib import Path

import pulumi
import pulumi_kubernetes as k8s

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench.objects import tenants

KINDS = {
    "Namespace": k8s.core.v1.Namespace,
    "ResourceQuota": k8s.core.v1.ResourceQuota,
    "LimitRange": k8s.core.v1.LimitRange,
    "ServiceAccount": k8s.core.v1.ServiceAccount,
    "ConfigMap": k8s.core.v1.ConfigMap,
    "Secret": k8s.core.v1.Secret,
    "Service": k8s.core.v1.Service,
    "Role": k8s.rbac.v1.Role,
    "RoleBinding": k8s.rbac.v1.RoleBinding,
    "ClusterRole": k8s.rbac.v1.ClusterRole,
    "PriorityClass": k8s.scheduling.v1.PriorityClass,
    "NetworkPolicy": k8s.networking.v1.NetworkPolicy,
    "Deployment": k8s.apps.v1.Deployment,
    "PodDisruptionBudget": k8s.policy.v1.PodDisruptionBudget,
    "HorizontalPodAutoscaler": k8s.autoscaling.v2.HorizontalPodAutoscaler,
}


def snake(name: str) -> str:
    """Return a field's name as the SDK's arguments spell it."""
    return re.sub("([A-Z])", r"_\1", name).lower()


config = pulumi.Config()
provider = k8s.Provider("cluster", enable_server_side_apply=True)
made: dict[tuple[str, str], pulumi.Resource] = {}
simulated = config.require_bool("simulated")
for item in tenants(config.require("prefix"), config.require_int("tenants"), simulated=simulated):
    metadata = item["metadata"]
    space = metadata.get("namespace")
    after = [made["Namespace", space]] if space else []
    if item["kind"] == "Deployment":
        after += [made["ServiceAccount", f"{space}/web"]]
    elif item["kind"] == "Service":
        after += [made["Deployment", f"{space}/web"]]
    name = f"{space}/{metadata['name']}" if space else metadata["name"]
    inputs = {snake(key): value for key, value in item.items() if key not in ("apiVersion", "kind")}
    options = pulumi.ResourceOptions(provider=provider, depends_on=after)
    made[item["kind"], name] = KINDS[item["kind"]](name, opts=options, **inputs)
