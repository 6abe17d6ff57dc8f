"""Previews say what the API server would say, and say plainly where it cannot be asked."""

import pytest

from sandbox.engine.kubernetes.values import UNKNOWN, Object, get
from tests.sandbox.provider.builders import annotated, config_map, crd, custom, deployment, service
from tests.sandbox.provider.cluster import Cluster
from tests.sandbox.provider.conftest import Make
from tests.sandbox.provider.driving import Refused, running

pytestmark = pytest.mark.e2e

NOWHERE = """\
apiVersion: v1
kind: Config
clusters: [{name: gone, cluster: {server: "http://127.0.0.1:9"}}]
contexts: [{name: gone, context: {cluster: gone}}]
current-context: gone
"""


def test_a_preview_changes_nothing(make: Make, apiserver: Cluster, namespace: str) -> None:
    make(config_map(namespace)).preview(config_map(namespace))
    assert apiserver.get(config_map(namespace)) is None


def test_a_preview_shows_what_the_api_server_fills_in(make: Make, namespace: str) -> None:
    found = make(deployment(namespace)).preview(deployment(namespace))
    assert get(found, "spec", "strategy", "type") == "RollingUpdate"


def test_a_preview_does_not_know_what_only_the_real_run_assigns(make: Make, namespace: str) -> None:
    found = make(service(namespace)).preview(service(namespace))
    assert get(found, "metadata", "uid") is UNKNOWN
    assert get(found, "spec", "clusterIP") is UNKNOWN
    assert found["status"] is UNKNOWN


def test_a_preview_of_an_update_shows_the_defaults(make: Make, namespace: str) -> None:
    value = annotated(deployment(namespace, replicas=0), skipAwait="true")
    made = make(value).up(value)
    found = made.preview({**value, "spec": {**value["spec"], "strategy": {"rollingUpdate": {"maxSurge": 2}}}})
    assert get(found, "spec", "strategy", "rollingUpdate") == {"maxSurge": 2, "maxUnavailable": "25%"}


def test_a_denied_object_is_an_error_at_preview(make: Make, apiserver: Cluster, namespace: str) -> None:
    policy, binding = denial(namespace)
    made = make(policy, "policy").up(policy)
    bound = make(binding, "binding").up(binding)
    value = annotated(config_map(namespace), timeoutSeconds="1")

    def denied() -> str:
        try:
            make(value).preview(value)
        except Refused as error:
            return error.message
        return ""

    message = apiserver.wait(denied, "the policy to work")
    assert "no config maps here, says the conformance suite" in message
    bound.destroy()
    made.destroy()


def test_a_quota_is_an_error_at_preview(make: Make, namespace: str) -> None:
    quota = {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"namespace": namespace, "name": "none"},
        "spec": {"hard": {"services": "0"}},
    }
    make(quota, "quota").up(quota)
    with pytest.raises(Refused, match="exceeded quota"):
        make(service(namespace)).preview(service(namespace))


def test_an_existing_foreign_object_is_an_error_at_preview(make: Make, apiserver: Cluster, namespace: str) -> None:
    apiserver.make(config_map(namespace))
    with pytest.raises(Refused, match="exists already"):
        make(config_map(namespace)).preview(config_map(namespace))


def test_the_successor_of_our_own_object_is_none(make: Make, namespace: str) -> None:
    made = make(config_map(namespace)).up(config_map(namespace, colour="blue"))
    request = made.create_request(made.check(config_map(namespace, colour="red")), preview=True)
    assert made.plugin.call("Create", request).properties["data"]["colour"] == "red"


def test_a_successor_still_has_to_be_valid(make: Make, namespace: str) -> None:
    value = annotated(deployment(namespace, replicas=0), skipAwait="true")
    made = make(value).up(value)
    wrong = {**value, "spec": {**value["spec"], "selector": {"matchLabels": {"app": "other"}}}}
    with pytest.raises(Refused, match=r"does not match template"):
        made.plugin.call("Create", made.create_request(made.check(wrong), preview=True))


def test_unknown_values_stay_unknown(make: Make, namespace: str) -> None:
    value = {**config_map(namespace), "data": {"known": "yes", "later": UNKNOWN}}
    found = make(value).preview(value)
    assert found["data"] == {"known": "yes", "later": UNKNOWN}


def test_a_namespace_of_the_same_run_is_said_once(make: Make) -> None:
    with running() as mine:
        for name in ("one", "two"):
            found = make(config_map("not-there-yet", name), name, of=mine).preview(config_map("not-there-yet", name))
            assert get(found, "data") == {"colour": "blue"}
        assert len([text for text in mine.engine.texts() if "Namespace not-there-yet does not exist yet" in text]) == 1


def test_a_crd_of_the_same_run_is_said(make: Make, namespace: str) -> None:
    with running() as mine:
        value = custom(namespace, "NotServedYet")
        assert get(make(value, of=mine).preview(value), "spec") == {"size": 1}
        assert any(
            "does not serve NotServedYet in conformance.example/v1 (yet)" in text for text in mine.engine.texts()
        )


def test_a_create_without_its_crd_is_an_error(make: Make, namespace: str) -> None:
    value = custom(namespace, "NeverServed")
    with pytest.raises(Refused, match=r"serves no kind NeverServed in conformance.example/v1"):
        make(value).up(value)


def test_an_unreachable_cluster_is_a_warning_at_preview(make: Make, namespace: str) -> None:
    with running({"kubeconfig": NOWHERE}) as lost:
        found = make(config_map(namespace), of=lost).preview(config_map(namespace))
        assert get(found, "data") == {"colour": "blue"}
        warnings = [one.text for one in lost.engine.said if one.severity == 2]
        assert len(warnings) == 1
        assert "The cluster at http://127.0.0.1:9 does not answer" in warnings[0]


def test_an_unreachable_cluster_is_an_error_at_up(make: Make, namespace: str) -> None:
    with running({"kubeconfig": NOWHERE}) as lost, pytest.raises(Refused, match="does not answer"):
        make(config_map(namespace), of=lost).up(config_map(namespace))


def test_skip_update_unreachable_leaves_things_as_they_are(make: Make, namespace: str) -> None:
    made = make(config_map(namespace)).up(config_map(namespace))
    with running({"kubeconfig": NOWHERE, "skipUpdateUnreachable": "true"}) as lost:
        made.plugin = lost
        assert made.check(config_map(namespace, colour="red")) == made.inputs
        assert any("skipUpdateUnreachable" in text for text in lost.engine.texts())


def test_a_crd_then_its_object_in_one_run(make: Make, namespace: str) -> None:
    definition = crd(f"things{namespace[-4:]}", f"Thing{namespace[-4:]}")
    value = custom(namespace, definition["spec"]["names"]["kind"])
    with running() as mine:  # the missing kind is remembered nowhere
        make(value, of=mine).preview(value)
        made = make(definition, "crd", of=mine).up(definition)
        make(value, of=mine).up(value).destroy()
        made.destroy()


def denial(namespace: str) -> tuple[Object, Object]:
    """An admission policy that refuses ConfigMaps in one namespace."""
    api = "admissionregistration.k8s.io/v1"
    rule = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["configmaps"]}
    where = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}}}
    words = "no config maps here, says the conformance suite"
    return (
        {
            "apiVersion": api,
            "kind": "ValidatingAdmissionPolicy",
            "metadata": {"name": namespace},
            "spec": {
                "failurePolicy": "Fail",
                "matchConstraints": {"resourceRules": [rule]},
                "validations": [{"expression": "false", "message": words}],
            },
        },
        {
            "apiVersion": api,
            "kind": "ValidatingAdmissionPolicyBinding",
            "metadata": {"name": namespace},
            "spec": {"policyName": namespace, "validationActions": ["Deny"], "matchResources": where},
        },
    )
