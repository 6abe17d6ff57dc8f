"""A rule's example for people: of its file in the corpus the first case that is refused, and the first that passes."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from policies._rule import Rule
from tests.policies.cases import CORPUS, Case, read
from tests.policies.judging import verdict

AROUND = 2  # lines shown before and after what differs


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two cases, most of which is the same."""

    refused: Case
    passes: Case

    @property
    def sentences(self) -> list[str]:
        """What the rule says of the one that is refused."""
        return [found.sentence for found in verdict(self.refused).refusals]


def pair(rule: Rule) -> Pair:
    """Return the example of a rule."""
    cases = list(read(CORPUS / rule.area / f"{rule.id}.yaml"))
    return Pair(
        refused=next(case for case in cases if case.verdict == "fail"),
        passes=next(case for case in cases if case.verdict == "pass"),
    )


def markdown(example: Pair) -> list[str]:
    """Return the lines of an example: the refused manifest as a whole, and what differs in the one that passes."""
    refused, passes = manifest(example.refused), manifest(example.passes)
    before, after = context(example.refused), context(example.passes)
    differs = list(_difference(refused, passes))
    return [
        f"*Refused*: {example.refused.title}{before}",
        "",
        *_fenced("yaml", refused),
        *_fenced("text", example.sentences),
        f"*Passes*: {example.passes.title}{after if after != before else ''}",
        "",
        *(_fenced("diff", differs) if differs else ["The manifest is the same.", ""]),
    ]


def context(case: Case) -> str:
    """Return what else a case says than its manifest, as the rest of a sentence; empty where that is nothing."""
    given = {"the stack file has": case.tenant, "the rule has": case.settings, "the program says": case.resource}
    said = [f"{words} `{inline(value)}`" for words, value in given.items() if value]
    return f", where {' and '.join(said)}" if said else ""


def manifest(case: Case) -> list[str]:
    """Return the lines of a case's objects."""
    return "---\n".join(written(found) for found in case.objects).splitlines()


def written(value: Any) -> str:
    """Return a value as people write YAML: in blocks, in its own order."""
    return str(yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=110))


def inline(value: Any) -> str:
    """Return a mapping as YAML in one line: `domains: [acme.example]`."""
    text = yaml.safe_dump(value, sort_keys=False, allow_unicode=True, default_flow_style=True, width=1000)
    return str(text).strip().removeprefix("{").removesuffix("}")


def _difference(before: list[str], after: list[str]) -> Iterator[str]:
    for line in list(difflib.unified_diff(before, after, n=AROUND, lineterm=""))[2:]:
        yield "..." if line.startswith("@@") else line


def _fenced(language: str, lines: list[str]) -> list[str]:
    return [f"```{language}", *lines, "```", ""]
