"""What tenants share, as the program asks for it."""

from spec import plan
from spec.plan.access import WRITE
from tests.builders import a_platform
from tests.recording import deploy


def test_each_tier_has_a_priority_class_and_none_is_the_default() -> None:
    classes = deploy(a_platform()).many("PriorityClass")
    by_name = {found.metadata["name"]: found.props["value"] for found in classes}
    assert by_name == {"paas-free": 1000, "paas-small": 2000, "paas-standard": 3000, "paas-critical": 4000}
    assert not any(found.props.get("globalDefault") for found in classes)


def test_tenants_learn_what_they_cannot_know() -> None:
    outputs = deploy(a_platform()).one("Platform").outputs
    networks = ["10.244.0.0/16", "10.96.0.0/12"]
    assert outputs == {"facts": {"networks": networks, "region": "eu", "requireDigest": True, "edge": {}}}


def test_every_role_that_tenants_bind_is_there() -> None:
    roles = {found.metadata["name"]: found.props["rules"] for found in deploy(a_platform()).many("ClusterRole")}
    assert roles.keys() == plan.roles().keys()
    assert {"apiGroups": ["apps"], "resources": ["deployments", "statefulsets"], "verbs": list(WRITE)} in roles[
        "paas-deployer"
    ]
    assert all(rule["verbs"] != list(WRITE) for rule in roles["paas-viewer"])


def test_claimed_storage_says_what_becomes_of_its_data() -> None:
    classes = deploy(a_platform()).many("StorageClass")
    assert {found.metadata["name"]: found.props["reclaimPolicy"] for found in classes} == {
        "paas-retained": "Retain",
        "paas-scratch": "Delete",
    }
    assert {found.props["provisioner"] for found in classes} == {"rancher.io/local-path"}
