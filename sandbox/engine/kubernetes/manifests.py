"""Kubernetes manifests: YAML documents as objects, lists taken apart.

YAML is read as Kubernetes reads it: `yes`, `on` and `2020-01-01` are texts, not truths and dates.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, ClassVar

import yaml

from sandbox.engine.kubernetes.errors import InvalidInput
from sandbox.engine.kubernetes.values import Object


def objects(text: str, *, where: str) -> list[Object]:
    """Return every object in `text`, in order; empty documents are skipped, lists are taken apart.

    Args:
        where: what the text is, for errors.

    Raises:
        InvalidInput: it is not YAML, or a document is no object.
    """
    return [item for document in documents(text, where=where) for item in flat(document, where=where)]


def documents(text: str, *, where: str) -> list[Object]:
    """Return every document in `text` that holds something, as it stands.

    Raises:
        InvalidInput: it is not YAML, or a document is no map.
    """
    try:
        found = [document for document in yaml.load_all(text, Loader=_loader()) if document]
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f" in line {mark.line + 1}" if mark else ""
        raise InvalidInput(f"{where} is not YAML{place}: {getattr(error, 'problem', error)}.") from None
    for document in found:
        if not isinstance(document, dict):
            raise InvalidInput(f"{where} holds a {type(document).__name__} where an object is expected.")
    return [_text_keys(document) for document in found]


def flat(document: Object, *, where: str) -> Iterator[Object]:
    """Yield the object, or the items of a list of objects.

    Raises:
        InvalidInput: `apiVersion` or `kind` is missing.
    """
    api_version, kind = document.get("apiVersion"), document.get("kind")
    if not isinstance(api_version, str) or not isinstance(kind, str):
        name = (document.get("metadata") or {}).get("name", "without a name")
        raise InvalidInput(f"{where} holds an object ({name}) that lacks `apiVersion` or `kind`.")
    if kind.endswith("List") and isinstance(document.get("items"), list):
        for item in document["items"]:
            # Items of a typed list, such as ConfigMapList, need not repeat what they are.
            yield from flat({"apiVersion": api_version, "kind": kind.removesuffix("List"), **item}, where=where)
    else:
        yield document


def _text_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _text_keys(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_text_keys(item) for item in value]
    return value


@cache
def _loader() -> Any:
    """Return a YAML loader that knows true, false, null, numbers and texts only."""
    base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    class Loader(base):  # type: ignore[misc]  # PyYAML's C loader has no types
        yaml_implicit_resolvers: ClassVar[dict[str, list[tuple[str, re.Pattern[str]]]]] = {}

    tag = "tag:yaml.org,2002:"
    Loader.add_implicit_resolver(f"{tag}bool", re.compile(r"(?:true|True|TRUE|false|False|FALSE)\Z"), list("tTfF"))
    Loader.add_implicit_resolver(f"{tag}null", re.compile(r"(?:~|null|Null|NULL|)\Z"), ["~", "n", "N", ""])
    Loader.add_implicit_resolver(
        f"{tag}int", re.compile(r"[-+]?(?:0b[01]+|0o?[0-7]*|[1-9][0-9]*|0x[0-9a-fA-F]+)\Z"), list("-+0123456789")
    )
    Loader.add_implicit_resolver(
        f"{tag}float",
        re.compile(r"[-+]?(?:[0-9]+\.[0-9]*(?:[eE][-+]?[0-9]+)?|\.[0-9]+(?:[eE][-+]?[0-9]+)?|[0-9]+[eE][-+]?[0-9]+)\Z"),
        list("-+0123456789."),
    )
    Loader.add_implicit_resolver(f"{tag}merge", re.compile(r"<<\Z"), ["<"])
    return Loader
