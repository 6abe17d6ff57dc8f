"""What differs between stack files, and what follows from it."""

import subprocess
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from cli import reference
from tests.builders import an_app
from tests.cli.projects import a_project, a_quiet, paas, write


def rows(said: dict) -> dict[tuple[str, str], tuple[object, object]]:
    return {(each["part"], each["path"]): (each["before"], each["after"]) for each in said["differences"]}


def git(folder: Path, *words: str) -> None:
    who = ("-c", "user.name=t", "-c", "user.email=t@example.com")
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def committed(tmp_path: Path) -> Path:
    a_project(tmp_path, a_quiet("acme"), a_quiet("globex"))
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "-m", "first")
    return tmp_path


def test_two_environments_differ_in_what_they_say_and_in_what_follows(tmp_path: Path) -> None:
    app = an_app(replicas=2)
    a_project(
        tmp_path,
        a_quiet("acme", apps={"web": app}),
        a_quiet("acme", environment="staging", tier="standard", members={"viewer": ["oidc:v"]}, apps={"web": app}),
    )
    ended = paas(tmp_path, "diff", "acme-dev", "acme-staging", "-o", "json")
    [pair] = ended.json()["pairs"]
    found = rows(pair)
    assert (ended.code, pair["before"], pair["after"]) == (2, "acme-dev", "acme-staging")
    assert found["file", "tier"] == ("small", "standard")
    assert found["plan", 'namespaces.own.quota["requests.cpu"]'] == ("2", "8")
    assert found["plan", "access.paas-viewer"] == (None, ["oidc:v"])
    assert ("plan", "copies.web") not in found
    schema = reference.schema()
    validator = Draft202012Validator(schema["$defs"]["DiffReport"] | {"$defs": schema["$defs"]})
    assert list(validator.iter_errors(ended.json())) == []


def test_a_database_differs_in_what_the_tier_gives_it(tmp_path: Path) -> None:
    orders = {"orders": {"plan": "small"}}
    a_project(
        tmp_path,
        a_quiet("acme", databases=orders),
        a_quiet("acme", environment="staging", tier="standard", databases=orders),
    )
    [pair] = paas(tmp_path, "diff", "acme-dev", "acme-staging", "-o", "json").json()["pairs"]
    found = rows(pair)
    assert found["plan", "databases.orders.instances"] == (1, 2)
    assert found["plan", "databases.orders.poolers"] == (1, 2)
    assert ("plan", "databases.orders.storage") not in found


def test_the_same_stack_does_not_differ_from_itself(committed: Path) -> None:
    for words in (("acme-dev", "acme-dev"), ("acme-dev",), ()):
        ended = paas(committed, "diff", *words)
        assert (ended.code, ended.out, ended.err) == (0, "", "0 differences\n")


def test_a_file_is_compared_with_what_was_committed(committed: Path) -> None:
    write(committed, "acme-dev", a_quiet("acme", apps={"web": an_app(replicas=3)}))
    ended = paas(committed, "diff", "-o", "json")
    [pair] = ended.json()["pairs"]
    found = rows(pair)
    assert (pair["before"], pair["after"]) == ("acme-dev at HEAD", "acme-dev")
    assert found["file", "apps.web.replicas"] == (None, 3)
    assert found["plan", "copies.web"] == (None, 3)
    assert paas(committed, "diff", "globex-dev").code == 0


def test_a_stack_that_came_and_one_that_went_are_told_whole(committed: Path) -> None:
    (committed / "stacks" / "Pulumi.globex-dev.yaml").unlink()
    write(committed, "initech-dev", a_quiet("initech"))
    ended = paas(committed, "diff", "-o", "json")
    gone, came = (rows(pair) for pair in ended.json()["pairs"])
    assert gone["file", "name"] == ("globex", None)
    assert came["file", "name"] == (None, "initech")
    assert came["plan", "namespaces.own.quota.pods"] == (None, "30")


def test_what_cannot_be_compared_is_told(committed: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    assert "git knows no commit nowhere" in paas(committed, "diff", "--since", "nowhere").err
    assert "--help is no commit" in paas(committed, "diff", "--since=--help").err
    assert "has no file" in paas(committed, "diff", "gone-dev").err
    write(committed, "acme-dev", a_quiet("acme", tier="huge"))
    git(committed, "commit", "--quiet", "-am", "second")
    write(committed, "acme-dev", a_quiet("acme"))
    ended = paas(committed, "diff")
    assert ended.code == 7
    assert "stacks/Pulumi.acme-dev.yaml at HEAD cannot be used" in ended.err
    alone = a_project(tmp_path_factory.mktemp("alone"), a_quiet("acme"))
    assert "not a git repository" in paas(alone, "diff").err
