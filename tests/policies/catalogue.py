"""The catalogue of the policy rules, `docs/reference/policies.md`, from the rules themselves.

python -m tests.policies.catalogue            writes it
python -m tests.policies.catalogue --check    exits with 1 where it is not what the rules say

It lives with the tests because the corpus does, where its examples come from.
"""

import json
import re
import sys
from collections.abc import Iterable, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from policies._kinds import PODS
from policies._rule import Need, Rule, Scope
from policies.admission import BY_RULE
from policies.rules import AREAS, RULES
from tests.policies.pairs import markdown, pair, written
from tests.spec.bad_exceptions import EXCEPTION

ROOT: Final = Path(__file__).resolve().parents[2]
PAGE: Final = ROOT / "docs" / "reference" / "policies.md"

TITLES: Final = {"rbac": "RBAC"}
"""Headings of areas whose name is no word; of all others it is the name."""

EXCEPTIONS: Final = {"vendor-limits": EXCEPTION}
SET: Final = {"I1": {"settings": {"registries": ["registry.example.com/shop"]}}, "Q7": {"stage": "warn"}}
"""What the head shows as examples of stack files."""


HEAD: Final = """\
# Policy rules

Written by `python -m tests.policies.catalogue` from `policies/` and from its corpus of labelled manifests. How to run
them is in the [guide](../guide/policies.md).

## How a rule comes to be judged

**At preview**, the pack judges each resource before the engine makes it, and then all of the stack together. A refusal
of a mandatory rule ends the run, one of an advisory rule is told. What the engine does not know yet cannot be judged:
it is listed, with the rule and with what decides it later.

**In the API server**, the rule's twin, a ValidatingAdmissionPolicy that the platform's stack makes, judges every write
to what is a tenant's, whoever makes it, past the engine too; only the cluster's own controllers are left alone. A rule
without a twin says what stands in its place. [Decision 0015](../adr/0015-rules-stand-twice.md) says why there are two.

Every rule serves rows of the requirements. Their ids look like those of rules, and are others.

## Exceptions

An exception lifts one rule for one object until a moment, at preview and in the API server alike. It stands in the
tenant's stack file under a name of its own. Every preview tells it; once it is over, the file is refused until it is
taken out. Every field is in the [reference](stack-files.md#ruleexception).

{exception}
## Settings and stages

The platform's stack file sets rules, for the pack and for the twins alike: `settings` by the names in the rule's
section below, and `stage: warn` for a rule that is tried out, which is then told and refuses nothing. What no rule has
is an error.

{platform}
## What starts pods

Rules about pods judge the templates of all these kinds: {pods}.

## All rules

| id | area | rule | level | severity | in the API server |
|---|---|---|---|---|---|
{index}

Examples are judged in stack `acme-prod`, tier `standard`, with the rule's defaults, unless they say otherwise.
"""


def page() -> str:
    """Return the page."""
    lines = [
        HEAD.format(
            exception=_stack_file({"paas:tenant": {"exceptions": EXCEPTIONS}}),
            platform=_stack_file({"paas:platform": {"rules": SET}}),
            pods=_codes(PODS),
            index="\n".join(_row(rule) for rule in ordered()),
        )
    ]
    for area, rules in groupby(ordered(), key=lambda rule: rule.area):
        lines += [f"## {TITLES.get(area, area.capitalize())}", "", *_about(area), ""]
        for rule in rules:
            lines += section(rule)
    return "\n".join(lines)


def ordered() -> list[Rule]:
    """Return the rules by area, as the pack has them, and in an area by number."""
    areas = list(dict.fromkeys(rule.area for rule in RULES))
    return sorted(RULES, key=lambda rule: (areas.index(rule.area), rule.id[0], int(rule.id[1:])))


def enforced(rule: Rule) -> str:
    """Return the name of a rule's twin in the API server, or what stands in its place."""
    if rule.id in BY_RULE:
        return f"`paas-{BY_RULE[rule.id].name}`"
    return f"no twin; {rule.decided_by}"


def section(rule: Rule) -> list[str]:
    """Return a rule's lines. Its heading is its id alone, of which GitHub makes the anchor of `Rule.url`."""
    excuse = "may lift it" if rule.excusable else "none: what decides it in the cluster knows none"
    return [
        f"### {rule.id}",
        "",
        f"**{_text(rule.title)}.** {_text(rule.why)}",
        "",
        f"**Fix**: {_text(rule.fix)}.",
        "",
        f"- **Level**: {rule.level}, severity {rule.severity}",
        f"- **Judges{' together' if rule.check_stack else ''}**: {_judged(rule)}",
        f"- **Decides what a preview cannot know**: {_text(rule.decided_by)}",
        f"- **In the API server**: {_text(enforced(rule))}",
        f"- **Exceptions**: {excuse}",
        f"- **Serves**: {', '.join(rule.serves)}",
        "",
        *_settings(rule.settings),
        *markdown(pair(rule)),
    ]


def _row(rule: Rule) -> str:
    link = f"[{rule.id}](#{rule.url.partition('#')[2]})"
    cells = (link, rule.area, _text(rule.title), rule.level, rule.severity, _text(enforced(rule)))
    return f"| {' | '.join(cells)} |"


def _about(area: str) -> list[str]:
    """Return what the area's modules say of themselves."""
    return [
        _text(str(module.__doc__).partition("\n")[0])
        for module in AREAS
        if any(isinstance(found, Rule) and found.area == area for found in vars(module).values())
    ]


def _judged(rule: Rule) -> str:
    where = "in tenants' stacks" if rule.needs is Need.PLAN else "in every stack"
    only = "" if rule.patches else "; not what only changes an object"
    if isinstance(rule.judges, Scope):
        return f"{rule.judges}, {where}{only}"
    pods = ["[everything that starts pods](#what-starts-pods)"] if rule.judges >= PODS else []
    others = rule.judges - PODS if pods else rule.judges
    return f"{', '.join([*pods, *([_codes(others)] if others else [])])}; {where}{only}"


def _settings(settings: Mapping[str, Mapping[str, Any]]) -> list[str]:
    if not settings:
        return []
    rows = [
        f"| `{name}` | {_type(schema)} | `{json.dumps(schema['default'])}` | {_text(schema['description'])} |"
        for name, schema in settings.items()
    ]
    return ["| setting | type | default | meaning |", "|---|---|---|---|", *rows, ""]


def _type(schema: Mapping[str, Any]) -> str:
    words = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}
    return f"list of {words[schema['items']['type']]}" if schema["type"] == "array" else words[schema["type"]]


def _stack_file(config: Mapping[str, Any]) -> str:
    return f"```yaml\n{written({'config': dict(config)})}```\n"


def _codes(kinds: Iterable[object]) -> str:
    return ", ".join(f"`{kind}`" for kind in sorted(map(str, kinds)))


def _text(text: str) -> str:
    """Return a text whose signs, outside of code, mean nothing in Markdown and break no table."""
    parts = text.replace("|", "\\|").split("`")
    parts[::2] = [re.sub(r"([*_\[\]#])", r"\\\1", part).replace("<", "&lt;") for part in parts[::2]]
    return "`".join(parts)


def main(arguments: list[str]) -> int:
    """Write the page, or check it. Return the exit code."""
    text = page()
    fresh = PAGE.exists() and PAGE.read_text() == text
    if arguments == ["--check"]:
        if not fresh:
            told = f"{PAGE.name} is not what the rules say\n  fix: python -m tests.policies.catalogue"
            print(told, file=sys.stderr)
        return 0 if fresh else 1
    if not fresh:
        PAGE.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
