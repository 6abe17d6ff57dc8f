"""Values that nobody may see, in all places that the command itself reads: no verb tells one, whether it works or not.

Verbs that need engine or cluster are tried in `tests/e2e/review/test_canaries.py`.
"""

from pathlib import Path
from typing import Any

import pytest
import yaml

from cli._codes import Code
from tests.builders import a_tenant_document, an_app
from tests.cli.forges import HEAD, serving
from tests.cli.github_server import GitHubServer
from tests.cli.projects import Ended, a_project, paas, write
from tests.cli.repositories import committed, git
from tests.review.canaries import found, marker
from tests.review.manifests import Z
from tests.review.verbs import MADE, OPERATOR, OTHER, TRIALS, commands, missing

KUBECONFIG = """\
apiVersion: v1
kind: Config
clusters: [{{name: c, cluster: {{server: "http://u:{server}@127.0.0.1:9"}}}}]
users: [{{name: u, user: {{token: {user}}}}}]
contexts: [{{name: x, context: {{cluster: c, user: u}}}}]
current-context: x
"""

BAD: dict[str, tuple[str, dict[str, Any]]] = {
    "spec": ("API_TOKEN", {"config": {"API_TOKEN": marker("spec")}}),
    "specurl": ("DATABASE", {"config": {"DATABASE": f"postgres://shop:{marker('specurl')}@db.example/shop"}}),
    "reference": ("API_TOKEN: given text", {"secrets": {"API_TOKEN": marker("reference")}}),
    "list": ("API_TOKEN: given a list", {"config": {"API_TOKEN": [marker("list")]}}),
    "image": ("image: given", {"image": f"https://u:{marker('image')}@registry.example.com/web:1"}),
    "specargument": ("args: given text", {"args": f"--token {marker('specargument')}"}),
}
"""By place: what is said of it, and the app with it."""

TEXTS = {
    "whole": ("paas:tenant: given text", f"config:\n  paas:tenant: {marker('whole')}\n"),
    "bare": ("config: given only token", f"token: {marker('bare')}\n"),
    "twice": ('duplicate key "token"', f"config:\n  token: a\n  token: {marker('twice')}\n"),
}


def a_shop(environment: str, side: str) -> dict[str, Any]:
    web = an_app(
        hosts=[f"{environment}.zeta.example"],
        args=["--token", marker("specargument", side), f"--password={marker('specargument', side)}"],
        config={"CALLS": f"https://api.example/v1?api_key={marker('query', side)}"},
    )
    return a_tenant_document(
        name="zeta",
        environment=environment,
        tier="small",
        domains=["zeta.example"],
        apps={"web": web},
        databases={"orders": {"plan": "small"}},
    )


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = a_project(tmp_path / "project", a_shop("dev", "a"), a_shop("staging", "b"))
    for name in ("components", "spec", "policies"):
        (folder / name).mkdir()
        (folder / name / "__init__.py").touch()
    path = folder / "stacks" / f"Pulumi.{Z}.yaml"
    said = yaml.safe_load(path.read_text())
    said["config"] |= {"other:apiToken": marker("configplain"), "paas:kubeconfig": marker("stackkubeconfig")}
    path.write_text(yaml.safe_dump(said))
    committed(folder)
    git(folder, "remote", "add", "origin", f"https://u:{marker('origin')}@git.example/paas.git")
    path.write_text(path.read_text().replace(marker("query", "a"), marker("query", "b")))
    (folder / "review.json").write_text(f'{{"version": "{marker("review")}"}}')
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(KUBECONFIG.format(server=marker("server"), user=marker("user")))
    variables = {
        "KUBECONFIG": str(kubeconfig),
        "PULUMI_BACKEND_URL": f"postgres://states:{marker('backend')}@db.example/states",
        "PULUMI_CONFIG_PASSPHRASE": marker("passphrase"),
        "AWS_SECRET_ACCESS_KEY": marker("process"),
        "GITHUB_ACTIONS": "true",
        "GITHUB_REPOSITORY": "acme/shop",
        "GITHUB_TOKEN": marker("forge"),
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(folder)
    return folder


def quiet(ended: Ended) -> Ended:
    assert found(ended.out + ended.err) == set(), ended.out + ended.err
    return ended


def test_every_verb_is_tried() -> None:
    assert missing(TRIALS) == set()


def test_a_verb_that_is_not_tried_is_found() -> None:
    fewer = {verb: trials for verb, trials in TRIALS.items() if verb != "drill drain"}
    assert missing({**fewer, "unheard of": ()}) == {"drill drain", "unheard of"}


def test_no_verb_tells_one(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = {}
    with serving(GitHubServer()) as forge:
        forge.message = f"https://u:{marker('option')}@proxy.example refuses"
        forge.troubles.append(("", 403, {}, 100))
        monkeypatch.setenv("GITHUB_API_URL", forge.url)
        for name, words, code in commands(live=False):
            ended = quiet(paas(project, *words))
            assert ended.code == code, f"{name}: {ended.err}"
            texts[name] = ended.out + ended.err
    assert "[secret]@proxy.example refuses" in texts["comment review.json --number 7 --commit " + f"{HEAD}, json"]
    told = texts[f"diff {Z}, json"] + texts[f"diff {Z} {OTHER}, json"]
    for what in ("apps.web.config.CALLS", "apps.web.args[1]", "apps.web.args[2]"):
        assert what in told, "what differs in a secret is told, and the secret is not"
    assert told.count("api_key=[secret]") == 2


@pytest.mark.parametrize("place", BAD)
def test_a_mistake_in_a_stack_file_is_told_without_it(project: Path, place: str) -> None:
    words, changes = BAD[place]
    document = a_tenant_document(name="bad", environment="dev", apps={"web": an_app(**changes)})
    write(project, "bad-dev", document)
    assert found((project / "stacks/Pulumi.bad-dev.yaml").read_text()) == {place}
    tried(project, "bad-dev", words)


@pytest.mark.parametrize("place", TEXTS)
def test_a_file_that_is_none_is_told_without_what_it_says(project: Path, place: str) -> None:
    words, text = TEXTS[place]
    (project / "stacks/Pulumi.bad-dev.yaml").write_text(text)
    tried(project, "bad-dev", words)


def tried(project: Path, stack: str, words: str) -> None:
    """Run the verbs that read stack files on one that is wrong."""
    for command in (
        ("validate",),
        ("graph", stack),
        ("cost", stack),
        ("diff", stack, Z),
        ("drill", "drain", stack, "o"),
    ):
        ended = quiet(paas(project, *command))
        assert ended.code == 7
        assert words in ended.out + ended.err
    export = ("fleet", "export", *OPERATOR, "--backend", "s3://states")
    assert quiet(paas(project, *export)).code == 7
    given = ("--environment", "dev", "--from", stack)
    assert quiet(paas(project, "new", "fresh", *given)).code == 7
    assert not (project / f"stacks/Pulumi.{MADE}.yaml").exists()


@pytest.mark.parametrize("option", ["--repository", "--backend", "--secrets-provider"])
def test_an_address_with_a_password_is_not_exported(project: Path, option: str) -> None:
    words = (
        "fleet",
        "export",
        *OPERATOR,
        "--backend",
        "s3://states",
        option,
        f"https://u:{marker('option')}@x.example",
    )
    ended = quiet(paas(project, *words))
    assert (ended.code, ended.out) == (64, "")
    assert f"{option} has a password in it" in ended.err


def test_prices_that_are_no_yaml_are_not_repeated(project: Path) -> None:
    (project / "prices.yaml").write_text(f"book: {{}}\nbudgets: [{marker('prices')}: :\n")
    ended = quiet(paas(project, "cost"))
    assert ended.code == 7
    assert "prices.yaml:2 is no YAML" in ended.err


@pytest.mark.parametrize("text", [f"users: [{marker('torn')}", marker("torn"), f"[{marker('torn')}]"])
def test_a_kubeconfig_that_is_none_is_not_repeated(project: Path, tmp_path: Path, text: str) -> None:
    (tmp_path / "kubeconfig").write_text(text)
    ended = quiet(paas(project, "doctor"))
    assert "names no cluster" in ended.out
    ended = quiet(paas(project, "drill", "drain", Z, "orders"))
    assert (ended.code, "names no cluster" in ended.err) == (Code.UNREACHABLE, True)


def test_a_cluster_that_does_not_answer_is_told_without_what_opens_it(project: Path) -> None:
    ended = quiet(paas(project, "drill", "drain", Z, "orders"))
    assert (ended.code, "127.0.0.1" in ended.err) == (Code.UNREACHABLE, True)


def test_what_looks_for_them_finds_one(project: Path) -> None:
    """The stack files have some, and a verb that repeated them would be caught."""
    text = "".join(path.read_text() for path in (project / "stacks").iterdir())
    assert found(text) == {"specargument", "query", "configplain", "stackkubeconfig"}
    with pytest.raises(AssertionError):
        quiet(Ended(0, text, ""))
