"""An app: a Deployment that rolls without a gap, and what keeps it reachable, spread out and scaled.

Its pods hold no credentials of the API server, run as nobody in particular, and can write only to `/tmp`. Routes from
outside are not made here: `components.edge` makes them for all apps of a namespace.
"""

from dataclasses import dataclass

from pulumi import Input, Output, ResourceOptions

from components._base import Args, Component, Outputs
from components._kubernetes import (
    Deployment,
    DeploymentSpecArgsDict,
    HorizontalPodAutoscaler,
    ObjectMetaArgsDict,
    PodDisruptionBudget,
    PodSpecArgsDict,
    ProbeArgsDict,
    Service,
    ServiceAccount,
)
from components._meta import meta
from components._pod import binding_maps, container, pod
from spec import AppSpec, TenantSpec, plan
from spec.labels import labels, selector

DRAIN_SECONDS = 5  # until every node has learned that the pod leaves its Service
KEPT_REVISIONS = 5  # for `kubectl rollout undo`


@dataclass(frozen=True, kw_only=True)
class AppArgs(Args):
    """One app of an environment.

    Attributes:
        tenant: the environment that it is part of.
        app: its name there.
        image: what it runs.
        namespace: where it runs.
    """

    spec: AppSpec
    tenant: TenantSpec
    app: str
    image: Input[str]
    namespace: Input[str]


@dataclass(frozen=True, kw_only=True)
class AppOutputs(Outputs):
    """Where the app is called from within the cluster; None where nobody calls it."""

    url: str | None


class App(Component[AppArgs, AppOutputs]):
    """A Deployment with what belongs to it."""

    token = "paas:workload:App"

    def build(self, name: str, args: AppArgs) -> AppOutputs:
        """Make the app's objects."""
        tenant, app, spec = args.tenant, args.app, args.spec
        metadata = meta(tenant, app, namespace=args.namespace, app=app)
        binding_maps(name, tenant, app, spec, namespace=args.namespace, opts=self.child())
        account = ServiceAccount(
            f"{name}-account", metadata=metadata, automount_service_account_token=False, opts=self.child()
        )
        Deployment(
            f"{name}-deployment",
            metadata=metadata,
            spec=_deployment(args, account.metadata["name"]),
            opts=self.child(),
        )
        if spec.served:
            _service(name, args, metadata, self.child())
        if plan.copies(tenant, spec)[0] > 1:
            _disruption_budget(name, args, metadata, self.child())
        scaling = plan.autoscaling(spec)
        if scaling:
            _autoscaler(name, app, scaling, metadata, self.child())
        return AppOutputs(url=plan.uri(tenant, app) if spec.served else None)


def _deployment(args: AppArgs, account: Output[str]) -> DeploymentSpecArgsDict:
    tenant, app, spec = args.tenant, args.app, args.spec
    found: DeploymentSpecArgsDict = {
        "selector": {"match_labels": selector(tenant, app)},
        "strategy": {
            "type": "RollingUpdate",
            "rolling_update": {"max_surge": plan.surge(tenant, spec.namespace), "max_unavailable": 0},
        },
        "revision_history_limit": KEPT_REVISIONS,
        "template": {"metadata": {"labels": labels(tenant, app)}, "spec": _pod(args, account)},
    }
    if spec.scale is None:  # else the autoscaler owns the number
        found["replicas"] = plan.copies(tenant, spec)[0]
    return found


def _pod(args: AppArgs, account: Output[str]) -> PodSpecArgsDict:
    tenant, app, spec = args.tenant, args.app, args.spec
    found = container(tenant, app, spec, image=args.image)
    found["ports"] = [{"name": "http", "container_port": spec.port, "protocol": "TCP"}]
    found["lifecycle"] = {"pre_stop": {"sleep": {"seconds": DRAIN_SECONDS}}}
    found["startup_probe"] = _probe(spec.health.ready, period=1, failures=60)
    found["readiness_probe"] = _probe(spec.health.ready, period=5, failures=2)
    found["liveness_probe"] = _probe(spec.health.live, period=10, failures=6)
    made = pod(tenant, app, spec, found, account=account)
    made["termination_grace_period_seconds"] = spec.grace
    made["topology_spread_constraints"] = [
        {
            "topology_key": key,
            "max_skew": 1,
            # A preference, not a condition: a lost node or zone must not keep new copies from starting.
            "when_unsatisfiable": "ScheduleAnyway",
            "label_selector": {"match_labels": selector(tenant, app)},
        }
        for key in ("topology.kubernetes.io/zone", "kubernetes.io/hostname")
    ]
    return made


def _probe(path: str, *, period: int, failures: int) -> ProbeArgsDict:
    """Ask `path` every `period` seconds; `failures` in a row count as one."""
    return {
        "http_get": {"path": path, "port": "http"},
        "period_seconds": period,
        "timeout_seconds": 2,
        "failure_threshold": failures,
    }


def _service(name: str, args: AppArgs, metadata: ObjectMetaArgsDict, opts: ResourceOptions) -> None:
    Service(
        f"{name}-service",
        metadata=metadata,
        spec={
            "selector": selector(args.tenant, args.app),
            "ports": [{"name": "http", "port": plan.HTTP_PORT, "target_port": "http", "protocol": "TCP"}],
        },
        opts=opts,
    )


def _disruption_budget(name: str, args: AppArgs, metadata: ObjectMetaArgsDict, opts: ResourceOptions) -> None:
    PodDisruptionBudget(
        f"{name}-budget",
        metadata=metadata,
        spec={
            "max_unavailable": 1,
            "selector": {"match_labels": selector(args.tenant, args.app)},
            # A pod that is not ready anyway must not keep a node from being drained.
            "unhealthy_pod_eviction_policy": "AlwaysAllow",
        },
        opts=opts,
    )


def _autoscaler(
    name: str, app: str, scaling: plan.Autoscaling, metadata: ObjectMetaArgsDict, opts: ResourceOptions
) -> None:
    HorizontalPodAutoscaler(
        f"{name}-autoscaler",
        metadata=metadata,
        spec={
            "scale_target_ref": {"api_version": "apps/v1", "kind": "Deployment", "name": app},
            "min_replicas": scaling.min,
            "max_replicas": scaling.max,
            "metrics": [
                {
                    "type": "Resource",
                    "resource": {
                        "name": "cpu",
                        "target": {"type": "Utilization", "average_utilization": scaling.cpu_percent},
                    },
                }
            ],
            "behavior": {
                "scale_up": {
                    "tolerance": scaling.tolerance,
                    "stabilization_window_seconds": 0,
                    "policies": [
                        {"type": "Percent", "value": scaling.up_percent, "period_seconds": scaling.period_seconds}
                    ],
                },
                "scale_down": {
                    "tolerance": scaling.tolerance,
                    "stabilization_window_seconds": scaling.settle_seconds,
                    "policies": [
                        {"type": "Percent", "value": scaling.down_percent, "period_seconds": scaling.period_seconds}
                    ],
                },
            },
        },
        opts=opts,
    )
