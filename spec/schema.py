"""The JSON schema of stack files for editors, and the reference of their fields for the guide, both from the models.

python -m spec.schema            writes both
python -m spec.schema --check    exits with 1 where one of them is not what the models say
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

from pydantic.json_schema import models_json_schema

from spec.load import KINDS

ROOT = Path(__file__).resolve().parents[1]
SCHEMA = ROOT / "stacks" / "schema.json"
REFERENCE = ROOT / "docs" / "reference" / "stack-files.md"

TITLES = {"tenant": "A tenant's environment: `paas:tenant`", "platform": "The platform: `paas:platform`"}


def schema() -> dict[str, Any]:
    """Return the JSON schema (draft 2020-12) of a stack file."""
    refs, shared = models_json_schema([(model, "validation") for model in KINDS.values()], by_alias=True)
    kinds = {f"paas:{key}": refs[model, "validation"] for key, model in KINDS.items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A stack file of project paas",
        "type": "object",
        "required": ["config"],
        "properties": {
            "config": {
                "type": "object",
                "properties": kinds,
                "oneOf": [{"required": [key]} for key in kinds],
            }
        },
        "$defs": shared["$defs"],
    }


def text() -> str:
    """Return the schema as its file has it."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def reference() -> str:
    """Return the fields of all parts of a stack file as Markdown tables."""
    definitions = schema()["$defs"]
    lines = ["# Stack files, field by field", "", "Written by `python -m spec.schema` from the models.", ""]
    for key, model in KINDS.items():
        lines += [f"## {TITLES[key]}", ""]
        for name in _reachable(definitions, model.__name__):
            lines += _table(name, definitions)
    return "\n".join(lines)


def _table(name: str, definitions: dict[str, Any]) -> list[str]:
    definition = definitions[name]
    required = definition.get("required", [])
    rows = []
    for field, inner in definition["properties"].items():
        needed = "yes" if field in required else "no"
        rows.append(f"| `{field}` | {_type(inner, definitions)} | {needed} | {_cell(inner.get('description', ''))} |")
    about = _cell(definition.get("description", "").split("\n\n")[0])
    return [f"### {name}", "", about, "", "| field | type | required | meaning |", "|---|---|---|---|", *rows, ""]


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _type(schema: dict[str, Any], definitions: dict[str, Any]) -> str:
    """Return a type in words: `text`, `list of [Binding](#binding)`."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        found = definitions[name]
        return f"[{name}](#{name.lower()})" if "properties" in found else _type(found, definitions)
    if "anyOf" in schema:
        return " or ".join(_type(option, definitions) for option in schema["anyOf"] if option.get("type") != "null")
    if "enum" in schema:
        return " or ".join(f"`{choice}`" for choice in schema["enum"])
    kind = schema.get("type", "any")
    if kind == "array":
        return f"list of {_type(schema['items'], definitions)}"
    if kind == "object":
        values = [*schema.get("patternProperties", {}).values(), schema.get("additionalProperties")]
        return f"mapping of name to {_type(next(value for value in values if value), definitions)}"
    words = {"string": "text", "integer": "whole number", "boolean": "true or false", "any": "any value"}
    return " or ".join(words[each] for each in ([kind] if isinstance(kind, str) else kind))


def _reachable(definitions: dict[str, Any], start: str) -> list[str]:
    """Return the parts that `start` leads to, in the order in which a reader meets them."""
    found = [start]
    for name in found:
        for reference in re.findall(r'"#/\$defs/(\w+)"', json.dumps(definitions[name])):
            if reference not in found and "properties" in definitions[reference]:
                found.append(reference)
    return found


def main(arguments: list[str]) -> int:
    """Write the files, or check them. Return the exit code."""
    wanted = {SCHEMA: text(), REFERENCE: reference()}
    stale = [path for path, text in wanted.items() if not path.exists() or path.read_text() != text]
    if arguments == ["--check"]:
        for path in stale:
            print(f"{path.relative_to(ROOT)} is not what the models say\n  fix: python -m spec.schema", file=sys.stderr)
        return 1 if stale else 0
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(wanted[path])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
