"""From steps to changes: one for each resource, with what changes and why, and told from what was pending before."""

import pytest

from review.build import review, stack
from review.events import read
from review.model import Cause, Op
from review.values import Mark
from tests.builders import a_tenant_document
from tests.review.comments import assessed, sides
from tests.review.logs import END, error, lines, recorded, refusal, step, summary
from tests.review.manifests import Z
from tests.review.stacks import (
    a_deployment,
    an_object,
    changed,
    deleted,
    kept,
    log_of,
    made,
    replaced,
    stack_of,
)

SETTINGS = an_object("ConfigMap", data={"a": "b"})


def test_an_update_has_the_providers_own_differences() -> None:
    [web] = stack(Z, recorded("routine")).changes
    assert (web.op, web.group, web.kind, web.namespace, web.name) == (Op.UPDATE, "apps", "Deployment", Z, "web")
    assert web.components == ("environment",)
    assert [(each.path, each.before, each.after) for each in web.properties] == [
        ("spec.replicas", 2, 3),
        (
            "spec.template.spec.containers[0].image",
            "registry.example.com/shop/web:1.4.2",
            "registry.example.com/shop/web:1.4.3",
        ),
    ]


def test_a_replacement_is_one_change_with_its_reasons() -> None:
    found = {each.kind: each for each in stack(Z, recorded("replaces")).changes}
    claim, secret = found["PersistentVolumeClaim"], found["Secret"]
    assert (claim.op, claim.reasons) == (Op.REPLACE, ("spec.storageClassName",))
    assert [(each.before, each.after, each.replaces) for each in secret.properties] == [
        (Mark.SECRET, Mark.SECRET, True)
    ]


def test_what_stays_is_a_number() -> None:
    found = stack(Z, recorded("nothing"))
    assert (found.changes, found.unchanged, found.failures) == ((), 3, ())


def test_without_differences_of_the_provider_inputs_are_compared() -> None:
    [found] = stack_of(changed(SETTINGS, SETTINGS | {"data": {"a": "c", "x.y/z": "1"}})).changes
    assert [(each.path, each.before, each.after) for each in found.properties] == [
        ("data.a", "b", "c"),
        ('data["x.y/z"]', None, "1"),
    ]


def test_drift_is_told_from_what_the_program_changes() -> None:
    event = changed(SETTINGS, SETTINGS)
    metadata = event["resourcePreEvent"]["metadata"]
    metadata["old"]["outputs"] = {"data": {"a": "edited"}}
    metadata["detailedDiff"] = {"data.a": {"diffKind": "update", "inputDiff": False}}
    [[found]] = [each.properties for each in stack_of(event).changes]
    assert (found.before, found.after, found.drift) == ("edited", "b", True)


def test_create_and_delete_of_one_resource_is_a_replacement() -> None:
    [found] = stack_of(deleted(SETTINGS), made(SETTINGS)).changes
    assert found.op is Op.REPLACE


def test_what_the_merge_base_would_do_as_well_is_not_of_this_change() -> None:
    logs = sides("pending")
    found = {each.kind: each.pending for each in stack(Z, logs["head"], logs["base"]).changes}
    assert found == {"ConfigMap": True, "Deployment": False}
    assert [each.kind for each in stack(Z, logs["head"], logs["base"]).own] == ["Deployment"]
    assert {each.kind for each in stack(Z, logs["head"]).own} == {"ConfigMap", "Deployment"}


def test_what_is_made_otherwise_than_the_merge_base_makes_it_is_of_this_change() -> None:
    new = SETTINGS | {"data": {"a": "other"}}
    [found] = stack(Z, log_of(made(new)), log_of(made(SETTINGS))).changes
    assert not found.pending
    [found] = stack(Z, log_of(made(SETTINGS)), log_of(made(SETTINGS))).changes
    assert found.pending


def test_a_path_that_is_none_does_not_hide_what_changes() -> None:
    event = changed(SETTINGS, SETTINGS | {"data": {"a": "c"}})
    event["resourcePreEvent"]["metadata"]["detailedDiff"] = {"data[": {"diffKind": "update", "inputDiff": True}}
    [[found]] = [each.properties for each in stack_of(event).changes]
    assert (found.path, found.before, found.after) == ("data.a", "b", "c")


def test_a_stack_file_that_is_a_secret_is_not_read() -> None:
    log = read(lines({"preludeEvent": {"config": {"paas:tenant": "[secret]"}}}, summary(), END))
    assert stack(Z, log).spec is None


def test_findings_of_the_merge_base_are_marked_too() -> None:
    old, new = refusal("Title\nold\nfix: do"), refusal("Title\nnew\nfix: do")
    found = stack(Z, read(lines(old, new, summary("failed"), END)), read(lines(old, summary("failed"), END)))
    assert [(each.message, each.pending) for each in found.findings] == [("old", True), ("new", False)]


def test_stacks_come_in_order_whatever_the_order_of_their_logs() -> None:
    assert [each.stack for each in review({"b": log_of(), "a": log_of()}).stacks] == ["a", "b"]


def test_the_stack_file_is_read_where_it_can_be() -> None:
    config = {"paas:tenant": a_tenant_document(name="zeta", environment="dev")}
    spec = stack(Z, log_of(config=config)).spec
    assert spec is not None
    assert stack("other-dev", log_of(config=config)).spec is None
    assert stack(Z, log_of(config={"paas:tenant": {"name": 1}})).spec is None
    assert stack(Z, log_of()).spec is None


def test_patches_and_retained_objects_are_known() -> None:
    patch = step("delete", an_object("Namespace"), old=an_object("Namespace"), type="kubernetes:core/v1:NamespacePatch")
    [found] = stack_of(patch).changes
    assert found.patch
    [found] = stack_of(deleted(SETTINGS, retainOnDelete=True)).changes
    assert found.retained


class TestFindings:
    def test_a_refusal_has_title_message_and_fix(self) -> None:
        log = read(lines(refusal("The title\nwhat is wrong\nfix: do this"), summary("failed"), END))
        [found] = stack(Z, log).findings
        assert (found.title, found.message, found.fix) == ("The title", "what is wrong", "do this")
        assert (found.rule, found.level, found.severity, found.mandatory) == ("S1", "mandatory", "high", True)
        assert stack(Z, log).failures == ()  # the findings say why

    def test_other_packs_write_what_they_like(self) -> None:
        [found] = stack(Z, read(lines(refusal("just this"), summary(), END))).findings
        assert (found.title, found.message, found.fix) == ("", "just this", "")

    def test_open_questions_and_exceptions_are_no_findings(self) -> None:
        found = stack(
            Z,
            read(
                lines(
                    refusal("Title\nnot decided at preview: spec.x is not known yet; at `up` it is", "advisory"),
                    refusal("exception a until 2027-01-01: Pod p may break it, because", "advisory", "P1"),
                    refusal("exception b is over since 2026-01-01: remove it", "mandatory", "P2"),
                    summary("failed"),
                    END,
                )
            ),
        )
        assert [each.message for each in found.undecided] == ["spec.x is not known yet; at `up` it is"]
        assert [each.rule for each in found.exceptions] == ["P1"]
        assert [each.rule for each in found.findings] == ["P2"]

    def test_what_the_real_pack_refuses(self) -> None:
        found = stack(Z, recorded("refused"))
        [secret] = [each for each in found.findings if each.rule == "S1" and each.urn.endswith("::settings")]
        assert secret.message == "data.level is a secret, which the engine knows it for"
        assert secret.severity == "critical"
        assert found.failures == ()


class TestFailures:
    @pytest.mark.parametrize(
        ("message", "cause"),
        [
            ("Program failed with an unhandled exception:\nTraceback (most recent call last):\n", Cause.PROGRAM),
            ("configured Kubernetes cluster is unreachable: unable to load schema", Cause.UNREACHABLE),
            ("dial tcp 10.0.0.1:6443: connect: connection refused", Cause.UNREACHABLE),
            ("stacks/Pulumi.zeta-dev.yaml: paas:tenant.tier: given 1, wanted", Cause.CONFIGURATION),
            ("policy configuration: there is no rule Q33", Cause.POLICY),
            ("preview cancelled", Cause.CANCELLED),
            ("something else", Cause.ENGINE),
        ],
    )
    def test_a_message_tells_its_cause(self, message: str, cause: Cause) -> None:
        [found] = stack(Z, read(lines(error(message), error("preview failed"), summary("failed"), END))).failures
        assert (found.cause, found.message) == (cause, message.strip())

    def test_a_failure_without_a_reason_is_still_one(self) -> None:
        [found] = stack(Z, read(lines(error("preview failed"), summary("failed"), END))).failures
        assert found.cause is Cause.ENGINE

    def test_half_a_log_is_no_preview(self) -> None:
        causes = {each.cause for each in stack(Z, read(lines(made(SETTINGS)))).failures}
        assert causes == {Cause.INCOMPLETE}

    def test_an_operation_of_a_newer_engine_is_no_preview_that_is_understood(self) -> None:
        [found] = stack(Z, log_of(step("transmogrify", SETTINGS), step("refresh", SETTINGS))).failures
        assert (found.cause, found.message) == (
            Cause.INCOMPLETE,
            "the engine would transmogrify it, which no review knows",
        )

    @pytest.mark.parametrize(("name", "cause"), [("program", Cause.PROGRAM), ("unreachable", Cause.UNREACHABLE)])
    def test_failures_of_the_real_engine(self, name: str, cause: Cause) -> None:
        [found] = assessed(name).review.stacks[0].failures
        assert found.cause is cause


def test_helpers_make_what_they_say() -> None:
    """Steps by hand are read as those of the engine are."""
    found = stack_of(
        made(SETTINGS), kept(a_deployment()), replaced(an_object("Service"), an_object("Service"), "spec.x")
    )
    assert [(each.op, each.kind) for each in found.changes] == [(Op.CREATE, "ConfigMap"), (Op.REPLACE, "Service")]
    assert [each.kind for each in found.kept] == ["Deployment"]
