"""Kinds, by API group and name, whatever the version; and where those that start pods keep them."""

from typing import Final, NamedTuple


class Kind(NamedTuple):
    """A kind of the API: `Kind("apps", "Deployment")`; the core group is empty."""

    group: str
    name: str

    def __str__(self) -> str:
        return f"{self.name}.{self.group}" if self.group else self.name


def core(*names: str) -> frozenset[Kind]:
    """Return kinds of the core group."""
    return frozenset(Kind("", name) for name in names)


def of(group: str, *names: str) -> frozenset[Kind]:
    """Return kinds of one group."""
    return frozenset(Kind(group, name) for name in names)


_TEMPLATE = ("spec.template",)

TEMPLATES: Final[dict[Kind, tuple[str, ...]]] = {
    Kind("", "Pod"): ("",),
    Kind("", "PodTemplate"): ("template",),
    Kind("", "ReplicationController"): _TEMPLATE,
    Kind("apps", "Deployment"): _TEMPLATE,
    Kind("apps", "StatefulSet"): _TEMPLATE,
    Kind("apps", "DaemonSet"): _TEMPLATE,
    Kind("apps", "ReplicaSet"): _TEMPLATE,
    Kind("extensions", "Deployment"): _TEMPLATE,  # gone since 1.16, and still what old programs write
    Kind("extensions", "DaemonSet"): _TEMPLATE,
    Kind("extensions", "ReplicaSet"): _TEMPLATE,
    Kind("batch", "Job"): _TEMPLATE,
    Kind("batch", "CronJob"): ("spec.jobTemplate.spec.template",),
    Kind("jobset.x-k8s.io", "JobSet"): ("spec.replicatedJobs[].template.spec.template",),
    Kind("leaderworkerset.x-k8s.io", "LeaderWorkerSet"): (
        "spec.leaderWorkerTemplate.leaderTemplate",
        "spec.leaderWorkerTemplate.workerTemplate",
    ),
    Kind("argoproj.io", "Rollout"): _TEMPLATE,
    Kind("keda.sh", "ScaledJob"): ("spec.jobTargetRef.template",),
    Kind("serving.knative.dev", "Service"): _TEMPLATE,
    Kind("serving.knative.dev", "Configuration"): _TEMPLATE,
    Kind("serving.knative.dev", "Revision"): ("",),
    Kind("postgresql.cnpg.io", "Pooler"): _TEMPLATE,
    Kind("apps.kruise.io", "CloneSet"): _TEMPLATE,
    Kind("apps.kruise.io", "StatefulSet"): _TEMPLATE,
    Kind("apps.kruise.io", "DaemonSet"): _TEMPLATE,
    Kind("apps.kruise.io", "BroadcastJob"): _TEMPLATE,
    Kind("apps.kruise.io", "AdvancedCronJob"): (
        "spec.template.jobTemplate.spec.template",
        "spec.template.broadcastJobTemplate.spec.template",
    ),
}
"""Where pod templates (`metadata` and `spec`) stand, by kind; the empty path is the object itself."""

PODS: Final = frozenset(TEMPLATES)
"""Every kind that starts pods from a template."""

DATABASE: Final = Kind("postgresql.cnpg.io", "Cluster")
RUNNING: Final = PODS | {DATABASE}
"""Every kind that starts pods: instances of a database have no template, their sizes stand in its spec."""

CLAIMS: Final[dict[Kind, str]] = {
    Kind("apps", "StatefulSet"): "spec.volumeClaimTemplates[]",
    Kind("apps.kruise.io", "StatefulSet"): "spec.volumeClaimTemplates[]",
}
"""Where templates of volume claims stand; those of ephemeral volumes stand in the pods."""

GROUPS: Final = frozenset(
    {
        "",
        "apps",
        "batch",
        "extensions",
        "policy",
        "autoscaling",
        "admissionregistration.k8s.io",
        "apiextensions.k8s.io",
        "apiregistration.k8s.io",
        "authentication.k8s.io",
        "authorization.k8s.io",
        "certificates.k8s.io",
        "coordination.k8s.io",
        "discovery.k8s.io",
        "events.k8s.io",
        "flowcontrol.apiserver.k8s.io",
        "networking.k8s.io",
        "node.k8s.io",
        "rbac.authorization.k8s.io",
        "resource.k8s.io",
        "scheduling.k8s.io",
        "storage.k8s.io",
        "gateway.networking.k8s.io",
        "cert-manager.io",
        "acme.cert-manager.io",
        "external-secrets.io",
        "generators.external-secrets.io",
        "postgresql.cnpg.io",
        "barmancloud.cnpg.io",
        "keda.sh",
        "monitoring.coreos.com",
        "argoproj.io",
        *(kind.group for kind in TEMPLATES),
    }
)
"""Groups whose kinds rules know. What a kind of another group makes, nobody here can say."""

LONE: Final = of("traefik.io", "Middleware") | of("gateway.envoyproxy.io", "BackendTrafficPolicy")
"""Kinds that rules know of groups whose others nobody can judge."""

COMPONENTS: Final = ("kubernetes:yaml:", "kubernetes:yaml/v2:", "kubernetes:kustomize:", "kubernetes:kustomize/v2:")
CHARTS: Final = ("kubernetes:helm.sh/v3:Chart", "kubernetes:helm.sh/v4:Chart")
RELEASE: Final = "kubernetes:helm.sh/v3:Release"


def is_object(token: str) -> bool:
    """Return whether resources of this type are objects of the API, not components or releases around them."""
    return token.startswith("kubernetes:") and not token.startswith((*COMPONENTS, *CHARTS, RELEASE))


def from_token(token: str) -> tuple[Kind, bool]:
    """Return the kind of a type token, and whether it is a patch: `kubernetes:apps/v1:DeploymentPatch`."""
    _, api, name = token.split(":", 2)
    group = api.partition("/")[0]
    return Kind("" if group == "core" else group, name.removesuffix("Patch")), name.endswith("Patch")


def from_fields(api_version: str, kind: str) -> Kind:
    """Return the kind of an object's own two fields."""
    group, slash, _ = api_version.partition("/")
    return Kind(group if slash else "", kind)
