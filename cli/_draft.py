"""The file of a new stack, as `paas new` writes it: what was asked for, and comments that lead on. Pure."""

import json
import re
from collections.abc import Mapping
from io import StringIO
from typing import Any

from cli._yaml import writer
from spec.tenant import Environment

BARE = re.compile(r"[a-z][a-z0-9._/@-]*|([0-9]+[hms])+", re.ASCII | re.IGNORECASE)
WORDS = ("true", "false", "null", "yes", "no", "on", "off", "y", "n")
"""Texts that readers of YAML, old or new, take for something else."""

HEADER = "# yaml-language-server: $schema=schema.json"


def draft(document: Mapping[str, Any], about: str) -> str:
    """Return the text of a stack file.

    Args:
        document: `paas:tenant`; its values are texts, or mappings of texts.
        about: one line, for those who read the file.
    """
    lines = [HEADER, f"# {about}", "config:", "  paas:tenant:", *_lines(document, "    ")]
    return "\n".join(lines) + "\n"


def _lines(document: Mapping[str, Any], indent: str) -> list[str]:
    lines = []
    for key, value in document.items():
        if isinstance(value, Mapping):
            lines += [f"{indent}{key}:", *_lines(value, f"{indent}  ")]
        elif isinstance(value, (list, tuple)):
            lines.append(f"{indent}{key}: [{', '.join(_scalar(each) for each in value)}]")
        else:
            lines.append(f"{indent}{key}: {_scalar(value)}")
    return lines


def _scalar(value: str) -> str:
    """Return a text as YAML: bare where it can only be read as that text, else in quotes, which JSON's are."""
    bare = BARE.fullmatch(value) and value.lower() not in WORDS
    return value if bare else json.dumps(value, ensure_ascii=False)


def document(
    *,
    name: str,
    environment: str,
    tier: str,
    team: str,
    escalation: str,
    cost_centre: str,
    ttl: str | None,
    domains: list[str],
) -> dict[str, Any]:
    """Return `paas:tenant` of a new environment."""
    said: dict[str, Any] = {"name": name, "environment": environment, "tier": tier}
    if ttl:
        said["ttl"] = ttl
    said |= {"owner": {"team": team, "escalation": escalation}, "costCentre": cost_centre}
    if domains:
        said["domains"] = domains
    return said


def like(template: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return `paas:tenant` of an environment that begins as another one is.

    Args:
        template: the other's.
        changes: what is said anew, as `document` says it; None and empty lists say nothing.
    """
    said = {key: value for key, value in changes.items() if value not in (None, [])}
    owner = {**template.get("owner", {}), **said.pop("owner", {})}
    return {**template, **said, "owner": owner}


def text(document: Mapping[str, Any], about: str) -> str:
    """Return a stack file of a document with values of any kind, as `draft` does for texts."""
    yaml = writer()
    written = StringIO()
    yaml.dump({"config": {"paas:tenant": dict(document)}}, written)
    return f"{HEADER}\n# {about}\n{written.getvalue()}"


def stack_name(name: str, environment: str) -> str:
    """Return the stack of an environment, whether or not both are right."""
    return f"sandbox-{name}" if environment == Environment.SANDBOX else f"{name}-{environment}"
