"""Which pairs of stacks may not stand side by side, and which may."""

from pathlib import Path
from typing import Any

import pytest

from cli._project import Project
from tests.builders import an_app
from tests.cli.projects import a_project, a_quiet

SHOP = {"domains": ["acme.example"], "apps": {"web": an_app(hosts=["www.acme.example"])}}
OUT = {"out": {"cidr": "203.0.113.0/24", "ports": [443], "reason": "payments"}}


def wanted(folder: Path, *documents: dict[str, Any]) -> dict[str, list[str]]:
    """Return the paths that clash, by stack."""
    project = Project(a_project(folder, *documents))
    assert not [file.findings for file in project.files.values() if file.findings]
    return {
        stack: [each.path.removeprefix("paas:tenant.") for each in project.findings(file)]
        for stack, file in project.files.items()
    }


@pytest.mark.parametrize(
    ("one", "other", "clash"),
    [
        pytest.param(SHOP, SHOP, ["apps.web.hosts.0", "domains.0"], id="host"),
        pytest.param(SHOP, {"domains": ["acme.example"]}, ["domains.0"], id="domain"),
        pytest.param(SHOP, {"domains": ["shop.acme.example"]}, ["domains.0"], id="domain-within"),
        pytest.param(SHOP, {"domains": ["www.acme.example"]}, ["domains.0"], id="domain-that-is-a-host"),
        pytest.param(SHOP, {"domains": ["notacme.example"]}, [], id="domain-beside"),
        pytest.param({"egress": OUT}, {"egress": OUT}, [], id="egress"),
        pytest.param({"members": {"admin": ["oidc:a"]}}, {"members": {"admin": ["oidc:a"]}}, [], id="group"),
    ],
)
def test_what_two_tenants_may_not_share(
    tmp_path: Path, one: dict[str, Any], other: dict[str, Any], clash: list[str]
) -> None:
    found = wanted(tmp_path, a_quiet("acme", **one), a_quiet("other", **other))
    assert found["other-dev"] == clash


def test_a_host_within_another_tenants_domain_is_told_at_the_host(tmp_path: Path) -> None:
    other = {"domains": ["shop.acme.example"], "apps": {"web": an_app(hosts=["a.shop.acme.example"])}}
    found = wanted(tmp_path, a_quiet("acme", **SHOP), a_quiet("other", **other))
    assert found == {"acme-dev": ["domains.0"], "other-dev": ["apps.web.hosts.0", "domains.0"]}


def test_environments_of_one_tenant_share_domains_but_not_hosts(tmp_path: Path) -> None:
    found = wanted(tmp_path, a_quiet("acme", **SHOP), a_quiet("acme", environment="staging", domains=["acme.example"]))
    assert found == {"acme-dev": [], "acme-staging": []}
    found = wanted(tmp_path, a_quiet("acme", **SHOP), a_quiet("acme", environment="staging", **SHOP))
    assert found["acme-staging"] == ["apps.web.hosts.0"]


def test_a_tenants_name_belongs_to_one_team(tmp_path: Path) -> None:
    theirs = a_quiet("acme", environment="staging", owner={"team": "others", "escalation": "o@o.example"})
    assert wanted(tmp_path, a_quiet("acme"), theirs) == {"acme-dev": ["name"], "acme-staging": ["name"]}
