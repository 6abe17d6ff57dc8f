"""How a stack begins: its file becomes a spec, its cluster an explicit provider."""

import json
import runpy
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pulumi.runtime import set_all_config

from tests.builders import a_platform_document, a_tenant_document
from tests.recording import PLATFORM_OUTPUTS, Deployed, record

MAIN = Path(__file__).parents[2] / "__main__.py"


def run(stack: str, **config: object) -> Deployed:
    """Run the real program as `stack`, with `paas:<key>` configured."""
    texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in config.items()}
    set_all_config({f"paas:{key}": text for key, text in texts.items()})
    try:
        return record(lambda: runpy.run_path(str(MAIN)), stack=stack)
    finally:
        set_all_config({})


def test_a_tenants_stack_exports_what_people_ask_for() -> None:
    made = run("acme-prod", tenant=a_tenant_document())
    assert made.one("Stack").outputs == {
        "namespaces": ["acme-prod"],
        "urls": {"web": "http://web.acme-prod"},
        "hosts": {},
    }


def test_the_platforms_stack_exports_facts_for_tenants() -> None:
    outputs = run("platform", platform=a_platform_document()).one("Stack").outputs
    assert outputs is not None
    assert outputs["facts"]["region"] == "eu"


def test_a_platform_of_an_older_program_is_to_be_updated_first(monkeypatch: pytest.MonkeyPatch) -> None:
    facts: Any = PLATFORM_OUTPUTS["facts"]
    monkeypatch.delitem(facts, "requireDigest")
    with pytest.raises(pulumi.RunError) as raised:
        run("acme-prod", tenant=a_tenant_document())
    assert str(raised.value) == (
        "organization/paas/platform does not export the fact `requireDigest` yet; first run: pulumi up -s platform"
    )


def test_a_bad_file_ends_the_run_with_every_problem_and_no_traceback() -> None:
    with pytest.raises(pulumi.RunError) as raised:
        run("acme-prod", tenant=a_tenant_document(tier="gold", environment="live"))
    lines = str(raised.value).splitlines()
    assert lines[0] == "the stack file cannot be used:"
    assert [line.split(": ")[1] for line in lines[1:]] == ["paas:tenant.environment", "paas:tenant.tier"]


def test_a_file_without_a_spec_is_refused() -> None:
    with pytest.raises(pulumi.RunError, match="exactly one of paas:tenant and paas:platform"):
        run("acme-prod", tenant={}, platform={})


def test_every_object_goes_through_the_explicit_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", "/somewhere/on/this/machine")
    made = run("acme-prod", tenant=a_tenant_document(), cluster="east")
    provider = made.one_of("pulumi:providers:kubernetes")
    assert provider.props == {"clusterIdentifier": "east", "enableServerSideApply": "true", "enablePatchForce": "true"}
    assert {found.provider.rpartition("::")[0] for found in made.objects()} == {provider.urn}


def test_an_own_kubeconfig_is_handed_over_as_a_secret() -> None:
    made = run("acme-prod", tenant=a_tenant_document(), kubeconfig="apiVersion: v1")
    assert made.one_of("pulumi:providers:kubernetes").secrets == {"kubeconfig"}
