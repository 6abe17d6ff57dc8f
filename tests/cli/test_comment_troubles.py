"""X20: what forges refuse, limit or lose, and what `paas comment` makes of it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cli.forge.where import repository
from review.markdown import marker
from review.output import as_data
from tests.cli.forges import Forge, told
from tests.cli.github_server import GitHubServer
from tests.cli.gitlab_server import GitLabServer
from tests.cli.projects import Ended, a_project, paas
from tests.review.comments import different

MARK = marker("review")


@pytest.mark.parametrize("longest", [9_000, 3_000])
def test_a_forge_that_takes_less_gets_less(forge: Forge, tmp_path: Path, longest: int) -> None:
    a_project(tmp_path)
    path = tmp_path / "review.json"
    path.write_text(json.dumps(as_data(different(40))))
    forge.longest = longest
    ended = told(paas(tmp_path, "comment", str(path), "--number", "7", "--report", "https://ci.example/report"))
    assert ended.code == 0, ended.err
    assert "a shorter one is tried" in ended.err
    [body] = forge.bodies()
    assert len(body) <= longest
    assert "[the full report](https://ci.example/report)" in body


def test_a_forge_that_takes_nothing_is_told_so(forge: Forge, post: Callable[..., Ended]) -> None:
    forge.longest = 10
    ended = post()
    assert ended.code == 1
    assert "the comment is not written: " in ended.err
    assert ended.err.count("a shorter one is tried") == 4


@pytest.mark.parametrize("status", [500, 502, 503, 429])
def test_what_passes_is_asked_again(forge: Forge, post: Callable[..., Ended], waited: list[float], status: int) -> None:
    forge.troubles = [("POST", status, {}, 2)]
    assert post().code == 0
    assert waited == [1.0, 2.0]
    assert len(forge.bodies()) == 1


def test_a_forge_that_stays_down_is_given_up(forge: Forge, post: Callable[..., Ended], waited: list[float]) -> None:
    forge.troubles = [("", 503, {}, 1000)]
    ended = post()
    assert (ended.code, waited) == (1, [1.0, 2.0, 4.0, 8.0, 16.0])
    assert "answers 503" in ended.err
    assert "fix: run it again later" in ended.err


def test_an_answer_that_is_lost_writes_no_second_comment(
    forge: Forge, post: Callable[..., Ended], waited: list[float]
) -> None:
    written = type(forge)._write  # type: ignore[attr-defined]  # both forges have it
    lost = iter([True])

    def write(given: Any) -> Any:
        answer = written(forge, given)
        return (502, {"message": "bad gateway"}) if next(lost, False) else answer

    forge._write = write  # type: ignore[attr-defined]
    assert post().code == 0
    assert (len(forge.bodies()), len(waited)) == (1, 1)


def test_githubs_limits_say_how_long_to_wait(post: Callable[..., Ended], forge: Forge, waited: list[float]) -> None:
    if isinstance(forge, GitLabServer):
        forge.troubles = [("POST", 429, {"Retry-After": "7"}, 1)]
        assert post().code == 0
        assert waited == [1.0]  # its library does not hand the header on
        return
    forge.message = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
    forge.troubles = [("POST /repos", 403, {"Retry-After": "7"}, 1)]
    assert post().code == 0
    assert waited == [7.0]


def test_a_forge_that_wants_too_long_a_wait_is_given_up(
    forge: Forge, post: Callable[..., Ended], waited: list[float]
) -> None:
    if isinstance(forge, GitHubServer):
        forge.message = "API rate limit exceeded for installation."
        forge.troubles = [("POST /repos", 403, {"Retry-After": "3600"}, 1)]
        ended = post()
        assert (ended.code, waited) == (1, [])
        assert "fix: run it again later: it was asked too often" in ended.err


@pytest.mark.parametrize(
    ("status", "way"),
    [
        (401, "give a token that is valid"),
        (403, "let the token in"),
        (404, "correct --repository and --number"),
        (409, "somebody else writes at the same time: run it again"),
    ],
)
def test_refusals_are_named_with_a_way_on(
    forge: Forge, post: Callable[..., Ended], waited: list[float], status: int, way: str
) -> None:
    forge.troubles = [("POST" if status != 404 else "GET", status, {}, 1000)]
    if isinstance(forge, GitHubServer):
        forge.troubles = [(f"{words} /repos", *rest) for words, *rest in forge.troubles]  # type: ignore[misc]
    ended = post()
    assert (ended.code, waited) == (1, [])
    assert f"answers {status}" in ended.err
    assert f"fix: {way}" in ended.err


def test_a_wrong_token_is_refused_and_not_shown(
    forge: Forge, post: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("GITHUB_TOKEN", "GITLAB_TOKEN"):
        monkeypatch.setenv(name, "wrong-canary")
    ended = post()
    assert (ended.code, "401" in ended.err) == (1, True)
    assert "wrong-canary" not in ended.out + ended.err


def test_a_forge_that_is_not_there(forge: Forge, post: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_API_URL", "CI_API_V4_URL"):
        monkeypatch.setenv(name, "http://127.0.0.1:1/api/v4")
    ended = post()
    assert ended.code == 1
    assert "no answer" in ended.err
    assert "look at the network" in ended.err


def test_all_open_pull_requests_are_known_over_all_pages_or_none(
    forge: Forge, waited: list[float], tmp_path: Path
) -> None:
    forge.pulls = {number: f"{number:040}" for number in range(1, 251)}
    _, where = repository(None, None)
    assert where.open_pulls() == forge.pulls
    forge.troubles = [("GET", 403, {}, 1)]
    ended = told(paas(a_project(tmp_path), "reap", "--closed-pulls"))
    assert ended.code == 1
    assert "open pull requests are not known, and nothing is destroyed" in ended.err
