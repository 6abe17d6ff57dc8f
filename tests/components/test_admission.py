"""Rules of the API server, as the program asks for them; tests/e2e/access shows what they do."""

from policies.admission import TWINS
from spec import plan
from tests.builders import a_platform
from tests.recording import Deployed, Made, deploy

IN_NAMESPACES = ("paas-guard", "paas-conduct", "paas-claims", "paas-secrets", "paas-glass")
OF_NAMESPACES = ("paas-guard-namespaces", "paas-bounds")


def rules(made: Deployed, kind: str) -> dict[str, Made]:
    return {found.metadata["name"]: found for found in made.many(kind)}


def test_every_rule_is_in_force_wherever_a_tenant_is_and_refuses_what_it_cannot_judge() -> None:
    made = deploy(a_platform())
    policies = rules(made, "ValidatingAdmissionPolicy")
    bindings = rules(made, "ValidatingAdmissionPolicyBinding")
    twins = {f"paas-{twin.name}" for twin in TWINS}
    assert policies.keys() == {*IN_NAMESPACES, *OF_NAMESPACES, *twins}
    assert bindings.keys() == policies.keys() | {f"{name}-excused" for name in twins}
    for name, policy in policies.items():
        assert policy.spec["failurePolicy"] == "Fail"
        assert bindings[name].spec["policyName"] == name
        assert "Deny" in bindings[name].spec["validationActions"]

    for name in {*IN_NAMESPACES, *twins}:
        where = policies[name].spec["matchConstraints"]["namespaceSelector"]["matchExpressions"]
        assert {"key": "paas.internal/tenant", "operator": "Exists"} in where


def test_a_namespace_is_guarded_by_what_it_was_not_by_what_a_request_makes_of_it() -> None:
    policies = rules(deploy(a_platform()), "ValidatingAdmissionPolicy")
    for name in OF_NAMESPACES:
        assert policies[name].spec["matchConstraints"].keys() == {"resourceRules"}
        [first, *_] = policies[name].spec["matchConditions"]
        assert first["expression"] == "'paas.internal/tenant' in oldObject.metadata.?labels.orValue({})"


def test_every_refusal_says_why() -> None:
    for policy in deploy(a_platform()).many("ValidatingAdmissionPolicy"):
        for check in policy.spec["validations"]:
            assert check["reason"] == "Forbidden"
            assert check.get("message") or check.get("messageExpression")


def test_conduct_is_judged_for_everything_that_a_tenants_people_write() -> None:
    conduct = rules(deploy(a_platform()), "ValidatingAdmissionPolicy")["paas-conduct"]
    asked = conduct.spec["matchConstraints"]["resourceRules"]
    assert [(rule["apiGroups"], rule["resources"]) for rule in asked] == [
        ([group], [resource]) for group, resource in plan.written()
    ]
    assert all(rule["operations"] == ["CREATE", "UPDATE"] for rule in asked)


def test_broken_glass_goes_by_the_clock_of_the_api_servers_and_without_one_nobody_gets_in() -> None:
    made = deploy(a_platform())
    glass = rules(made, "ValidatingAdmissionPolicy")["paas-glass"].spec
    assert glass["paramKind"] == {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease"}
    [exec_, attach, forward] = glass["matchConstraints"]["resourceRules"]
    assert [rule["resources"] for rule in (exec_, attach, forward)] == [
        ["pods/exec"],
        ["pods/attach"],
        ["pods/portforward"],
    ]
    assert {"key": "paas.internal/environment", "operator": "In", "values": ["prod"]} in glass["matchConstraints"][
        "namespaceSelector"
    ]["matchExpressions"]
    assert rules(made, "ValidatingAdmissionPolicyBinding")["paas-glass"].spec["paramRef"] == {
        "namespace": "kube-system",
        "selector": {"matchLabels": {"apiserver.kubernetes.io/identity": "kube-apiserver"}},
        "parameterNotFoundAction": "Deny",
    }


def test_only_namespaces_with_exceptions_need_a_clock() -> None:
    bindings = rules(deploy(a_platform()), "ValidatingAdmissionPolicyBinding")
    for twin in TWINS:
        plain, excused = bindings[f"paas-{twin.name}"].spec, bindings[f"paas-{twin.name}-excused"].spec
        assert "paramRef" not in plain
        assert excused["paramRef"]["parameterNotFoundAction"] == "Deny"
        wheres = [each["matchResources"]["namespaceSelector"]["matchExpressions"] for each in (plain, excused)]
        assert [where[0]["operator"] for where in wheres] == ["DoesNotExist", "Exists"]
        assert plain["policyName"] == excused["policyName"] == f"paas-{twin.name}"


def test_a_rule_that_is_tried_out_warns() -> None:
    made = deploy(a_platform(rules={"Q7": {"stage": "warn"}}))
    bindings = rules(made, "ValidatingAdmissionPolicyBinding")
    assert bindings["paas-q7"].spec["validationActions"] == ["Warn", "Audit"]
    assert bindings["paas-q7-excused"].spec["validationActions"] == ["Warn", "Audit"]
