"""Rules of the policy pack in the API server: for each a ValidatingAdmissionPolicy, bound to all tenants' namespaces.

A namespace with exceptions has a binding of its own, which hands over the API servers' Leases: their clock says when an
exception ends. All others depend on no Lease.
"""

from collections.abc import Iterable

from pulumi import ResourceOptions

from components._kubernetes import (
    MatchResourcesArgsDict,
    ValidatingAdmissionPolicy,
    ValidatingAdmissionPolicyBinding,
    ValidatingAdmissionPolicyBindingSpecArgsDict,
)
from components._meta import meta
from components.shared._admission import CLOCK, CLOCK_KIND, WHERE_A_TENANT_IS, requests, variables
from spec import PlatformSpec
from spec.admission import AdmissionPolicy
from spec.labels import EXCUSED

WRITES = ("CREATE", "UPDATE")
STAGES = {True: ["Deny", "Audit"], False: ["Warn", "Audit"]}
"""What is done about a refusal, by whether it is enforced."""

ALL_OTHERS: MatchResourcesArgsDict = {
    "namespace_selector": {"match_expressions": [{"key": EXCUSED, "operator": "DoesNotExist"}]}
}
EXCUSED_NAMESPACES: MatchResourcesArgsDict = {
    "namespace_selector": {"match_expressions": [{"key": EXCUSED, "operator": "Exists"}]},
    # A selector of namespaces lets through what is in none, and that must depend on no Lease.
    "resource_rules": [
        {"api_groups": ["*"], "api_versions": ["*"], "operations": ["*"], "resources": ["*/*"], "scope": "Namespaced"}
    ],
}


def twins(spec: PlatformSpec, policies: Iterable[AdmissionPolicy], opts: ResourceOptions) -> None:
    """Make the policies, and put them into force wherever a tenant is. What cannot be judged is refused."""
    for policy in policies:
        made = ValidatingAdmissionPolicy(
            f"rule-{policy.name}",
            metadata=meta(spec, f"paas-{policy.name}"),
            spec={
                "failure_policy": "Fail",
                "param_kind": CLOCK_KIND,
                "match_constraints": _matching(policy),
                "match_conditions": [{"name": name, "expression": text} for name, text in policy.conditions.items()],
                "variables": variables(policy.variables),
                "validations": [
                    {"expression": each.unless, "message": each.message, "reason": "Forbidden"}
                    for each in policy.validations
                ],
            },
            opts=opts,
        )
        for suffix, excused in (("", False), ("-excused", True)):
            binding: ValidatingAdmissionPolicyBindingSpecArgsDict = {
                "policy_name": made.metadata["name"],
                "validation_actions": STAGES[policy.enforced],
                "match_resources": EXCUSED_NAMESPACES if excused else ALL_OTHERS,
            }
            if excused:
                binding["param_ref"] = CLOCK
            ValidatingAdmissionPolicyBinding(
                f"rule-{policy.name}{suffix}",
                metadata=meta(spec, f"paas-{policy.name}{suffix}"),
                spec=binding,
                opts=opts,
            )


def _matching(policy: AdmissionPolicy) -> MatchResourcesArgsDict:
    matching: MatchResourcesArgsDict = {
        "resource_rules": requests(WRITES, policy.resources),
        "namespace_selector": {"match_expressions": [WHERE_A_TENANT_IS]},
    }
    if policy.excluded:
        matching["exclude_resource_rules"] = requests(WRITES, policy.excluded)
    return matching
