"""Apps know each other's hosts by the platform's own authority (F4, X7)."""

from typing import Any

import pulumi
import pytest

from tests.builders import a_job, a_tenant, an_app
from tests.recording import PLATFORM_OUTPUTS, Deployed, deploy

FACTS: Any = PLATFORM_OUTPUTS["facts"]
SPACES = {"batch": {"percent": 30}}
FOLDER = "/platform"


def authorities(made: Deployed) -> list[Any]:
    """Return the ConfigMaps that say it."""
    return [found for found in made.many("ConfigMap") if found.metadata["name"] == "paas-authority"]


def mounted(made: Deployed, kind: str) -> list[tuple[str, Any]]:
    """Return the one place and volume by which a workload of a kind sees it."""
    spec = made.one(kind).spec
    pod = (spec["jobTemplate"]["spec"] if kind == "CronJob" else spec)["template"]["spec"]
    volumes = {volume["name"]: volume for volume in pod["volumes"]}
    [container] = pod["containers"]
    return [
        (mount["mountPath"], volumes[mount["name"]]["configMap"])
        for mount in container["volumeMounts"]
        if mount["mountPath"] == FOLDER
    ]


def test_every_namespace_has_its_certificate_and_nothing_else_of_it() -> None:
    found = authorities(deploy(a_tenant(namespaces=SPACES)))
    assert {each.metadata["namespace"] for each in found} == {"acme-prod", "acme-prod--batch"}
    assert [each.props["data"] for each in found] == 2 * [{"ca.crt": FACTS["authority"]}]
    assert {each.metadata["labels"]["app.kubernetes.io/managed-by"] for each in found} == {"pulumi"}


@pytest.mark.parametrize("facts", [{"authority": None}, {}], ids=["of somebody else's", "of an older program"])
def test_where_there_is_none_there_is_no_map(monkeypatch: pytest.MonkeyPatch, facts: dict[str, None]) -> None:
    monkeypatch.delitem(FACTS, "authority")
    for key, value in facts.items():
        monkeypatch.setitem(FACTS, key, value)
    assert authorities(deploy(a_tenant())) == []


def test_who_asks_for_it_finds_it_in_a_file() -> None:
    jobs = {"report": a_job(schedule="15 3 * * *", trust=True)}
    made = deploy(a_tenant(apps={"web": an_app(trust=True)}, jobs=jobs))
    assert mounted(made, "Deployment") == mounted(made, "CronJob") == [(FOLDER, {"name": "paas-authority"})]


def test_who_does_not_ask_sees_nothing_of_it() -> None:
    assert mounted(deploy(a_tenant(apps={"web": an_app()})), "Deployment") == []


def test_who_asks_where_there_is_none_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FACTS, "authority", None)
    apps = {"web": an_app(), "back": an_app(trust=True, namespace="batch")}
    with pytest.raises(pulumi.RunError) as raised:
        deploy(a_tenant(namespaces=SPACES, apps=apps))
    assert str(raised.value) == (
        "stacks/Pulumi.acme-prod.yaml: paas:tenant.apps.back.trust: given true, wanted no `trust`: this platform has "
        "no authority of its own; remove it: its hosts, if it has any, are known to clients by what their images trust"
    )


def test_a_job_that_runs_once_keeps_its_name_where_it_does_not_ask() -> None:
    """Its name is a hash of what the stack file says: a new field that nobody writes must not run all jobs again."""

    def name(trust: bool | None) -> str:
        found: str = deploy(a_tenant(jobs={"once": a_job(trust=trust)})).one("Job").metadata["name"]
        return found

    assert name(None) == name(False) == "once-8d731f44", "as before there was such a field"
    assert name(True) != name(None)
