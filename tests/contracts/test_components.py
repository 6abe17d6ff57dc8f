"""What holds for every component, now and later: swept over all classes and over everything that the examples make."""

import ast
import importlib
import inspect
import pkgutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest

import components
from components._base import Args, Component, Outputs
from spec import labels
from tests.examples import EXAMPLES
from tests.recording import Deployed, Made

LONGEST_NAME = 253


def _import_all() -> None:
    for module in pkgutil.walk_packages(components.__path__, "components."):
        importlib.import_module(module.name)


def _below(base: type[Any]) -> list[type[Any]]:
    return [found for child in base.__subclasses__() for found in (child, *_below(child))]


_import_all()
COMPONENTS = [found for found in _below(Component) if found.__module__.startswith("components.")]
ARGS = _below(Args)
OUTPUTS = _below(Outputs)

every_component = pytest.mark.parametrize("component", COMPONENTS, ids=lambda found: found.__name__)


def test_there_are_components() -> None:
    assert len(COMPONENTS) >= 4


@every_component
def test_a_token_is_a_literal_of_three_segments(component: type[Component]) -> None:
    [tree] = ast.parse(inspect.getsource(component)).body
    assert isinstance(tree, ast.ClassDef)
    [token] = [
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == ["token"]
    ]
    assert isinstance(token, ast.Constant), "write the token out: it is state for ever"
    package, area, name = str(token.value).split(":")
    assert (package, name) == ("paas", component.__name__)
    assert area.isidentifier()


def test_no_two_components_share_a_token() -> None:
    assert [token for token, times in Counter(found.token for found in COMPONENTS).items() if times > 1] == []


@pytest.mark.parametrize("args", [*ARGS, *OUTPUTS], ids=lambda found: found.__name__)
def test_args_and_outputs_are_frozen_and_keyword_only(args: type) -> None:
    assert is_dataclass(args)
    parameters = args.__dataclass_params__  # type: ignore[attr-defined]  # the standard library's, untyped
    assert parameters.frozen
    assert all(field.kw_only for field in fields(args))


@pytest.mark.parametrize("args", ARGS, ids=lambda found: found.__name__)
def test_args_have_no_defaults(args: type) -> None:
    assert [p.name for p in inspect.signature(args).parameters.values() if p.default is not p.empty] == []


every_example = pytest.mark.parametrize("made", EXAMPLES.values(), ids=list(EXAMPLES))


@every_example
def test_every_object_has_a_component_as_parent(made: Deployed) -> None:
    components_made = {found.urn for found in (*made.components(), *made.many("ConfigGroup"))}
    assert [found.urn for found in made.objects() if found.parent not in components_made] == []


@every_example
def test_only_the_root_component_and_the_provider_stand_under_the_stack(made: Deployed) -> None:
    stack = made.one("Stack").urn
    top = sorted(found.type for found in made.all.values() if found.parent == stack)
    assert len(top) == 2
    assert top[1] == "pulumi:providers:kubernetes"


@every_example
def test_every_component_registers_its_outputs(made: Deployed) -> None:
    assert [found.urn for found in made.components() if found.outputs is None] == []


@every_example
def test_every_object_says_whose_it_is(made: Deployed) -> None:
    for found in made.objects():
        if found.kind == "ValidatingWebhookConfigurationPatch":
            continue  # a package's own object, which has its own labels
        given = found.metadata["labels"]
        assert {labels.PART_OF, labels.MANAGED_BY, labels.OWNER} <= given.keys(), found.urn
        if made.many("TenantEnvironment"):
            assert {labels.TENANT, labels.ENVIRONMENT, labels.TIER} <= given.keys(), found.urn


@every_example
def test_every_pod_template_says_whose_it_is(made: Deployed) -> None:
    for found in made.objects():
        for template in _templates(found):
            assert found.metadata["labels"].items() <= template["metadata"]["labels"].items(), found.urn


@every_example
def test_every_object_has_an_explicit_name_within_the_limit(made: Deployed) -> None:
    for found in made.objects():
        assert 0 < len(found.metadata["name"]) <= LONGEST_NAME, found.urn


@every_example
def test_no_secret_stands_in_plain_sight(made: Deployed) -> None:
    for found in made.objects():
        assert found.kind != "Secret" or not ({"data", "stringData"} & (found.props.keys() - found.secrets)), found.urn
        for template in _templates(found):
            for container in template["spec"]["containers"]:
                plain = [entry["name"] for entry in container.get("env", []) if "value" in entry]
                assert not [name for name in plain if _secretive(name)], found.urn


@every_example
def test_nothing_empty_is_asked_for_that_the_api_server_leaves_out(made: Deployed) -> None:
    """An object that is imported would else differ from the program, by nothing."""
    meant = ("podSelector", "selfSigned")  # empty is what they say
    for found in made.objects():
        assert [path for path in _empties(found.props) if not path.endswith(meant)] == [], found.urn


@every_example
def test_every_object_goes_through_the_one_provider(made: Deployed) -> None:
    provider = made.one_of("pulumi:providers:kubernetes").urn
    assert [found.urn for found in made.objects() if not found.provider.startswith(f"{provider}::")] == []


@every_example
def test_the_urns_are_those_of_the_golden_file(made: Deployed, request: pytest.FixtureRequest) -> None:
    """A changed URN is a deleted and re-created object. Rename with an alias, then run `python -m tests.golden`."""
    stack = made.one("Stack").urn.split("::")[0].rpartition(":")[2]
    golden = Path(__file__).parent / "golden" / f"{stack}.urns"
    assert made.urns() == golden.read_text().splitlines()


def _empties(value: Any, path: str = "") -> Iterator[str]:
    """Yield where a list or an object is empty."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    if value in ({}, []):
        yield path
    for key, each in inner:
        yield from _empties(each, f"{path}.{key}")


def _templates(made: Made) -> list[dict]:
    """Return the pod templates of an object, wherever its kind has them."""
    spec = made.props.get("spec") or {}
    inner = spec.get("jobTemplate", {}).get("spec", spec)
    return [inner["template"]] if "template" in inner else []


def _secretive(name: str) -> bool:
    return any(word in name.upper() for word in ("PASSWORD", "SECRET", "TOKEN", "KEY"))
