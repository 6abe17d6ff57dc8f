"""Fields that an existing object cannot change: their change means replacement. A table, kind by kind.

Source: the API server's update validation (k8s.io/kubernetes/pkg/apis/*/validation, v1.35); the conformance tests
try every row on a live API server. The kind is (group, kind): versions of a kind share their rules.
"""

from dataclasses import dataclass
from typing import Final

from sandbox.engine.kubernetes.objects import group_kind
from sandbox.engine.kubernetes.values import Object, Path

Pattern = tuple[str, ...]
"""A path with `*` for any index or key."""


@dataclass(frozen=True)
class Fixed:
    """Fields that stay as they were made.

    Attributes:
        fields: dotted patterns; everything below them is fixed too.
        but: dotted patterns below `fields` that may change after all.
    """

    fields: tuple[str, ...]
    but: tuple[str, ...] = ()


IDENTITY_PATHS: Final = (("metadata", "name"), ("metadata", "namespace"))
"""Where an object is told apart from others; every kind's."""

_SELECTOR = Fixed(("spec.selector",))
_ROLE = Fixed(("roleRef",))
_VOLUME_SOURCES = (
    *("awsElasticBlockStore", "azureDisk", "azureFile", "cephfs", "cinder", "csi", "fc", "flexVolume", "flocker"),
    *("gcePersistentDisk", "glusterfs", "hostPath", "iscsi", "local", "nfs", "photonPersistentDisk"),
    *("portworxVolume", "quobyte", "rbd", "scaleIO", "storageos", "vsphereVolume"),
)

FIXED: Final[dict[tuple[str, str], Fixed]] = {
    ("apps", "Deployment"): _SELECTOR,
    ("apps", "DaemonSet"): _SELECTOR,
    ("apps", "ReplicaSet"): _SELECTOR,
    ("apps", "StatefulSet"): Fixed(
        ("spec.selector", "spec.serviceName", "spec.podManagementPolicy", "spec.volumeClaimTemplates")
    ),
    ("apps", "ControllerRevision"): Fixed(("data",)),
    ("batch", "Job"): Fixed(
        (
            "spec.selector",
            "spec.template",
            "spec.completions",
            "spec.completionMode",
            "spec.podFailurePolicy",
            "spec.backoffLimitPerIndex",
            "spec.managedBy",
            "spec.successPolicy",
        )
    ),
    ("", "PersistentVolumeClaim"): Fixed(
        (
            "spec.accessModes",
            "spec.selector",
            "spec.storageClassName",
            "spec.volumeName",
            "spec.volumeMode",
            "spec.dataSource",
            "spec.dataSourceRef",
        )
    ),
    ("", "PersistentVolume"): Fixed((*(f"spec.{source}" for source in _VOLUME_SOURCES), "spec.volumeMode")),
    ("", "Pod"): Fixed(
        ("spec",),
        but=(
            "spec.containers.*.image",
            "spec.initContainers.*.image",
            "spec.activeDeadlineSeconds",
            "spec.tolerations",
            "spec.schedulingGates",
        ),
    ),
    ("", "ResourceQuota"): Fixed(("spec.scopes", "spec.scopeSelector")),
    ("", "Secret"): Fixed(("type",)),
    ("", "Service"): Fixed(("spec.clusterIP", "spec.clusterIPs", "spec.loadBalancerClass")),
    ("rbac.authorization.k8s.io", "RoleBinding"): _ROLE,
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): _ROLE,
    ("storage.k8s.io", "StorageClass"): Fixed(("provisioner", "parameters", "reclaimPolicy", "volumeBindingMode")),
    ("storage.k8s.io", "VolumeAttributesClass"): Fixed(("driverName", "parameters")),
    ("storage.k8s.io", "CSIDriver"): Fixed(("spec.attachRequired", "spec.volumeLifecycleModes")),
    ("storage.k8s.io", "VolumeAttachment"): Fixed(("spec",)),
    ("scheduling.k8s.io", "PriorityClass"): Fixed(("value", "preemptionPolicy")),
    ("node.k8s.io", "RuntimeClass"): Fixed(("handler",)),
    ("networking.k8s.io", "IngressClass"): Fixed(("spec.controller",)),
    ("discovery.k8s.io", "EndpointSlice"): Fixed(("addressType",)),
    ("certificates.k8s.io", "CertificateSigningRequest"): Fixed(("spec",)),
    ("apiextensions.k8s.io", "CustomResourceDefinition"): Fixed(
        ("spec.group", "spec.scope", "spec.names.kind", "spec.names.plural")
    ),
    ("resource.k8s.io", "ResourceClaim"): Fixed(("spec",)),
}

CONTENT: Final = ("data", "binaryData", "stringData")
"""What a ConfigMap or Secret holds. Its change replaces the object unless the provider's
`enableConfigMapMutable` or `enableSecretMutable` says otherwise; with `immutable: true` it always does."""


def replaces(path: Path, olds: Object, *, mutable_content: bool) -> bool:
    """Tell whether a change at `path` can only be had by replacing the object.

    Args:
        path: where old and new inputs differ.
        olds: the old inputs.
        mutable_content: True where the data of this ConfigMap or Secret may change in place.
    """
    if path[:1] in (("apiVersion",), ("kind",)):
        return False  # `diff` compares group and kind as a whole
    kind = group_kind(olds)
    if path in IDENTITY_PATHS or path == ("metadata",):
        return True
    if kind in (("", "ConfigMap"), ("", "Secret")):
        frozen = olds.get("immutable") is True
        if path[0] in CONTENT and (frozen or not mutable_content):
            return True
        if path[0] == "immutable" and frozen:
            return True
    fixed = FIXED.get(kind)
    if fixed is None:
        return False
    return any(_touches(path, one) for one in fixed.fields) and not any(_below(path, one) for one in fixed.but)


def _touches(path: Path, dotted: str) -> bool:
    """Tell whether `path` is at the pattern, below it, or a parent that went or came with all that it holds."""
    return all(want in ("*", have) for want, have in zip(dotted.split("."), path, strict=False))


def _below(path: Path, dotted: str) -> bool:
    """Tell whether `path` is at the pattern or below it."""
    return len(path) >= len(dotted.split(".")) and _touches(path, dotted)
