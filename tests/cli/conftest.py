"""A forge of a test's own, and `paas comment` on it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cli import comment as verb
from cli.forge.patience import Patience
from review.output import as_data
from tests.cli.forges import HEAD, TOKEN, Forge, serving, told
from tests.cli.github_server import GitHubServer
from tests.cli.gitlab_server import GitLabServer
from tests.cli.projects import Ended, a_project, paas
from tests.review.comments import assessed


@pytest.fixture(params=[GitHubServer, GitLabServer], ids=["github", "gitlab"])
def forge(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Forge]:
    with serving(request.param()) as made:
        github = request.param is GitHubServer
        for name in ("GITHUB_ACTIONS", "GITLAB_CI"):
            monkeypatch.delenv(name, raising=False)
        said = (
            {"GITHUB_ACTIONS": "true", "GITHUB_API_URL": made.url, "GITHUB_REPOSITORY": "acme/shop"}
            if github
            else {"GITLAB_CI": "true", "CI_API_V4_URL": f"{made.url}/api/v4", "CI_PROJECT_ID": "42"}
        )
        for name, value in {**said, "GITHUB_TOKEN": TOKEN, "GITLAB_TOKEN": TOKEN}.items():
            monkeypatch.setenv(name, value)
        yield made


@pytest.fixture
def waited(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds that would have been waited."""
    seconds: list[float] = []
    monkeypatch.setattr(verb, "PATIENCE", Patience(sleep=seconds.append))
    return seconds


@pytest.fixture
def post(tmp_path: Path, waited: list[float]) -> Callable[..., Ended]:
    a_project(tmp_path)

    def run(scenario: str = "routine", *words: str, commit: str = HEAD, number: int | None = 7) -> Ended:
        path = tmp_path / "review.json"
        path.write_text(json.dumps(as_data(assessed(scenario))))
        which = ["--number", str(number)] if number else []
        return told(paas(tmp_path, "comment", str(path), *which, "--commit", commit, "-o", "json", *words))

    return run
