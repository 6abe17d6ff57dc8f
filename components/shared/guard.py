"""The guard: in a tenant's namespaces, only the platform changes what the platform made.

Roles cannot tell one Deployment from another; this rule of the API server can. Whoever may `manage` the virtual
resource `environments.paas.internal` is the platform: cluster administrators may, and the identity of the pipeline that
runs these stacks must. What the cluster's own controllers do, and what belongs to another object (a Deployment's pods),
is left alone.
"""

from pulumi import ResourceOptions

from components._kubernetes import ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding
from components._meta import meta
from spec import PlatformSpec
from spec.labels import DOMAIN, MANAGED_BY, PULUMI, TENANT

NAME = "paas-guard"

CONTROLLERS = ("system:kube-controller-manager", "system:kube-scheduler", "system:apiserver")


def guard(spec: PlatformSpec, opts: ResourceOptions) -> None:
    """Make the rule, and put it into force wherever a tenant is."""
    policy = ValidatingAdmissionPolicy(
        "guard",
        metadata=meta(spec, NAME),
        spec={
            "failure_policy": "Fail",
            "match_constraints": {
                "resource_rules": [
                    {
                        "api_groups": ["*"],
                        "api_versions": ["*"],
                        "operations": ["UPDATE", "DELETE"],
                        "resources": ["*"],
                    }
                ],
                "namespace_selector": {"match_expressions": [{"key": TENANT, "operator": "Exists"}]},
            },
            "match_conditions": [
                {
                    "name": "made-by-the-platform",
                    "expression": f"oldObject.metadata.?labels[?'{MANAGED_BY}'].orValue('') == '{PULUMI}'",
                },
                {"name": "of-its-own", "expression": "!has(oldObject.metadata.ownerReferences)"},
                {
                    "name": "not-by-a-controller",
                    "expression": f"!(request.userInfo.username in {list(CONTROLLERS)}"
                    " || request.userInfo.username.startsWith('system:serviceaccount:kube-system:')"
                    " || 'system:nodes' in request.userInfo.groups)",
                },
            ],
            "validations": [
                {
                    "expression": f"authorizer.group('{DOMAIN}').resource('environments').check('manage').allowed()",
                    "message_expression": "'the platform made ' + request.resource.resource + '/' + request.name"
                    " + ' from the stack file of this environment; change it there'",
                    "reason": "Forbidden",
                }
            ],
        },
        opts=opts,
    )
    ValidatingAdmissionPolicyBinding(
        "guard-binding",
        metadata=meta(spec, NAME),
        spec={"policy_name": policy.metadata["name"], "validation_actions": ["Deny"]},
        opts=opts,
    )
