"""Rules of the API server for tenants' namespaces: a ValidatingAdmissionPolicy, and the binding that enforces it."""

from collections.abc import Mapping, Sequence

from pulumi import ResourceOptions

from components._kubernetes import (
    LabelSelectorRequirementArgsDict,
    MatchConditionArgsDict,
    NamedRuleWithOperationsArgsDict,
    ParamKindArgsDict,
    ParamRefArgsDict,
    ValidatingAdmissionPolicy,
    ValidatingAdmissionPolicyBinding,
    ValidatingAdmissionPolicyBindingSpecArgsDict,
    ValidatingAdmissionPolicySpecArgsDict,
    ValidationArgsDict,
    VariableArgsDict,
)
from components._meta import meta
from spec import PlatformSpec, plan
from spec.admission import BY_A_CONTROLLER, BY_THE_PLATFORM
from spec.labels import MANAGED_BY, PULUMI, TENANT

NOT_BY_THE_PLATFORM: MatchConditionArgsDict = {"name": "not-by-the-platform", "expression": f"!{BY_THE_PLATFORM}"}

NOT_BY_A_CONTROLLER: MatchConditionArgsDict = {"name": "not-by-a-controller", "expression": f"!({BY_A_CONTROLLER})"}

BY_THE_DATABASES_OPERATOR = f"request.userInfo.username.startsWith('system:serviceaccount:{plan.OPERATOR_NAMESPACE}:')"

NOT_BY_THE_DATABASES_OPERATOR: MatchConditionArgsDict = {
    "name": "not-by-the-databases-operator",
    "expression": f"!{BY_THE_DATABASES_OPERATOR}",
}

NOT_BY_THE_DATABASE_ITSELF: MatchConditionArgsDict = {
    "name": "not-by-the-database-itself",
    # Its instances put finalizers on what the platform asks of them, and never change what it asks.
    "expression": "!(request.operation == 'UPDATE' && request.resource.group == 'postgresql.cnpg.io'"
    " && request.userInfo.username == 'system:serviceaccount:' + request.namespace + ':'"
    " + oldObject.?spec.?cluster.?name.orValue('') && object.spec == oldObject.spec)",
}

MARKED = f"oldObject.metadata.?labels[?'{MANAGED_BY}'].orValue('') == '{PULUMI}'"
OF_ITS_OWN = "!has(oldObject.metadata.ownerReferences)"
"""What the platform made, and what belongs to no other object: the guard judges that, and nothing else does."""

WHERE_A_TENANT_IS: LabelSelectorRequirementArgsDict = {"key": TENANT, "operator": "Exists"}

CLOCK_KIND: ParamKindArgsDict = {"api_version": "coordination.k8s.io/v1", "kind": "Lease"}
CLOCK: ParamRefArgsDict = {
    "namespace": "kube-system",
    "selector": {"match_labels": {"apiserver.kubernetes.io/identity": "kube-apiserver"}},
    "parameter_not_found_action": "Deny",
}
"""The time, as a policy's parameter: Leases that API servers renew. Where there are several, every one must allow, so
the latest decides."""


def requests(operations: Sequence[str], resources: Sequence[tuple[str, str]]) -> list[NamedRuleWithOperationsArgsDict]:
    """Return the requests that do one of `operations` to one of `resources`: (API group, resource)."""
    return [
        {"api_groups": [group], "api_versions": ["*"], "operations": list(operations), "resources": [resource]}
        for group, resource in resources
    ]


def refuse(message: str, *, unless: str) -> ValidationArgsDict:
    """Return the check that refuses with `message` unless the CEL expression `unless` holds."""
    return {"expression": unless, "message": message, "reason": "Forbidden"}


def enforce(
    name: str,
    spec: PlatformSpec,
    policy: ValidatingAdmissionPolicySpecArgsDict,
    opts: ResourceOptions,
    *,
    parameters: ParamRefArgsDict | None = None,
) -> None:
    """Make the rule `paas-<name>`, and put it into force. What cannot be judged is refused.

    Args:
        parameters: where objects of the policy's `param_kind` are.
    """
    made = ValidatingAdmissionPolicy(
        name, metadata=meta(spec, f"paas-{name}"), spec={"failure_policy": "Fail", **policy}, opts=opts
    )
    binding: ValidatingAdmissionPolicyBindingSpecArgsDict = {
        "policy_name": made.metadata["name"],
        "validation_actions": ["Deny"],
    }
    if parameters is not None:
        binding["param_ref"] = parameters
    ValidatingAdmissionPolicyBinding(f"{name}-binding", metadata=meta(spec, f"paas-{name}"), spec=binding, opts=opts)


def variables(expressions: Mapping[str, str]) -> list[VariableArgsDict]:
    """Return CEL expressions that checks use by name, as `variables.<name>`; later ones may use earlier ones."""
    return [{"name": name, "expression": expression} for name, expression in expressions.items()]
