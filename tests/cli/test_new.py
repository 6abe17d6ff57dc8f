"""What `paas new` refuses; what it makes is shown on the real engine."""

import sys
from pathlib import Path

import pytest
import yaml
from ruamel.yaml import YAML

from cli import _files
from cli._draft import HEADER, document, draft
from spec import TenantSpec
from tests.cli.projects import a_project, a_quiet, paas, write

WHO = ("--team", "storefront", "--escalation", "oncall@acme.example", "--cost-centre", "cc-1001")
NEW = ("new", "acme", "--environment", "dev", "--tier", "small", *WHO)


def changed(words: tuple[str, ...], option: str, value: str) -> tuple[str, ...]:
    place = words.index(option) + 1
    return (*words[:place], value, *words[place + 1 :])


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            changed(NEW, "--team", "Store Front"),
            'paas:tenant.owner.team: given "Store Front", wanted the team\'s short name',
        ),
        (
            changed(NEW, "--escalation", "nobody"),
            'paas:tenant.owner.escalation: given "nobody", wanted an e-mail address',
        ),
        (("new", "sandbox-x", *NEW[2:]), 'paas:tenant.name: given "sandbox-x"'),
        ((*changed(NEW, "--environment", "sandbox"), "--ttl", "3d"), 'paas:tenant.ttl: given "3d", wanted a duration'),
        ((*NEW, "--ttl", "24h"), "wanted none in environment dev"),
        (
            (*NEW, "--domain", "shop.other.example"),
            'paas:tenant.domains.0: given "shop.other.example", wanted a domain apart from those of other tenants: '
            "stacks/Pulumi.other-dev.yaml:11:7 has other.example",
        ),
        (
            ("new", "other", *changed(NEW, "--environment", "staging")[2:]),
            'a name that no other team has: stacks/Pulumi.other-dev.yaml:3:11 has it, of team "others"',
        ),
    ],
)
def test_what_would_be_wrong_is_refused_before_anything_is_written(
    tmp_path: Path, words: tuple[str, ...], told: str
) -> None:
    owner = {"team": "others", "escalation": "o@o.example"}
    a_project(tmp_path, a_quiet("other", domains=["other.example"], owner=owner))
    before = {path: path.read_text() for path in (tmp_path / "stacks").iterdir()}
    ended = paas(tmp_path, *words)
    assert ended.code == 7
    assert "would be wrong, and is not written" in ended.err
    assert told in ended.err
    assert {path: path.read_text() for path in (tmp_path / "stacks").iterdir()} == before


def test_a_file_that_is_there_is_left_alone(tmp_path: Path) -> None:
    a_project(tmp_path, a_quiet("acme", costCentre="theirs"))
    ended = paas(tmp_path, *NEW)
    assert ended.code == 7
    assert "stacks/Pulumi.acme-dev.yaml exists" in ended.err
    assert "theirs" in (tmp_path / "stacks/Pulumi.acme-dev.yaml").read_text()


def test_what_is_missing_is_named_where_nobody_can_be_asked(tmp_path: Path) -> None:
    ended = paas(a_project(tmp_path), *NEW[:-2])
    assert ended.code == 64
    assert "--cost-centre is missing, and nobody is there to ask" in ended.err


def test_what_is_missing_is_asked_for_on_a_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")  # no engine: asking and checking come before it
    monkeypatch.setattr(sys.modules["cli.new"], "_attended", lambda: True)
    ended = paas(
        a_project(tmp_path), "new", "acme", "--team", "storefront", typed="devel\ndev\nsmall\na@b.example\ncc\n"
    )
    assert "one of dev, staging, prod, sandbox" in ended.err
    assert "`pulumi` is not on PATH" in ended.err
    assert not list((tmp_path / "stacks").iterdir())


def test_the_drafted_file_means_what_was_asked_for_and_can_be_completed_by_editors() -> None:
    said = document(
        name="no",
        environment="dev",
        tier="small",
        team="on",
        escalation="https://pager.example/a?b=c#d",
        cost_centre="1001",
        ttl=None,
        domains=["acme.example", "acme.test"],
    )
    text = draft(said, "no's environment")
    assert text.startswith(f"{HEADER}\n# no's environment\n")
    spec = _files.parse(text, "file", "no-dev").spec
    assert isinstance(spec, TenantSpec)
    assert (spec.name, spec.owner.team, spec.cost_centre) == ("no", "on", "1001")
    assert spec.owner.escalation == "https://pager.example/a?b=c#d"
    assert spec.domains == ("acme.example", "acme.test")


@pytest.mark.parametrize("word", ["acme", "72h", "1h30m", "1e3", "0x1f", "on", "1001", "a: b", "#", "", "é", "-", "~"])
def test_every_word_in_a_drafted_file_is_read_as_itself(word: str) -> None:
    assert YAML(typ="safe").load(draft({"name": word}, "a test"))["config"]["paas:tenant"]["name"] == word
    assert yaml.safe_load(draft({"name": word}, "a test"))["config"]["paas:tenant"]["name"] == word


def test_a_duration_is_written_as_people_write_it() -> None:
    assert "ttl: 72h\n" in draft({"ttl": "72h"}, "a test")


SANDBOX = {"environment": "sandbox", "tier": "free", "ttl": "24h"}


def test_a_sandbox_begins_as_another_stacks_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine_of(tmp_path, monkeypatch, "sandbox-pr-7")
    project = a_project(tmp_path / "project")
    template = {**a_quiet("template", **SANDBOX), "members": {"developer": ["oidc:devs"]}}
    write(project, "sandbox-template", template)
    words = ("new", "pr-7", "--environment", "sandbox", "--from", "sandbox-template")
    there = paas(project, *words)
    assert (there.code, "--adopt writes its file" in there.err) == (7, True)
    ended = paas(project, *words, "--ttl", "6h", "--adopt")
    assert (ended.code, ended.out) == (0, "sandbox-pr-7\n"), ended.err
    text = (project / "stacks" / "Pulumi.sandbox-pr-7.yaml").read_text()
    assert text.startswith(HEADER)
    assert yaml.safe_load(text)["config"]["paas:tenant"] == {**template, "name": "pr-7", "ttl": "6h"}
    assert paas(project, "validate").code == 0


def test_a_template_that_clashes_or_is_none_is_refused(tmp_path: Path) -> None:
    project = a_project(tmp_path, {**a_quiet("acme"), "domains": ["acme.example"]})
    clash = paas(project, "new", "other", "--environment", "dev", "--from", "acme-dev")
    assert (clash.code, "acme.example" in clash.err) == (7, True)
    gone = paas(project, "new", "other", "--environment", "dev", "--from", "gone-dev")
    assert (gone.code, "stack gone-dev has no file" in gone.err) == (1, True)


def engine_of(folder: Path, monkeypatch: pytest.MonkeyPatch, stack: str) -> None:
    """Let `pulumi` be one whose backend has one stack."""
    program = folder / "bin" / "pulumi"
    program.parent.mkdir()
    said = f'[{{"name": "{stack}", "current": false}}]'
    program.write_text(f"""#!/bin/sh\n[ "$1" = version ] && {{ echo v3.259.0; exit; }}\necho '{said}'\n""")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
