"""Fields as the wire spells them, and the version of the Kubernetes plugin that they are meant for."""

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from pulumi import Output

VERSION = version("pulumi-kubernetes")

DATA = frozenset(
    {
        "annotations",
        "data",
        "default",
        "default_request",
        "hard",
        "labels",
        "limits",
        "match_labels",
        "max",
        "max_limit_request_ratio",
        "requests",
    }
)
"""Fields whose keys are the user's own words and not fields: they are left as they are. A list in them is not."""

IRREGULAR = {"non_resource_urls": "nonResourceURLs"}
"""Fields that the wire does not spell in camel case."""


def spelled(value: Any, *, data: bool = False) -> Any:
    """Return `value` with its fields as the wire spells them: `match_labels` is `matchLabels`, `from_` is `from`.

    Outputs stay as they are: they carry values, never structure.
    """
    if isinstance(value, Output):
        return value
    if isinstance(value, Mapping):
        return {key if data else _camel(key): spelled(inner, data=key in DATA) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [spelled(inner) for inner in value]
    return value


def _camel(field: str) -> str:
    if field in IRREGULAR:
        return IRREGULAR[field]
    first, *rest = field.rstrip("_").split("_")
    return first + "".join(word.capitalize() for word in rest)
