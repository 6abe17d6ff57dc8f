from pathlib import Path

import pytest

from tests.builders import an_app
from tests.cli.projects import a_project, a_quiet, paas, write
from tests.e2e.stacks import ROOT

BROKEN = """\
# yaml-language-server: $schema=schema.json
config:
  paas:tenant:
    name: acme
    environment: prod
    tier: huge
    owner: {team: storefront, escalation: nobody}
    costCentre: cc-1001
    domains: [acme.example]
    apps:
      web:
        image: nginx
        port: 8080
        health:
          ready: /ready
          live: /healthz
        hosts:
          - WWW.acme.example
        colour: blue
"""


def test_the_stack_files_of_the_repository_have_no_problem() -> None:
    ended = paas(ROOT, "validate")
    assert (ended.code, ended.out) == (0, "")
    assert ended.err == "5 files, no problems\n"


def test_every_error_is_told_at_once_with_line_and_column(tmp_path: Path) -> None:
    a_project(tmp_path)
    (tmp_path / "stacks/Pulumi.acme-prod.yaml").write_text(BROKEN)
    ended = paas(tmp_path, "validate")
    assert ended.code == 7
    places = [line.partition(": given")[0] for line in ended.out.splitlines()]
    file = "stacks/Pulumi.acme-prod.yaml"
    assert places == [
        f"{file}:6:11: paas:tenant.tier",
        f"{file}:7:43: paas:tenant.owner.escalation",
        f"{file}:12:16: paas:tenant.apps.web.image",
        f"{file}:18:13: paas:tenant.apps.web.hosts.0",
        f"{file}:19:17: paas:tenant.apps.web.colour",
    ]
    assert 'given "huge", wanted one of free, small, standard, critical; ' in ended.out
    assert ended.err == "1 file, 5 problems\n"


def test_a_field_that_is_missing_is_looked_for_where_it_should_stand(tmp_path: Path) -> None:
    a_project(tmp_path, a_quiet("acme", owner={"team": "storefront"}))
    [finding] = paas(tmp_path, "validate", "-o", "json").json()["findings"]
    assert (finding["path"], finding["line"], finding["column"]) == ("paas:tenant.owner.escalation", 6, 5)
    assert (finding["given"], finding["fix"]) == ("nothing", "add `escalation:`")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("config: [", "1:10: file: given expected the node content"),
        ("config: {}\nconfig: {}\n", '2:1: file: given found duplicate key "config"'),
        ("", "1:1: config: given nothing, wanted a mapping `config:`; add it"),
        ("config:\n  paas:tenannt: {}\n", "2:3: paas:tenannt: given a key of that name"),
        ("config: {}\n", "1:1: config: given neither, wanted exactly one of paas:tenant and paas:platform"),
    ],
)
def test_what_is_no_stack_file_is_told_with_its_place(tmp_path: Path, text: str, told: str) -> None:
    a_project(tmp_path)
    (tmp_path / "stacks/Pulumi.acme-prod.yaml").write_text(text)
    ended = paas(tmp_path, "validate")
    assert ended.code == 7
    assert told in ended.out


def test_what_an_anchor_brings_is_told_where_it_is_used(tmp_path: Path) -> None:
    a_project(tmp_path)
    text = """\
base: &base
  image: nginx
  port: 8080
  health: {ready: /ready, live: /live}
config:
  paas:tenant:
    name: acme
    environment: dev
    tier: small
    owner: {team: t, escalation: o@acme.example}
    costCentre: cc
    apps:
      web: *base
      api:
        <<: *base
        args: [1]
"""
    (tmp_path / "stacks/Pulumi.acme-dev.yaml").write_text(text)
    places = {each["path"]: each["line"] for each in paas(tmp_path, "validate", "-o", "json").json()["findings"]}
    apps = "paas:tenant.apps"
    assert places == {f"{apps}.web.image": 2, f"{apps}.api.image": 14, f"{apps}.api.args.0": 16}


def test_text_that_is_not_utf8_is_told(tmp_path: Path) -> None:
    a_project(tmp_path)
    (tmp_path / "stacks/Pulumi.acme-prod.yaml").write_bytes(b"config: \xff")
    ended = paas(tmp_path, "validate")
    assert ended.code == 7
    assert "wanted UTF-8" in ended.out


def test_what_two_files_both_want_is_told_at_both(tmp_path: Path) -> None:
    web = an_app(hosts=["www.acme.example"])
    a_project(
        tmp_path,
        a_quiet("acme", domains=["acme.example"], apps={"web": web}),
        a_quiet("evil", domains=["acme.example"], apps={"web": web}),
    )
    ended = paas(tmp_path, "validate", "-o", "json")
    assert ended.code == 7
    found = {(each["file"], each["path"]): each["wanted"] for each in ended.json()["findings"]}
    acme, evil = "stacks/Pulumi.acme-dev.yaml", "stacks/Pulumi.evil-dev.yaml"
    host, domain = "paas:tenant.apps.web.hosts.0", "paas:tenant.domains.0"
    assert found.keys() == {(acme, host), (acme, domain), (evil, host), (evil, domain)}
    assert found[evil, host] == "a host that no other stack has: stacks/Pulumi.acme-dev.yaml:18:11 has it"


def test_only_the_files_that_are_named_are_judged_but_against_all(tmp_path: Path) -> None:
    a_project(tmp_path, a_quiet("acme", domains=["acme.example"]), a_quiet("bad", tier="huge"))
    (tmp_path / "elsewhere").mkdir()
    draft = tmp_path / "elsewhere/Pulumi.evil-dev.yaml"
    draft.write_text(write(tmp_path, "evil-dev", a_quiet("evil", domains=["shop.acme.example"])).read_text())
    (tmp_path / "stacks/Pulumi.evil-dev.yaml").unlink()
    ended = paas(tmp_path, "validate", str(draft))
    assert ended.code == 7
    [line] = ended.out.splitlines()
    assert line.startswith("elsewhere/Pulumi.evil-dev.yaml:")
    assert "stacks/Pulumi.acme-dev.yaml:11:7 has acme.example" in line


def test_a_stack_that_two_files_describe_is_told(tmp_path: Path) -> None:
    a_project(tmp_path, a_quiet("acme"))
    copy = tmp_path / "Pulumi.acme-dev.yaml"
    copy.write_text((tmp_path / "stacks/Pulumi.acme-dev.yaml").read_text())
    ended = paas(tmp_path, "validate", str(copy))
    assert 'given stack "acme-dev", wanted a stack that no other file describes' in ended.out


@pytest.mark.parametrize(("name", "told"), [("gone.yaml", "not named like"), ("Pulumi.gone.yaml", "cannot be read")])
def test_a_file_that_is_none_is_refused(tmp_path: Path, name: str, told: str) -> None:
    ended = paas(a_project(tmp_path), "validate", name)
    assert (ended.code, told in ended.err) == (1, True)


def test_a_folder_without_a_project_is_told(tmp_path: Path) -> None:
    ended = paas(tmp_path, "validate")
    assert ended.code == 1
    assert "no Pulumi.yaml" in ended.err
