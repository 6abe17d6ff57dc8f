"""Kubernetes objects as `pulumi_kubernetes` registers them, without loading it.

Its types are 80,000 lines that every start of the program would load, twice for one `pulumi up`: more than half of the
program's time. Type checkers see the real classes; at run time a class here says the kind's token and spells fields as
the wire does. That both register the very same is a contract test.
"""

from typing import TYPE_CHECKING, Any

import pulumi
from pulumi import Output

from components._wire import VERSION, spelled


class _Object(pulumi.CustomResource):
    """An object of one kind.

    Attributes:
        api: group and version in the token's spelling, `core/v1`; the API's own has no `core/`.
    """

    api: str
    metadata: Output[dict[str, Any]]

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None, **fields: Any) -> None:
        kind = type(self).__name__
        # A patch is a kind of the provider's; the object that it is about has the kind without that word.
        props = {"apiVersion": self.api.removeprefix("core/"), "kind": kind.removesuffix("Patch"), **spelled(fields)}
        opts = pulumi.ResourceOptions.merge(pulumi.ResourceOptions(version=VERSION), opts)
        super().__init__(f"kubernetes:{self.api}:{kind}", name, props, opts)


if TYPE_CHECKING:
    from pulumi_kubernetes.admissionregistration.v1 import (
        MatchConditionArgsDict,
        MatchResourcesArgsDict,
        NamedRuleWithOperationsArgsDict,
        ParamKindArgsDict,
        ParamRefArgsDict,
        ValidatingAdmissionPolicy,
        ValidatingAdmissionPolicyBinding,
        ValidatingAdmissionPolicyBindingSpecArgsDict,
        ValidatingAdmissionPolicySpecArgsDict,
        ValidatingWebhookConfigurationPatch,
        ValidationArgsDict,
        VariableArgsDict,
    )
    from pulumi_kubernetes.apps.v1 import Deployment, DeploymentSpecArgsDict
    from pulumi_kubernetes.autoscaling.v2 import HorizontalPodAutoscaler
    from pulumi_kubernetes.batch.v1 import CronJob, Job, JobSpecArgsDict
    from pulumi_kubernetes.core.v1 import (
        ConfigMap,
        ContainerArgsDict,
        EnvVarArgsDict,
        LimitRange,
        Namespace,
        NamespacePatch,
        PodSpecArgsDict,
        ProbeArgsDict,
        ResourceQuota,
        Secret,
        Service,
        ServiceAccount,
        ServiceAccountPatch,
        VolumeArgsDict,
        VolumeMountArgsDict,
        VolumeProjectionArgsDict,
    )
    from pulumi_kubernetes.flowcontrol.v1 import FlowSchema, PriorityLevelConfiguration
    from pulumi_kubernetes.meta.v1 import (
        LabelSelectorArgsDict,
        LabelSelectorRequirementArgsDict,
        ObjectMetaArgsDict,
    )
    from pulumi_kubernetes.networking.v1 import (
        NetworkPolicy,
        NetworkPolicyPeerArgsDict,
        NetworkPolicyPortArgsDict,
        NetworkPolicySpecArgsDict,
    )
    from pulumi_kubernetes.policy.v1 import PodDisruptionBudget
    from pulumi_kubernetes.rbac.v1 import ClusterRole, ClusterRoleBinding, PolicyRuleArgsDict, RoleBinding
    from pulumi_kubernetes.scheduling.v1 import PriorityClass
    from pulumi_kubernetes.storage.v1 import StorageClass
else:
    KINDS = {
        "admissionregistration.k8s.io/v1": (
            "ValidatingAdmissionPolicy",
            "ValidatingAdmissionPolicyBinding",
            "ValidatingWebhookConfigurationPatch",
        ),
        "apps/v1": ("Deployment",),
        "autoscaling/v2": ("HorizontalPodAutoscaler",),
        "batch/v1": ("CronJob", "Job"),
        "core/v1": (
            "ConfigMap",
            "LimitRange",
            "Namespace",
            "NamespacePatch",
            "ResourceQuota",
            "Secret",
            "Service",
            "ServiceAccount",
            "ServiceAccountPatch",
        ),
        "flowcontrol.apiserver.k8s.io/v1": ("FlowSchema", "PriorityLevelConfiguration"),
        "networking.k8s.io/v1": ("NetworkPolicy",),
        "policy/v1": ("PodDisruptionBudget",),
        "rbac.authorization.k8s.io/v1": ("ClusterRole", "ClusterRoleBinding", "RoleBinding"),
        "scheduling.k8s.io/v1": ("PriorityClass",),
        "storage.k8s.io/v1": ("StorageClass",),
    }
    globals().update({kind: type(kind, (_Object,), {"api": api}) for api, kinds in KINDS.items() for kind in kinds})

    def __getattr__(name: str) -> Any:
        """The types of dict literals matter to type checkers only."""
        if name.endswith("ArgsDict"):
            return dict[str, Any]
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "ClusterRole",
    "ClusterRoleBinding",
    "ConfigMap",
    "ContainerArgsDict",
    "CronJob",
    "Deployment",
    "DeploymentSpecArgsDict",
    "EnvVarArgsDict",
    "FlowSchema",
    "HorizontalPodAutoscaler",
    "Job",
    "JobSpecArgsDict",
    "LabelSelectorArgsDict",
    "LabelSelectorRequirementArgsDict",
    "LimitRange",
    "MatchConditionArgsDict",
    "MatchResourcesArgsDict",
    "NamedRuleWithOperationsArgsDict",
    "Namespace",
    "NamespacePatch",
    "NetworkPolicy",
    "NetworkPolicyPeerArgsDict",
    "NetworkPolicyPortArgsDict",
    "NetworkPolicySpecArgsDict",
    "ObjectMetaArgsDict",
    "ParamKindArgsDict",
    "ParamRefArgsDict",
    "PodDisruptionBudget",
    "PodSpecArgsDict",
    "PolicyRuleArgsDict",
    "PriorityClass",
    "PriorityLevelConfiguration",
    "ProbeArgsDict",
    "ResourceQuota",
    "RoleBinding",
    "Secret",
    "Service",
    "ServiceAccount",
    "ServiceAccountPatch",
    "StorageClass",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
    "ValidatingAdmissionPolicyBindingSpecArgsDict",
    "ValidatingAdmissionPolicySpecArgsDict",
    "ValidatingWebhookConfigurationPatch",
    "ValidationArgsDict",
    "VariableArgsDict",
    "VolumeArgsDict",
    "VolumeMountArgsDict",
    "VolumeProjectionArgsDict",
]
