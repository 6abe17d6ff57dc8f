"""The package's schema: what `pulumi import` must know of a kind to write code for it. Ups and previews never ask.

Kinds, inputs and modules are read from the files of the SDK that is installed, as text: to import its hundreds of
modules would take seconds. Inputs are of any type, for the API server is the judge of objects; only what the SDK sets
by itself (`apiVersion`, `kind`) is told as such. Kinds that a CustomResourceDefinition adds are in no SDK's schema.
"""

import json
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from sandbox.engine.kubernetes.configuration import SWITCHES, TEXTS

Schema = dict[str, Any]

ANY: Final[Schema] = {"$ref": "pulumi.json#/Any"}
PROVIDER: Final[Schema] = {
    "inputProperties": {
        **{name: {"type": "string"} for name in TEXTS},
        **{name: {"type": "boolean"} for name in SWITCHES},
        "kubeClientSettings": ANY,
    }
}

_MODULES: Final = re.compile(r'resource_modules="""\n(.*?)\n"""', re.DOTALL)
_INPUT: Final = re.compile(r"""__props__\.__dict__\["(\w+)"\] = (?!None$)(?:'([^']*)'|.+)$""", re.MULTILINE)
_SPELLING: Final = re.compile(r'@pulumi\.getter\(name="([^"]+)"\)\n +def (\w+)\(')


def schema(version: str) -> str:
    """Return the schema as JSON.

    Args:
        version: the package's.

    Raises:
        ModuleNotFoundError: the SDK is not installed.
    """
    spec = find_spec("pulumi_kubernetes")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("the Python package pulumi-kubernetes is not installed; run `make setup`")
    home = Path(spec.origin).parent
    modules = _modules(home)
    resources = {
        token: found
        for module in modules
        for token, name in module["classes"].items()
        if (found := _resource(home.parent.joinpath(*module["fqn"].split("."), f"{name}.py")))
    }
    overrides = {module["mod"]: "/".join(module["fqn"].split(".")[1:]) for module in modules}
    return json.dumps(
        {
            "name": "kubernetes",
            "version": version,
            "meta": {"moduleFormat": "(.*)"},
            "language": {"python": {"moduleNameOverrides": overrides, "compatibility": "kubernetes20"}},
            "provider": PROVIDER,
            "resources": resources,
        }
    )


def _modules(home: Path) -> list[Schema]:
    """Return the SDK's own register: `[{mod, fqn, classes: {token: class}}]`."""
    register = _MODULES.search((home / "__init__.py").read_text())
    found: list[Schema] = json.loads(register[1]) if register else []
    return found


def _resource(file: Path) -> Schema | None:
    """Describe one class; None for what is no object of Kubernetes, such as a chart."""
    text = file.read_text()
    spellings = {python: name for name, python in _SPELLING.findall(text)}
    inputs = {
        spellings.get(python, python): {"type": "string", "const": constant} if constant else ANY
        for python, constant in _INPUT.findall(text)
    }
    return {"inputProperties": inputs} if "const" in inputs.get("kind", {}) else None
