"""Kinds: by group and name, whatever the version, from type tokens and from an object's own fields."""

import pytest

from policies import _kinds
from policies._kinds import Kind

ONE_OF_EACH = """
    Pod Deployment.apps Job.batch DaemonSet.extensions PodDisruptionBudget.policy HorizontalPodAutoscaler.autoscaling
    ValidatingAdmissionPolicy.admissionregistration.k8s.io CustomResourceDefinition.apiextensions.k8s.io
    APIService.apiregistration.k8s.io TokenReview.authentication.k8s.io SubjectAccessReview.authorization.k8s.io
    CertificateSigningRequest.certificates.k8s.io Lease.coordination.k8s.io EndpointSlice.discovery.k8s.io
    Event.events.k8s.io FlowSchema.flowcontrol.apiserver.k8s.io Ingress.networking.k8s.io RuntimeClass.node.k8s.io
    Role.rbac.authorization.k8s.io ResourceClaim.resource.k8s.io PriorityClass.scheduling.k8s.io
    StorageClass.storage.k8s.io HTTPRoute.gateway.networking.k8s.io Certificate.cert-manager.io
    Order.acme.cert-manager.io ExternalSecret.external-secrets.io Password.generators.external-secrets.io
    Cluster.postgresql.cnpg.io ObjectStore.barmancloud.cnpg.io ScaledObject.keda.sh ServiceMonitor.monitoring.coreos.com
    Workflow.argoproj.io JobSet.jobset.x-k8s.io LeaderWorkerSet.leaderworkerset.x-k8s.io Service.serving.knative.dev
    CloneSet.apps.kruise.io
"""

PODS = {
    "": "Pod Revision.serving.knative.dev",
    "template": "PodTemplate",
    "spec.template": """
        ReplicationController Deployment.apps StatefulSet.apps DaemonSet.apps ReplicaSet.apps Job.batch
        Deployment.extensions DaemonSet.extensions ReplicaSet.extensions Rollout.argoproj.io
        Service.serving.knative.dev Configuration.serving.knative.dev Pooler.postgresql.cnpg.io
        CloneSet.apps.kruise.io StatefulSet.apps.kruise.io DaemonSet.apps.kruise.io BroadcastJob.apps.kruise.io
    """,
    "spec.jobTemplate.spec.template": "CronJob.batch",
    "spec.jobTargetRef.template": "ScaledJob.keda.sh",
    "spec.replicatedJobs[].template.spec.template": "JobSet.jobset.x-k8s.io",
    "spec.leaderWorkerTemplate.leaderTemplate": "LeaderWorkerSet.leaderworkerset.x-k8s.io",
    "spec.leaderWorkerTemplate.workerTemplate": "LeaderWorkerSet.leaderworkerset.x-k8s.io",
    "spec.template.jobTemplate.spec.template": "AdvancedCronJob.apps.kruise.io",
    "spec.template.broadcastJobTemplate.spec.template": "AdvancedCronJob.apps.kruise.io",
}
"""Kinds that start pods, by where they say how."""


def test_where_kinds_say_how_their_pods_are() -> None:
    found = {(path, str(kind)) for kind, paths in _kinds.TEMPLATES.items() for path in paths}
    assert found == {(path, kind) for path, kinds in PODS.items() for kind in kinds.split()}


def test_where_kinds_say_how_their_volumes_are() -> None:
    claims = {str(kind): path for kind, path in _kinds.CLAIMS.items()}
    assert claims == dict.fromkeys(["StatefulSet.apps", "StatefulSet.apps.kruise.io"], "spec.volumeClaimTemplates[]")


def test_groups_that_rules_know() -> None:
    assert {kind.partition(".")[2] for kind in ONE_OF_EACH.split()} == _kinds.GROUPS


@pytest.mark.parametrize(
    "token",
    [
        "kubernetes:yaml:ConfigFile",
        "kubernetes:yaml/v2:ConfigGroup",
        "kubernetes:kustomize:Directory",
        "kubernetes:kustomize/v2:Directory",
        "kubernetes:helm.sh/v3:Chart",
        "kubernetes:helm.sh/v4:Chart",
        "kubernetes:helm.sh/v3:Release",
        "pulumi:providers:kubernetes",
        "paas:isolation:IsolatedNamespace",
    ],
)
def test_what_is_no_object(token: str) -> None:
    assert not _kinds.is_object(token)


@pytest.mark.parametrize("token", ["kubernetes:core/v1:Pod", "kubernetes:helm.toolkit.fluxcd.io/v2:HelmRelease"])
def test_what_is_one(token: str) -> None:
    assert _kinds.is_object(token)


@pytest.mark.parametrize(
    ("token", "kind", "patch"),
    [
        ("kubernetes:core/v1:Pod", Kind("", "Pod"), False),
        ("kubernetes:core/v1:PodPatch", Kind("", "Pod"), True),
        ("kubernetes:apps/v1:Deployment", Kind("apps", "Deployment"), False),
        ("kubernetes:example.com/v1:A:B", Kind("example.com", "A:B"), False),
    ],
)
def test_the_kind_of_a_type_token(token: str, kind: Kind, patch: bool) -> None:
    assert _kinds.from_token(token) == (kind, patch)


@pytest.mark.parametrize(
    ("version", "kind"), [("v1", Kind("", "Pod")), ("apps/v1", Kind("apps", "Pod")), ("apps/v1/x", Kind("apps", "Pod"))]
)
def test_the_kind_of_an_objects_own_fields(version: str, kind: Kind) -> None:
    assert _kinds.from_fields(version, "Pod") == kind


def test_kinds_as_people_write_them() -> None:
    assert str(Kind("", "Pod")) == "Pod"
    assert str(Kind("apps", "Deployment")) == "Deployment.apps"
