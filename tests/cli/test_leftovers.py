"""What in a cluster belongs to a stack without saying so."""

from typing import Any

import pytest

from cli._leftovers import belongs, bindings_of, volumes_of


def a_volume(namespace: str, policy: str = "Retain") -> dict[str, Any]:
    claim = {"namespace": namespace, "name": "data"}
    spec = {"claimRef": claim, "persistentVolumeReclaimPolicy": policy}
    return {"metadata": {"name": f"pv-{namespace}"}, "spec": spec, "status": {"phase": "Released"}}


def a_binding(namespace: str, **labels: str) -> dict[str, Any]:
    subject = {"kind": "ServiceAccount", "namespace": namespace, "name": "web"}
    metadata = {"name": f"b-{namespace}", "labels": labels}
    return {"metadata": metadata, "roleRef": {"name": "view"}, "subjects": [subject, {"kind": "Group", "name": "g"}]}


@pytest.mark.parametrize(
    ("namespace", "ours"),
    [
        ("acme-prod", True),
        ("acme-prod--batch", True),
        ("acme-prod-batch", False),
        ("acme-prod2", False),
        ("", False),
        ("other--acme-prod", False),
    ],
)
def test_namespaces_of_a_stack_are_its_own_and_its_extra_ones(namespace: str, ours: bool) -> None:
    assert belongs("acme-prod", namespace) is ours


def test_volumes_of_its_claims_are_left_with_what_keeps_them() -> None:
    volumes = [
        a_volume("acme-prod"),
        a_volume("acme-prod--batch", "Delete"),
        a_volume("other-prod"),
        {"metadata": {"name": "free"}, "spec": {}, "status": {"phase": "Available"}},
    ]
    kept, going = volumes_of("acme-prod", volumes)
    assert kept.why == "released volume of claim acme-prod/data, its reclaim policy keeps it: Retain"
    assert going.why == "released volume of claim acme-prod--batch/data, is being deleted"


def test_bindings_of_its_accounts_are_left_unless_their_label_has_told_so_already() -> None:
    bindings = [
        a_binding("acme-prod"),
        a_binding("acme-prod--batch", **{"app.kubernetes.io/part-of": "acme-prod"}),
        a_binding("other-prod"),
        {"metadata": {"name": "none"}, "roleRef": {"name": "view"}},
    ]
    [left] = bindings_of("acme-prod", bindings)
    assert (left.name, left.why) == ("b-acme-prod", "gives view to acme-prod/web")
    assert str(left) == "ClusterRoleBinding b-acme-prod (gives view to acme-prod/web)"
