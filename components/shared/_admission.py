"""Rules of the API server for tenants' namespaces: a ValidatingAdmissionPolicy, and the binding that enforces it.

Whoever may `manage` the virtual resource `environments.paas.internal` is the platform: cluster administrators may, and
the identity of the pipeline that runs these stacks must.
"""

from collections.abc import Mapping, Sequence

from pulumi import ResourceOptions

from components._kubernetes import (
    LabelSelectorRequirementArgsDict,
    MatchConditionArgsDict,
    NamedRuleWithOperationsArgsDict,
    ParamRefArgsDict,
    ValidatingAdmissionPolicy,
    ValidatingAdmissionPolicyBinding,
    ValidatingAdmissionPolicyBindingSpecArgsDict,
    ValidatingAdmissionPolicySpecArgsDict,
    ValidationArgsDict,
    VariableArgsDict,
)
from components._meta import meta
from spec import PlatformSpec
from spec.labels import DOMAIN, MANAGED_BY, PULUMI, TENANT

BY_THE_PLATFORM = f"authorizer.group('{DOMAIN}').resource('environments').check('manage').allowed()"

NOT_BY_THE_PLATFORM: MatchConditionArgsDict = {"name": "not-by-the-platform", "expression": f"!{BY_THE_PLATFORM}"}

CONTROLLERS = ("system:kube-controller-manager", "system:kube-scheduler", "system:apiserver")

NOT_BY_A_CONTROLLER: MatchConditionArgsDict = {
    "name": "not-by-a-controller",
    "expression": f"!(request.userInfo.username in {list(CONTROLLERS)}"
    " || request.userInfo.username.startsWith('system:serviceaccount:kube-system:')"
    " || 'system:nodes' in request.userInfo.groups)",
}

MARKED = f"oldObject.metadata.?labels[?'{MANAGED_BY}'].orValue('') == '{PULUMI}'"
OF_ITS_OWN = "!has(oldObject.metadata.ownerReferences)"
"""What the platform made, and what belongs to no other object: the guard judges that, and nothing else does."""

WHERE_A_TENANT_IS: LabelSelectorRequirementArgsDict = {"key": TENANT, "operator": "Exists"}


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
