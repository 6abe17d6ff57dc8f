"""How a court finds out that the API server's rules see a namespace as it is now."""

from typing import Any

GENERATION = "paas.test/generation"
"""Annotation of a namespace that changes with each change."""

PROBE = "paas-test-probe"
"""Name of the ConfigMap that is asked about."""

PREFIX = "judge-"
"""Of the names of a court's policies."""


def probe(session: str) -> dict[str, Any]:
    """A policy that tells session and generation of the namespace as rules see it; made last, after all others."""
    return {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingAdmissionPolicy",
        "metadata": {"name": f"{PREFIX}probe"},
        "spec": {
            "matchConstraints": {
                "resourceRules": [
                    {"apiGroups": [""], "apiVersions": ["*"], "operations": ["CREATE"], "resources": ["configmaps"]}
                ]
            },
            "matchConditions": [{"name": "probe", "expression": f"object.metadata.name == '{PROBE}'"}],
            "validations": [
                {
                    "expression": "false",
                    "messageExpression": f"'{session} '"
                    f" + namespaceObject.metadata.?annotations[?'{GENERATION}'].orValue('none')",
                }
            ],
        },
    }


def probe_binding() -> dict[str, Any]:
    return {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingAdmissionPolicyBinding",
        "metadata": {"name": f"{PREFIX}probe"},
        "spec": {"policyName": f"{PREFIX}probe", "validationActions": ["Warn"]},
    }
