"""How the pack is configured, and what the engine learns about it."""

from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import analyzer_pb2 as pb

from policies._pack import Servicer
from policies.rules import RULES
from tests.policies.asking import CALL, Refused, about, about_all
from tests.policies.test_pack import QUOTA, lines, pack, quota
from tests.policies.test_pack import TestSecrets as Secrets

LEVELS = {"mandatory": pb.MANDATORY, "advisory": pb.ADVISORY}
SEVERITIES = {
    "low": pb.POLICY_SEVERITY_LOW,
    "medium": pb.POLICY_SEVERITY_MEDIUM,
    "high": pb.POLICY_SEVERITY_HIGH,
    "critical": pb.POLICY_SEVERITY_CRITICAL,
}


class TestConfiguration:
    """What the engine is told to do with rules (bypasses: the API server stands behind)."""

    def configure(self, found: Servicer, **config: tuple[int, dict[str, Any]]) -> None:
        given = {}
        for name, (level, settings) in config.items():
            given[name] = pb.PolicyConfig(enforcementLevel=level)  # type: ignore[arg-type]
            given[name].properties.update(settings)
        found.Configure(pb.ConfigureAnalyzerRequest(policyConfig=given), CALL)

    def test_a_setting_reaches_its_rule(self) -> None:
        found = pack("I1")
        pod = Secrets().pod("mirror.example.com/web:1")
        assert lines(found.Analyze(about("kubernetes:core/v1:Pod", pod), CALL))
        self.configure(found, I1=(pb.MANDATORY, {"registries": ["mirror.example.com"]}))
        assert not lines(found.Analyze(about("kubernetes:core/v1:Pod", pod), CALL))

    def test_a_rule_can_be_made_stricter(self) -> None:
        disk = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "10Gi"}}}
        meta = {"name": "data", "namespace": "acme-prod"}
        claim = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": meta, "spec": disk}
        asked = about_all(("kubernetes:core/v1:PersistentVolumeClaim", claim))
        prices = {"budget": 0.5, "cpuHour": 0.0, "gibHour": 0.0, "gibMonth": 0.1}
        for level, other in ((pb.ADVISORY, pb.MANDATORY), (pb.MANDATORY, pb.ADVISORY)):
            found = pack("L2")
            self.configure(found, L2=(level, prices))
            answer = found.AnalyzeStack(asked, CALL)
            assert any("above the budget" in line for line in lines(answer, level))
            assert not lines(answer, other)

    @pytest.mark.parametrize("level", [pb.ADVISORY, pb.DISABLED])
    def test_a_rule_cannot_be_made_weaker(self, level: int) -> None:
        with pytest.raises(Refused, match="Q3: weaker than the rule's own level"):
            self.configure(pack("Q3"), Q3=(level, {}))

    def test_a_rule_that_is_not_there_is_told_with_those_that_are_near(self) -> None:
        with pytest.raises(Refused, match="there is no rule Q33; near: Q3"):
            self.configure(pack(), Q33=(pb.MANDATORY, {}))

    def test_all_that_is_wrong_is_told_at_once(self) -> None:
        with pytest.raises(Refused) as caught:
            self.configure(pack("Q1"), Q1=(pb.ADVISORY, {}), X=(pb.MANDATORY, {}))
        code, details = caught.value.args
        assert code == grpc.StatusCode.INVALID_ARGUMENT
        assert details == (
            "policy configuration: there is no rule X; "
            "Q1: weaker than the rule's own level; what is needed is an exception"
        )

    def test_a_rule_may_mend_what_it_would_refuse(self) -> None:
        found = pack("Q3")
        self.configure(found, Q3=(pb.REMEDIATE, {}))
        answer = found.Analyze(about(QUOTA, quota(pods="101")), CALL)
        assert lines(answer, pb.MANDATORY), "none of ours mends, so it refuses as before"

    def test_a_setting_that_is_not_there_is_told_with_those_that_are_near(self) -> None:
        with pytest.raises(Refused, match="I1: there is no setting registires; near: registries"):
            self.configure(pack("I1"), I1=(pb.MANDATORY, {"registires": []}))


def test_the_engine_learns_all_about_every_rule() -> None:
    info = pack().GetAnalyzerInfo(None, CALL)
    assert (info.name, info.description) == ("paas", "What the platform demands of everything that a stack makes")
    assert [found.name for found in info.policies] == [rule.id for rule in RULES]
    by_name = {found.name: found for found in info.policies}
    assert {
        (
            *(found.name, found.displayName, found.description, found.remediation_steps, found.url, *found.tags),
            *(found.enforcementLevel, found.severity, found.policy_type),
        )
        for found in info.policies
    } == {
        (
            *(rule.id, rule.title, rule.title, rule.fix, f"docs/reference/policies.md#{rule.id.lower()}"),
            *(rule.area, *rule.serves, LEVELS[rule.level.value], SEVERITIES[rule.severity.value]),
            pb.POLICY_TYPE_STACK if rule.check_stack else pb.POLICY_TYPE_RESOURCE,
        )
        for rule in RULES
    }
    assert by_name["Q3"].enforcementLevel == pb.MANDATORY
    assert by_name["L2"].enforcementLevel == pb.ADVISORY
    assert set(by_name["I1"].configSchema.properties) == {"registries"}
    assert not by_name["Q3"].HasField("configSchema")
