"""The pack as the engine asks it: protobuf in, protobuf out (row I9)."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from pulumi.runtime.proto import analyzer_pb2 as pb
from pulumi_policy import proxy
from pulumi_policy.deserialize import SPECIAL_SIG_KEY

from components.shared import Platform
from components.tenant import TenantEnvironment
from policies import _stack
from policies._kinds import core
from policies._object import Object
from policies._pack import Servicer, from_environment
from policies._rule import HIGH, MANDATORY, rule
from policies._stack import Stack
from policies.rules import BY_ID, RULES
from tests.builders import a_platform_document, a_tenant_document
from tests.policies.asking import CALL, UNKNOWN_TEXT, about, about_all, secret

QUOTA = "kubernetes:core/v1:ResourceQuota"


def quota(**hard: Any) -> dict[str, Any]:
    metadata = {"name": "q", "namespace": "acme-prod"}
    return {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": metadata, "spec": {"hard": hard}}


def pack(*ids: str, config: dict[str, Any] | None = None, stack: str = "acme-prod") -> Servicer:
    """A pack of some rules, that knows its stack."""
    found = Servicer([BY_ID[id] for id in ids] or RULES, Stack())
    given = {"paas:tenant": a_tenant_document()} if config is None else config
    told = {key: json.dumps(value) for key, value in given.items()}
    found.ConfigureStack(pb.AnalyzerStackConfigureRequest(stack=stack, project="paas", config=told), CALL)
    return found


def lines(response: pb.AnalyzeResponse, level: int = pb.MANDATORY) -> list[str]:
    return [found.message for found in response.diagnostics if found.enforcementLevel == level]


def test_a_refusal_has_the_rule_its_title_a_sentence_and_the_fix() -> None:
    [found] = pack("Q3").Analyze(about(QUOTA, quota(pods="101")), CALL).diagnostics
    assert (found.policyName, found.enforcementLevel, found.severity) == ("Q3", pb.MANDATORY, pb.POLICY_SEVERITY_HIGH)
    title, sentence, fix = found.message.splitlines()
    assert title == BY_ID["Q3"].title
    assert sentence == "spec.hard.pods is above 100, which tier standard has"
    assert fix == f"fix: {BY_ID['Q3'].fix}; see docs/reference/policies.md#q3"


@pytest.mark.parametrize(("pods", "refused"), [(100, False), (101, True)])
def test_numbers_come_as_floats_and_are_whole(pods: int, refused: bool) -> None:
    assert bool(lines(pack("Q3").Analyze(about(QUOTA, quota(pods=pods)), CALL))) is refused


def test_advice_says_whose_it_is() -> None:
    [found] = pack("Q3").Analyze(about(QUOTA, quota(pods=UNKNOWN_TEXT)), CALL).diagnostics
    assert (found.policyName, found.policyPackName, found.policyPackVersion) == ("Q3", "paas", "0.0.1")
    assert (found.enforcementLevel, found.description) == (pb.ADVISORY, BY_ID["Q3"].title)
    assert found.urn == f"urn:pulumi:acme-prod::paas::{QUOTA}::it"
    title, entry = found.message.splitlines()
    assert title == BY_ID["Q3"].title
    assert entry.startswith("not decided at preview: spec.hard.pods is not known yet")


def test_null_is_nothing() -> None:
    for found in (quota(pods=None), quota() | {"spec": None}):
        assert lines(pack("Q3").Analyze(about(QUOTA, found), CALL)) == []


def test_an_unknown_is_advice_beside_what_is_refused() -> None:
    response = pack("Q3").Analyze(about(QUOTA, quota(**{"pods": UNKNOWN_TEXT, "requests.cpu": "9"})), CALL)
    [refused] = lines(response)
    [advice] = lines(response, pb.ADVISORY)
    assert 'spec.hard["requests.cpu"] is above 8' in refused
    assert "not decided at preview: spec.hard.pods is not known yet" in advice
    assert "at `up` it is decided by the API server's admission policy" in advice


@pytest.mark.parametrize("kind", ["BOOLEAN", "NUMBER", "STRING", "ARRAY", "ASSET", "ARCHIVE", "OBJECT"])
def test_whatever_the_engine_does_not_know_is_unknown(kind: str) -> None:
    sentinel = getattr(proxy, f"UNKNOWN_{kind}_VALUE")
    for found in (quota(pods=sentinel), quota() | {"spec": {"hard": secret({"pods": sentinel})}}):
        response = pack("Q3").Analyze(about(QUOTA, found), CALL)
        assert lines(response) == []
        assert len(lines(response, pb.ADVISORY)) == 1


def test_a_file_is_no_number() -> None:
    [line] = lines(pack("Q3").Analyze(about(QUOTA, quota(pods={SPECIAL_SIG_KEY: "asset", "text": "1"})), CALL))
    assert "spec.hard.pods is a file, and must be a quantity" in line


@pytest.mark.parametrize("value", [[1.5, True, None, ["x"]], {"a": {"b": []}}])
def test_values_in_values_are_read(value: Any) -> None:
    [line] = lines(pack("Q3").Analyze(about(QUOTA, quota(pods=value)), CALL))
    assert f"spec.hard.pods is {'a list' if isinstance(value, list) else 'an object'}" in line


def test_stacks_are_judged_as_a_whole() -> None:
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "acme-prod"}}
    alone = pack("Q1").AnalyzeStack(about_all(("kubernetes:core/v1:Namespace", namespace)), CALL)
    assert {found.urn for found in alone.diagnostics} == {"urn:pulumi:acme-prod::paas::kubernetes:core/v1:Namespace::0"}
    assert any("namespace acme-prod has no ResourceQuota without scopes" in line for line in lines(alone))
    both = pack("Q1").AnalyzeStack(
        about_all(("kubernetes:core/v1:Namespace", namespace), (QUOTA, quota(pods="1"))), CALL
    )
    assert not any("ResourceQuota" in line for line in lines(both))


def test_rules_know_by_what_provider_it_is_made() -> None:
    request = about(QUOTA, quota(pods="1"))
    assert lines(pack("O1").Analyze(request, CALL)) == []
    request.ClearField("provider")
    [line] = lines(pack("O1").Analyze(request, CALL))
    assert "it has no explicit provider" in line


def test_rules_know_whether_it_is_protected() -> None:
    meta, spec = {"name": "data", "namespace": "acme-prod"}, {"storageClassName": "paas-retained"}
    claim = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": meta, "spec": spec}
    request = about("kubernetes:core/v1:PersistentVolumeClaim", claim)
    [line] = lines(pack("B2").Analyze(request, CALL))
    assert "PersistentVolumeClaim data is not protected" in line
    request.options.protect = True
    assert lines(pack("B2").Analyze(request, CALL)) == []


def test_what_several_rules_do_not_know_is_all_told() -> None:
    answer = pack("Q2", "Q3").Analyze(about(QUOTA, quota() | {"spec": {"hard": UNKNOWN_TEXT}}), CALL)
    assert [found.policyName for found in answer.diagnostics] == ["Q2", "Q3"]


def test_the_platforms_stack_has_no_exceptions_to_tell() -> None:
    platform = pack("Q1", config={"paas:platform": a_platform_document()}, stack="platform")
    assert not platform.AnalyzeStack(about_all(), CALL).diagnostics


def test_what_is_about_the_stack_as_a_whole_names_no_resource() -> None:
    template = {"spec": {"containers": [{"name": "c", "resources": {"limits": {"cpu": "9"}}}]}}
    spec = {"replicas": 1, "template": template}
    web = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "w", "namespace": "acme-prod"}}
    response = pack("Q6").AnalyzeStack(about_all(("kubernetes:apps/v1:Deployment", web | {"spec": spec})), CALL)
    [found] = [each for each in response.diagnostics if each.enforcementLevel == pb.MANDATORY]
    assert "namespace acme-prod needs 18 of cpu at worst" in found.message
    assert found.urn == ""


def test_rules_about_objects_are_not_asked_about_the_stack_and_the_other_way_round() -> None:
    assert lines(pack("Q3").AnalyzeStack(about_all((QUOTA, quota(pods="101"))), CALL)) == []
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "acme-prod"}}
    assert lines(pack("Q1").Analyze(about("kubernetes:core/v1:Namespace", namespace), CALL)) == []


class TestSecrets:
    """Rows F8 and X9: no message shows what is secret."""

    IMAGE = "evil.example/hunter2:1"

    def pod(self, image: Any, spec: Any = None) -> dict[str, Any]:
        made = {"containers": [{"name": "c", "image": image}]}
        metadata = {"name": "p", "namespace": "acme-prod"}
        return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec(made) if spec else made}

    @pytest.fixture
    def echo(self) -> Servicer:
        """A rule that says whatever it reads."""

        @rule(
            "E1",
            area="test",
            level=MANDATORY,
            severity=HIGH,
            title="Echo",
            why="-",
            fix="-",
            serves=(),
            judges=core("Pod"),
        )
        def echo(found: Object, _stack: Stack) -> Iterator[str]:
            text = found.pods[0].containers[0]["image"].text() or ""
            yield f"it says {text}, or {text!r}"
            raise ValueError(text)

        return Servicer([echo], Stack())

    def test_a_plain_value_may_be_shown(self, echo: Servicer) -> None:
        response = echo.Analyze(about("kubernetes:core/v1:Pod", self.pod(self.IMAGE)), CALL)
        assert self.IMAGE in str(response)

    @pytest.mark.parametrize("where", ["value", "above"])
    def test_a_secret_is_not(self, echo: Servicer, where: str) -> None:
        pod = self.pod(secret(self.IMAGE)) if where == "value" else self.pod(self.IMAGE, spec=secret)
        response = echo.Analyze(about("kubernetes:core/v1:Pod", pod), CALL)
        assert "why [secret]: this rule has read spec" in str(response)
        assert "hunter2" not in str(response)

    def test_a_secret_is_judged_like_any_value(self) -> None:
        response = pack("I2").Analyze(about("kubernetes:core/v1:Pod", self.pod(secret("evil.example/web"))), CALL)
        [line] = lines(response)
        assert "spec.containers[0].image [secret]: this rule has read spec.containers[0].image" in line

    def test_a_rule_that_breaks_refuses_without_repeating_the_error(self, echo: Servicer) -> None:
        response = echo.Analyze(about("kubernetes:core/v1:Pod", self.pod(self.IMAGE)), CALL)
        [broken] = [line for line in lines(response) if "broke" in line]
        assert "rule E1 broke (ValueError in test_pack.py, line " in broken
        assert self.IMAGE not in broken


class TestStacks:
    """Whose plan counts, and what becomes of rules that have none."""

    def test_limits_are_those_of_the_stacks_own_tenant(self) -> None:
        small = pack("Q3", config={"paas:tenant": a_tenant_document(tier="small")})
        [line] = lines(small.Analyze(about(QUOTA, quota(pods="31")), CALL))
        assert "above 30, which tier small has" in line

    def test_the_platform_has_no_plan(self) -> None:
        platform = pack("Q3", config={"paas:platform": a_platform_document()}, stack="platform")
        response = platform.Analyze(about(QUOTA, quota(pods="101")), CALL)
        assert not response.diagnostics
        [skipped] = response.not_applicable
        assert (skipped.policy_name, skipped.reason) == ("Q3", "the stack is the platform's own")

    def test_without_configuration_nothing_is_passed_in_silence(self) -> None:
        response = pack("Q3", config={}).Analyze(about(QUOTA, quota(pods="101")), CALL)
        [advice] = lines(response, pb.ADVISORY)
        assert "not decided at preview: the stack's configuration is not given to this run" in advice

    def test_a_stored_state_says_by_itself_whose_it_is(self) -> None:
        found = pack("Q3", config={})
        document = a_tenant_document(tier="small")
        found.Analyze(about("paas:tenant:TenantEnvironment", document), CALL)
        [line] = lines(found.Analyze(about(QUOTA, quota(pods="31")), CALL))
        assert "above 30, which tier small has" in line

    def test_the_tops_of_stacks_are_those_of_the_components(self) -> None:
        assert set(_stack.ROOTS) == {TenantEnvironment.token, Platform.token}

    def test_what_the_engine_says_of_a_stack_stays(self) -> None:
        found = pack("Q3", config={"paas:tenant": a_tenant_document(tier="small")})
        found.Analyze(about("paas:tenant:TenantEnvironment", a_tenant_document(tier="critical")), CALL)
        assert lines(found.Analyze(about(QUOTA, quota(pods="31")), CALL))

    def test_a_file_with_mistakes_refuses(self) -> None:
        broken = pack("Q3", config={"paas:tenant": a_tenant_document(tier="huge")})
        [line] = lines(broken.Analyze(about(QUOTA, quota(pods="1")), CALL))
        assert "the stack file cannot be used" in line

    def test_an_engine_that_only_sets_variables_is_understood(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PULUMI_CONFIG", json.dumps({"paas:tenant": json.dumps(a_tenant_document(tier="small"))}))
        stack = from_environment({"PULUMI_STACK": "acme-prod"})
        assert stack.tenant.tier == "small"
        assert (stack.name, from_environment({}).name) == ("acme-prod", "")


def test_a_rule_that_breaks_leaves_the_others_alone() -> None:
    def burst(_found: Object, _stack: Stack) -> Iterator[str]:
        yield from {"hunter2": ""}["hunter3"]

    found = Servicer([replace(BY_ID["Q2"], check=burst), BY_ID["Q3"]], pack()._stack)
    response = found.Analyze(about(QUOTA, quota(pods="101")), CALL)
    assert [each.policyName for each in response.diagnostics] == ["Q2", "Q3"]
    assert "hunter2" not in str(response)
