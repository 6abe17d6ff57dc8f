"""Reports on stdout as a table, JSON, YAML or Markdown; everything else on stderr.

NO_COLOR, COLUMNS and a dumb terminal are honoured by Rich. Where nobody watches, nothing is drawn: tables are as wide
as their contents, so that no name is cut in a log.
"""

import sys
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli._reports import Report, Rows
from cli._yaml import writer

UNCUT = 10_000
"""Columns where stdout is no terminal."""


class Output(StrEnum):
    """How a report is written."""

    TABLE = "table"
    JSON = "json"
    YAML = "yaml"
    MD = "md"


OutputOption = Annotated[
    Output, typer.Option("--output", "-o", help="How the report on stdout is written.", case_sensitive=False)
]

STYLES = {
    "create": "green",
    "update": "yellow",
    "replace": "magenta",
    "delete": "red",
    "failed": "red",
    "refused": "red",
    "cancelled": "red",
    "mandatory": "red",
    "changed": "yellow",
    "wrong": "red",
    "ok": "green",
}
"""Colours of words that stand alone in a cell."""


def say(text: str) -> None:
    """Tell a person something that is not the report."""
    print(text, file=sys.stderr, flush=True)


def emit(report: Report, output: Output) -> None:
    """Write `report` to stdout."""
    match output:
        case Output.JSON:
            print(report.model_dump_json(by_alias=True, indent=2))
        case Output.YAML:
            writer().dump(report.model_dump(mode="json", by_alias=True), sys.stdout)
        case Output.MD:
            print("\n\n".join(markdown(rows) for rows in report.rows()))
        case Output.TABLE:
            console = Console(width=None if sys.stdout.isatty() else UNCUT, highlight=False)
            for rows in report.rows():
                console.print(_table(rows) if rows.columns else Text("\n".join(row[0] for row in rows.rows)))


def markdown(rows: Rows) -> str:
    """Return `rows` as Markdown: a table, or a list where they have no columns."""
    title = [f"**{_escaped(rows.title)}**", ""] if rows.title else []
    if not rows.columns:
        return "\n".join([*title, *(f"- {_escaped(row[0])}" for row in rows.rows)])
    lines = [rows.columns, ["---"] * len(rows.columns), *rows.rows]
    return "\n".join([*title, *(_line(line) for line in lines)])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(_escaped(cell) for cell in cells)} |"


def _escaped(text: str) -> str:
    for sign in ("\\", "|", "<", "*", "_", "`"):
        text = text.replace(sign, "&lt;" if sign == "<" else f"\\{sign}")
    return " ".join(text.split())


def _table(rows: Rows) -> Table:
    table = Table(title=rows.title or None, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for column in rows.columns:
        table.add_column(column, overflow="fold")
    for row in rows.rows:
        table.add_row(*(Text(cell, style=STYLES.get(cell, "")) for cell in row))
    return table
