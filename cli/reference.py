"""The reference of the command line, written from the command line itself, and the schema of what it reports.

python -m cli.reference            writes both
python -m cli.reference --check    exits with 1 where one of them is not what the code says
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
from pydantic.json_schema import models_json_schema

from cli._codes import MEANING
from cli._reports import Report
from cli.app import app

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "reference" / "cli.md"
SCHEMA = ROOT / "docs" / "reference" / "cli.schema.json"

COMMANDS: Any = typer.main.get_command(app)
CONTEXT = typer.Context(COMMANDS)

INTRODUCTION = """\
# The command `paas`

Written by `python -m cli.reference` from the command line. How to use it is in the [guide](../guide/cli.md).

Every verb takes `--help`. `-C FOLDER`, before the verb, names the project's folder; else it is the present one, or the
nearest above it. What a verb reports goes to stdout, everything else to stderr; with `--output json` the report has
the shape that [cli.schema.json](cli.schema.json) says under its name.
"""


def page() -> str:
    """Return the reference as Markdown."""
    codes = [f"| {code.value} | {meaning} |" for code, meaning in MEANING.items()]
    lines = [INTRODUCTION, "## Exit codes", "", "| code | meaning |", "|---|---|", *codes, ""]
    lines += ["Where stacks of one command end differently, the worst of their codes is the command's.", ""]
    for name, command in verbs():
        lines += [f"## `{name}`", "", _cell(command.help or ""), "", *_parameters(command)]
    return "\n".join(lines)


def verbs() -> Iterator[tuple[str, Any]]:
    """Yield every verb by its whole name, such as `paas fleet up`."""
    yield from _commands("paas", COMMANDS)


def _commands(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    for inner_name, inner in getattr(command, "commands", {}).items():
        if hasattr(inner, "commands"):
            yield from _commands(f"{name} {inner_name}", inner)
        else:
            yield f"{name} {inner_name}", inner


def _parameters(command: Any) -> list[str]:
    rows = [f"| {_name(each)} | {'yes' if each.required else 'no'} | {_help(each)} |" for each in command.params]
    shown = [row for row in rows if "`--help`" not in row]
    return ["| argument or option | required | meaning |", "|---|---|---|", *shown, ""] if shown else []


def _name(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return f"`{parameter.name.upper()}{'...' if parameter.nargs == -1 else ''}`"
    return ", ".join(f"`{word}`" for word in (*parameter.opts, *parameter.secondary_opts))


def _help(parameter: Any) -> str:
    said = [_cell(parameter.help or "")]
    choices = parameter.display_type(CONTEXT).strip("<>").split("|")
    if len(choices) > 1:
        said.append(f"One of {', '.join(f'`{each}`' for each in choices)}.")
    if parameter.default not in (None, False, ()) and not parameter.required and not callable(parameter.default):
        said.append(f"Absent: `{getattr(parameter.default, 'value', parameter.default)}`.")
    return " ".join(said)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def schema() -> dict[str, Any]:
    """Return the JSON schema (draft 2020-12) of all reports, each under its name."""
    reports = sorted(Report.__subclasses__(), key=lambda each: each.__name__)
    _, shared = models_json_schema([(each, "serialization") for each in reports], by_alias=True)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "What paas reports with --output json",
        "anyOf": [{"$ref": f"#/$defs/{each.__name__}"} for each in reports],
        "$defs": shared["$defs"],
    }


def main(arguments: list[str]) -> int:
    """Write the files, or check them. Return the exit code."""
    wanted = {PAGE: page(), SCHEMA: json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"}
    stale = [path for path, text in wanted.items() if not path.exists() or path.read_text() != text]
    if arguments == ["--check"]:
        for path in stale:
            print(
                f"{path.relative_to(ROOT)} is not what the code says\n  fix: python -m cli.reference", file=sys.stderr
            )
        return 1 if stale else 0
    for path in stale:
        path.write_text(wanted[path])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
