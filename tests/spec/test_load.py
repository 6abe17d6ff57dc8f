"""What a stack file may say, and what its writer is told otherwise: exact messages, all at once."""

import copy
import re
from typing import Any

import pytest

import spec
from tests.builders import a_platform_document, a_tenant_document
from tests.spec.bad import Bad, change
from tests.spec.bad_exceptions import BAD_EXCEPTIONS, BAD_RULES
from tests.spec.bad_platforms import BAD_PLATFORMS
from tests.spec.bad_tenants import BAD_TENANTS
from tests.spec.bad_workloads import BAD_WORKLOADS

FILE = "stacks/Pulumi.acme-prod.yaml"


def problems(document: dict[str, Any], stack: str = "acme-prod", key: str = "tenant") -> list[str]:
    """Return the lines that the writer of `document` is shown."""
    with pytest.raises(spec.SpecError) as raised:
        spec.load(stack, {key: document})
    return str(raised.value).splitlines()


@pytest.mark.parametrize("bad", [*BAD_TENANTS, *BAD_WORKLOADS, *BAD_EXCEPTIONS], ids=str)
def test_a_bad_input_is_one_exact_message(bad: Bad) -> None:
    document = change(a_tenant_document(), bad)
    assert problems(document) == [f"{FILE}: paas:tenant{bad.message}"]


@pytest.mark.parametrize("bad", [*BAD_PLATFORMS, *BAD_RULES], ids=str)
def test_a_bad_input_of_the_platform_is_one_exact_message(bad: Bad) -> None:
    document = change(a_platform_document(), bad)
    assert problems(document, "platform", "platform") == [f"stacks/Pulumi.platform.yaml: paas:platform{bad.message}"]


def test_every_message_says_where_what_and_how_to_go_on() -> None:
    messages = [bad.message for bad in (*BAD_TENANTS, *BAD_WORKLOADS, *BAD_PLATFORMS)]
    assert len(messages) >= 60
    for message in messages:
        assert re.fullmatch(r"\.\S+: given \S.*, wanted \S.*[;?] \S.*", message), message


def test_every_bad_input_is_told_at_once() -> None:
    document = a_tenant_document(tier="gold", name="Acme", owner=None)
    assert [line.split(": ")[1] for line in problems(document)] == [
        "paas:tenant.name",
        "paas:tenant.tier",
        "paas:tenant.owner",
    ]


def test_a_good_file_is_taken_and_nothing_in_it_is_changed() -> None:
    document = a_tenant_document()
    before = copy.deepcopy(document)
    loaded = spec.load("acme-prod", {"tenant": document, "platform": {}})
    assert isinstance(loaded, spec.TenantSpec)
    assert loaded.model_dump(mode="json", by_alias=True, exclude_unset=True) == before == document


def test_a_spec_cannot_be_changed() -> None:
    loaded = spec.load("acme-prod", {"tenant": a_tenant_document()})
    with pytest.raises(ValueError, match="frozen"):
        loaded.name = "other"  # type: ignore[misc,union-attr]  # what is tested


def test_whole_numbers_are_quantities() -> None:
    document = a_tenant_document()
    document["apps"]["web"] |= {"cpu": 2, "memory": 134217728}
    loaded = spec.load("acme-prod", {"tenant": document})
    assert isinstance(loaded, spec.TenantSpec)
    assert (loaded.apps["web"].cpu, loaded.apps["web"].memory) == ("2", "134217728")


def test_the_platforms_file_is_read_too() -> None:
    assert isinstance(spec.load("platform", {"platform": a_platform_document()}), spec.PlatformSpec)


@pytest.mark.parametrize(
    ("stack", "document", "wanted"),
    [
        ("acme-dev", a_tenant_document(), "acme-prod"),
        ("acme", a_tenant_document(), "acme-prod"),
        ("pr-123-sandbox", a_tenant_document(name="pr-123", environment="sandbox", ttl="72h"), "sandbox-pr-123"),
    ],
)
def test_a_stacks_name_follows_from_its_file(stack: str, document: dict[str, Any], wanted: str) -> None:
    assert problems(document, stack) == [
        f'stacks/Pulumi.{stack}.yaml: paas:tenant.name: given stack "{stack}", wanted stack "{wanted}", which follows '
        f"from this file; rename the file to Pulumi.{wanted}.yaml and use that stack, or correct the file"
    ]


def test_the_platform_has_one_stack() -> None:
    assert problems(a_platform_document(), "acme-prod", "platform") == [
        f'{FILE}: paas:platform: given stack "acme-prod", wanted stack "platform", which follows from this file; '
        "rename the file to Pulumi.platform.yaml and use that stack, or correct the file"
    ]


@pytest.mark.parametrize(
    ("config", "given"),
    [
        ({}, "neither"),
        ({"tenant": {}, "platform": None}, "neither"),
        ({"tenant": a_tenant_document(), "platform": a_platform_document()}, "paas:platform and paas:tenant"),
    ],
)
def test_a_file_is_either_the_platform_or_a_tenant(config: dict[str, Any], given: str) -> None:
    with pytest.raises(spec.SpecError) as raised:
        spec.load("acme-prod", config)
    assert str(raised.value) == (
        f"{FILE}: config: given {given}, wanted exactly one of paas:tenant and paas:platform; "
        "keep one: a stack is either the platform or one tenant's environment"
    )


@pytest.mark.parametrize("value", ["acme", 3, ["acme"], True])
def test_a_spec_that_is_no_mapping_is_refused(value: Any) -> None:
    [line] = problems(value)
    assert line.endswith("wanted a mapping; write `name: value` lines, indented by two spaces")
