"""A review as data, for `--output json`, and the JSON schema that it keeps to.

python -m review.output            writes docs/reference/review.schema.json
python -m review.output --check    exits with 1 where that is not what the model says
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter

from review.assess import Assessment

SCHEMA: Final = Path(__file__).resolve().parents[1] / "docs" / "reference" / "review.schema.json"
_MODEL: Final = TypeAdapter(Assessment)
_ATTRIBUTE = re.compile(r" {4}(\w+): ")


def as_data(found: Assessment) -> dict[str, Any]:
    """Return a review as JSON has it: numbers of money and of resources are text, so that they stay exact."""
    data: dict[str, Any] = _MODEL.dump_python(found, mode="json", by_alias=True)
    return data


def schema() -> dict[str, Any]:
    """Return the JSON schema (draft 2020-12) of `as_data`, with the model's own words."""
    found = _MODEL.json_schema(mode="serialization", by_alias=True)
    parts = found.pop("$defs")
    for part in (found, *parts.values()):
        _describe(part)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **found,
        "$defs": parts,
        "title": "A review of a pull request",
    }


def _describe(part: dict[str, Any]) -> None:
    """Move what a docstring says of fields to the fields."""
    part["description"], _, rest = part.get("description", "").partition("\n\nAttributes:\n")
    fields = {re.sub(r"([A-Z])", r"_\1", name).lower(): field for name, field in part.get("properties", {}).items()}
    for field in fields.values():
        field.pop("title", None)
    for name, said in _attributes(rest):
        if name in fields:  # else it is no part of the output
            fields[name]["description"] = said


def _attributes(text: str) -> Iterator[tuple[str, str]]:
    for block in re.split(r"\n(?= {4}\w+: )", text):
        if match := _ATTRIBUTE.match(block):
            yield match[1], " ".join(block[match.end() :].split())


def main(arguments: list[str]) -> int:
    """Write the file, or check it. Return the exit code."""
    wanted = json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"
    if SCHEMA.exists() and SCHEMA.read_text() == wanted:
        return 0
    if arguments == ["--check"]:
        fix = "\n  fix: python -m review.output"
        print(f"docs/reference/{SCHEMA.name} is not what the model says{fix}", file=sys.stderr)
        return 1
    SCHEMA.write_text(wanted)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
