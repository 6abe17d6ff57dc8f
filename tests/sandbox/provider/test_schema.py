"""The schema that the plugin tells: every kind of the installed SDK, as the SDK itself spells it."""

import ast
import json
import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sandbox.engine.kubernetes.schema import schema
from sandbox.engine.language.schemas import Package

NO_KINDS = ("helm.sh/", "kustomize/", "yaml/")
"""Modules of components: nothing in them is an object of Kubernetes."""


@cache
def told() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(schema("1.2.3"))
    return found


@cache
def sdk() -> Path:
    spec = find_spec("pulumi_kubernetes")
    assert spec
    assert spec.origin
    return Path(spec.origin).parent


def class_file(package: Package, token: str) -> Path:
    return sdk().joinpath(*package.path(token).split(".")[1:]).with_suffix(".py")


def test_every_kind_of_the_sdk_is_there() -> None:
    tokens = re.findall(r'"(kubernetes:([^"]+):\w+)": "', (sdk() / "__init__.py").read_text())
    kinds = {token for token, module in tokens if not module.startswith(NO_KINDS)}
    assert len(kinds) > 400
    assert set(told()["resources"]) == kinds


def test_a_kind_has_its_fields_and_says_which_the_sdk_sets() -> None:
    found = told()["resources"]["kubernetes:rbac.authorization.k8s.io/v1:RoleBinding"]["inputProperties"]
    assert set(found) == {"apiVersion", "kind", "metadata", "roleRef", "subjects"}
    constants = {name: value["const"] for name, value in found.items() if "const" in value}
    assert constants == {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding"}


def test_status_is_no_input() -> None:
    assert "status" not in told()["resources"]["kubernetes:apps/v1:Deployment"]["inputProperties"]


def test_the_provider_has_its_arguments() -> None:
    assert {"kubeconfig", "enablePatchForce", "kubeClientSettings"} <= set(told()["provider"]["inputProperties"])


def test_classes_and_arguments_are_where_generated_code_calls_them() -> None:
    """Read from the SDK's constructors, not from where the schema was read."""
    package = Package("kubernetes", "pulumi_kubernetes", told())
    for token, resource in told()["resources"].items():
        tree = ast.parse(class_file(package, token).read_text())
        name = token.rpartition(":")[2]
        [made] = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == name]
        [build] = [node for node in made.body if isinstance(node, ast.FunctionDef) and node.name == "_internal_init"]
        arguments = {each.arg for each in build.args.args}
        wanted = {package.argument(token, name) for name in resource["inputProperties"]}
        assert wanted <= arguments, token
