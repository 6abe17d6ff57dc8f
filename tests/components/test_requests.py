"""How tenants' requests to the API server are told apart, as the program asks for it."""

from spec import plan
from tests.builders import a_platform, a_tenant
from tests.recording import deploy

MEMBERS = {"admin": ["oidc:acme-admins"], "viewer": ["oidc:acme-everyone", "oidc:acme-admins"]}


def test_an_environments_people_and_programs_are_one_flow_at_the_tenants_level() -> None:
    made = deploy(a_tenant(members=MEMBERS, namespaces={"batch": {"percent": 20}})).one("FlowSchema")
    assert made.metadata["name"] == "paas-acme-prod"
    assert made.spec["priorityLevelConfiguration"] == {"name": plan.LEVEL}
    assert "distinguisherMethod" not in made.spec, "by user or by namespace, one tenant could be many flows"
    [rule] = made.spec["rules"]
    assert [subject["group"]["name"] for subject in rule["subjects"]] == [
        "oidc:acme-admins",
        "oidc:acme-everyone",
        "system:serviceaccounts:acme-prod",
        "system:serviceaccounts:acme-prod--batch",
    ]
    assert {subject["kind"] for subject in rule["subjects"]} == {"Group"}
    [resources], [paths] = rule["resourceRules"], rule["nonResourceRules"]
    assert resources == {
        "verbs": ["*"],
        "apiGroups": ["*"],
        "resources": ["*"],
        "namespaces": ["*"],
        "clusterScope": True,
    }, "a request that is refused keeps the API server busy too, wherever it goes"
    assert paths == {"verbs": ["*"], "nonResourceURLs": ["*"]}


def test_a_tenant_without_people_has_its_programs() -> None:
    [rule] = deploy(a_tenant(members=None)).one("FlowSchema").spec["rules"]
    assert [subject["group"]["name"] for subject in rule["subjects"]] == ["system:serviceaccounts:acme-prod"]


def test_flows_come_after_the_clusters_own_controllers_and_before_anybodys() -> None:
    assert 900 < deploy(a_tenant()).one("FlowSchema").spec["matchingPrecedence"] < 9000


def test_all_tenants_together_have_a_share_and_no_more() -> None:
    level = deploy(a_platform()).one("PriorityLevelConfiguration")
    assert level.metadata["name"] == plan.LEVEL
    limited = level.spec["limited"]
    assert (limited["lendablePercent"], limited["borrowingLimitPercent"]) == (0, 0)
    queuing = limited["limitResponse"]["queuing"]
    assert queuing["handSize"] < queuing["queues"] / 10, "two flows seldom share all their queues"
