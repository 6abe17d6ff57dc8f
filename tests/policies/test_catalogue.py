"""The catalogue of rules: it is what the rules say, and refusals lead to the rule's own section (rows I9 and V2)."""

import re
from pathlib import Path
from typing import Any

import pytest

from policies._platform import as_set
from policies._rule import ADMISSION, Rule
from policies.admission import BY_RULE
from policies.rules import BY_ID, RULES
from tests import examples
from tests.builders import a_platform, a_tenant
from tests.markdown import anchors
from tests.policies import catalogue
from tests.policies.pairs import pair

TEXT = catalogue.PAGE.read_text()
SECTIONS = dict(re.findall(r"^### (\w+)\n(.*?)(?=^##|\Z)", TEXT, re.MULTILINE | re.DOTALL))
EACH = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)


def test_the_page_in_the_repository_is_fresh() -> None:
    assert catalogue.main(["--check"]) == 0


def test_a_stale_page_is_told_and_written_anew(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(catalogue, "PAGE", tmp_path / "policies.md")
    assert catalogue.main(["--check"]) == 1
    assert "fix: python -m tests.policies.catalogue" in capsys.readouterr().err
    assert catalogue.main([]) == 0
    assert catalogue.main(["--check"]) == 0


def test_every_rule_has_a_section_and_every_section_is_a_rules() -> None:
    assert SECTIONS.keys() == BY_ID.keys()


@EACH
def test_a_rules_url_leads_to_its_section(rule: Rule) -> None:
    path, _, anchor = rule.url.partition("#")
    assert catalogue.ROOT / path == catalogue.PAGE
    assert anchor in anchors(TEXT)
    assert f"[{rule.id}](#{anchor})" in TEXT


@EACH
def test_a_section_says_what_the_rule_says_of_itself(rule: Rule) -> None:
    found = " ".join(SECTIONS[rule.id].replace("\\", "").split())
    assert f"**{rule.title}.** {rule.why}" in found
    assert f"**Fix**: {rule.fix}." in found
    assert f"**Level**: {rule.level}, severity {rule.severity}" in found
    assert f"**Serves**: {', '.join(rule.serves)}" in found
    assert [name for name in rule.settings if f"| `{name}` |" not in found] == []


@EACH
def test_a_section_shows_what_is_refused_and_how_and_what_passes(rule: Rule) -> None:
    refused, passes = SECTIONS[rule.id].split("*Passes*: ")
    assert refused.count("\n```yaml\n") == 1
    sentences = pair(rule).sentences
    assert sentences
    assert "\n```text\n" + "\n".join(sentences) + "\n```\n" in refused
    assert ("\n```diff\n" in passes) != ("The manifest is the same." in passes)


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.id not in BY_RULE], ids=lambda rule: rule.id)
def test_a_rule_without_a_twin_says_what_enforces_it(rule: Rule) -> None:
    """Nothing claims that the API server judges what it does not."""
    assert ADMISSION not in rule.decided_by
    assert f"**In the API server**: no twin; {rule.decided_by}\n" in SECTIONS[rule.id]


@pytest.mark.parametrize("rule", [BY_ID[id] for id in BY_RULE], ids=lambda rule: rule.id)
def test_a_rule_with_a_twin_names_what_the_platforms_stack_makes(rule: Rule) -> None:
    [name] = re.findall(r"\*\*In the API server\*\*: `(.+)`\n", SECTIONS[rule.id])
    assert examples.EXAMPLES["platform"].one("ValidatingAdmissionPolicy", name)


@pytest.mark.parametrize("rule", [rule for rule in RULES if not rule.excusable], ids=lambda rule: rule.id)
def test_a_rule_that_no_exception_lifts_says_so(rule: Rule) -> None:
    assert "**Exceptions**: none" in SECTIONS[rule.id]


def test_the_examples_of_stack_files_can_be_used() -> None:
    assert a_tenant(exceptions=catalogue.EXCEPTIONS).exceptions
    rules: dict[str, Any] = catalogue.SET
    assert as_set(RULES, a_platform(rules=rules)) != RULES
