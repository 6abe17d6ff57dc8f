"""A review is written whatever stands in objects: nothing in them is what it should be, and nothing breaks."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from review.assess import assess
from review.build import review
from review.dangers import STATEFUL
from review.kubernetes import TEMPLATES
from review.markdown import comment
from review.output import as_data
from review.report import report
from tests.review.balance import unbalanced
from tests.review.stacks import Z, an_object, changed, deleted, kept, log_of, made

MORE = [
    ("", "Service"),
    ("networking.k8s.io", "Ingress"),
    ("gateway.networking.k8s.io", "HTTPRoute"),
    ("gateway.networking.k8s.io", "Gateway"),
    ("rbac.authorization.k8s.io", "Role"),
    ("rbac.authorization.k8s.io", "RoleBinding"),
    ("cert-manager.io", "Certificate"),
]
KINDS = sorted({*STATEFUL, *TEMPLATES, *MORE})

WORDS = st.sampled_from(
    [
        *("spec", "template", "containers", "initContainers", "resources", "requests", "limits", "cpu", "memory"),
        *("securityContext", "capabilities", "drop", "add", "seccompProfile", "image", "replicas", "type", "hard"),
        *("ingress", "egress", "from", "to", "ports", "ipBlock", "policyTypes", "rules", "verbs", "apiGroups"),
        *(
            "subjects",
            "roleRef",
            "name",
            "hostnames",
            "listeners",
            "volumes",
            "hostPath",
            "storage",
            "size",
            "instances",
        ),
        *(
            "strategy",
            "rollingUpdate",
            "maxSurge",
            "maxUnavailable",
            "requests.cpu",
            "volumeClaimTemplates",
            "privileged",
        ),
    ]
)
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 3),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["", "1", "x", "-1", "25%", "x%", "1Gi", "*", "0", UNKNOWN, "[secret]", "LoadBalancer", "a:b@c"]),
)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4), max_leaves=25
)
FIELDS: st.SearchStrategy[dict[str, Any]] = st.dictionaries(
    st.sampled_from(["spec", "rules", "subjects", "roleRef", "data", "aggregationRule"]), VALUES
)


@st.composite
def objects(draw: st.DrawFn, of: tuple[str, str] | None = None) -> dict[str, Any]:
    group, kind = of or draw(st.sampled_from(KINDS))
    return an_object(kind, of=f"{group}/v1" if group else "v1", name=draw(st.sampled_from("abc")), **draw(FIELDS))


@st.composite
def steps(draw: st.DrawFn) -> dict[str, Any]:
    value = draw(objects())
    how = draw(st.sampled_from(["made", "changed", "deleted", "kept", "drifted"]))
    if how in ("changed", "drifted"):
        event = changed(value | draw(FIELDS), value)
        if how == "drifted":
            paths = draw(
                st.lists(st.sampled_from(["spec", "spec.a[0]", 'a["b"]', "a[", "", "spec.template[x]"]), max_size=3)
            )
            told = {path: {"diffKind": "update", "inputDiff": draw(st.booleans())} for path in paths}
            event["resourcePreEvent"]["metadata"]["detailedDiff"] = told
        return event
    return {"made": made, "deleted": deleted, "kept": kept}[how](value)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_stands_in_an_object_it_is_judged(kind: tuple[str, str], data: st.DataObject) -> None:
    old, new = (data.draw(objects(kind)) for _ in range(2))
    found = assess(review({Z: log_of(changed(old, old | new), made(old | {"metadata": {"name": "more"}}))}))
    assert as_data(found)["verdict"] == found.verdict


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(steps(), max_size=5), st.lists(steps(), max_size=3))
def test_whatever_stands_in_objects_there_is_a_review(head: list[dict[str, Any]], base: list[dict[str, Any]]) -> None:
    found = assess(review({Z: log_of(*head)}, {Z: log_of(*base)}))
    assert unbalanced(comment(found)) == []
    assert report(found).endswith("</html>\n")
    assert as_data(found)["verdict"] == found.verdict
