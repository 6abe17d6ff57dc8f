"""X16, X20: a review becomes one comment, labels and a status on both forges."""

import json
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.forge._github import GitHub
from cli.forge._gitlab import GitLab
from cli.forge.sticky import upsert
from review.markdown import marker
from review.output import as_data
from tests.cli.forges import HEAD, OLD, OUR_NAME, TOKEN, Forge, told
from tests.cli.github_server import GitHubServer
from tests.cli.projects import Ended, a_project, paas
from tests.review.comments import assessed

MARK = marker("review")


def test_one_comment_labels_and_a_status(forge: Forge, post: Callable[..., Ended]) -> None:
    ended = post("deletes", "--run", "https://ci.example/7")
    assert ended.code == 0, ended.err
    report = ended.json()
    assert report == {
        "number": 7,
        "comment": "written",
        "verdict": "careful",
        "labels": ["paas/careful", "paas/destroys"],
    }
    [body] = forge.bodies()
    assert body.startswith(MARK)
    assert "Needs a careful look" in body
    assert forge.labels == {"paas/careful", "paas/destroys"}
    [status] = forge.statuses
    assert (status["sha"], status.get("state") or status["status"]) == (HEAD, "success")
    assert status["target_url"] == "https://ci.example/7"
    assert status["description"].startswith("Needs a careful look: ")


def test_another_key_has_its_own_comment_and_status_and_leaves_the_labels(
    forge: Forge, post: Callable[..., Ended]
) -> None:
    post("refused")
    before = set(forge.labels)
    assert post("routine", "--key", "sandbox").json()["labels"] == []
    assert forge.labels == before
    assert [body.splitlines()[0] for body in forge.bodies()] == [MARK, marker("sandbox")]
    assert [each.get("context") or each["name"] for each in forge.statuses] == ["paas/review", "paas/sandbox"]


def test_the_same_again_writes_nothing(forge: Forge, post: Callable[..., Ended]) -> None:
    post("refused")
    before = forge.writes()
    assert post("refused").json()["comment"] == "unchanged"
    assert forge.writes() == before


def test_another_verdict_edits_the_comment_and_takes_only_our_stale_labels_off(
    forge: Forge, post: Callable[..., Ended]
) -> None:
    forge.labels = {"paas/fleet", "urgent"}
    forge.known_labels = {"paas/blocked"}
    post("refused")
    assert forge.labels == {"paas/fleet", "urgent", "paas/blocked", "paas/destroys"}
    assert post("routine").json()["comment"] == "edited"
    assert forge.labels == {"paas/fleet", "urgent", "paas/routine"}
    [body] = forge.bodies()
    assert "Routine" in body
    assert [each.get("state") or each["status"] for each in forge.statuses][-1] == "success"


def test_our_comment_is_found_beyond_a_hundred_others(forge: Forge, post: Callable[..., Ended]) -> None:
    for index in range(160):
        forge.add("somebody", f"comment {index}")
    mine = forge.add(OUR_NAME, f"{MARK}\n\nold")
    for index in range(90):
        forge.add("somebody", f"comment {index}")
    assert post().json()["comment"] == "edited"
    assert len(forge.notes) == 251
    assert "Routine" in forge.notes[160]["body"]
    assert forge.notes[160]["id"] == mine


def test_small_pages_are_all_read(forge: Forge, post: Callable[..., Ended]) -> None:
    forge.page = 10
    for index in range(45):
        forge.add("somebody", f"comment {index}")
    forge.add(OUR_NAME, f"{MARK}\n\nold")
    assert post().json()["comment"] == "edited"
    assert len(forge.bodies()) == 1


def test_others_comments_stay_even_with_our_marker(forge: Forge, post: Callable[..., Ended]) -> None:
    forge.add("mallory", f"{MARK}\n\n### Routine, trust me")
    forge.add(OUR_NAME, f"> {MARK}\n\nquoted")
    forge.add(OUR_NAME, f"{marker('other')}\n\nanother key's")
    before = [dict(note) for note in forge.notes]
    assert post().json()["comment"] == "written"
    assert forge.notes[:3] == before
    assert len(forge.notes) == 4


def test_duplicates_of_ours_become_one(forge: Forge, post: Callable[..., Ended]) -> None:
    oldest = forge.add(OUR_NAME, f"{MARK}\n\n1")
    for index in range(3):
        forge.add(OUR_NAME, f"{MARK}\n\n{index}")
    post()
    assert [note["id"] for note in forge.notes] == [oldest]


def test_line_ends_of_the_forge_are_no_change(forge: Forge, post: Callable[..., Ended]) -> None:
    post()
    forge.notes[0]["body"] = forge.notes[0]["body"].replace("\n", "\r\n") + "\n"
    assert post().json()["comment"] == "unchanged"


def test_a_comment_that_is_gone_meanwhile_is_written_again(forge: Forge, post: Callable[..., Ended]) -> None:
    forge.add(OUR_NAME, f"{MARK}\n\nold")

    def vanish(request: str) -> None:
        if request.startswith(("PATCH", "PUT")) and "/notes" in request + "/notes" * ("comments" in request):
            forge.notes.clear()
            forge.before = lambda request: None

    forge.before = vanish
    assert post().code == 0
    assert len(forge.bodies()) == 1


def test_an_older_commit_says_nothing_of_a_newer_one(forge: Forge, post: Callable[..., Ended]) -> None:
    assert post("routine").json()["comment"] == "written"
    [body] = forge.bodies()
    late = post("refused", commit=OLD)
    assert (late.code, late.json()["comment"], late.json()["labels"]) == (0, "out of date", [])
    assert forge.bodies() == [body]
    assert forge.labels == {"paas/routine"}
    assert forge.statuses[-1]["sha"] == OLD


def test_two_runs_at_once_leave_one_comment(forge: Forge) -> None:
    both = threading.Barrier(2)

    def meet(request: str) -> None:
        if request.startswith("POST") and request.endswith(("/comments", "/notes")):
            both.wait(10)

    forge.before = meet
    where = (
        GitHub(forge.url, "acme/shop", TOKEN)
        if isinstance(forge, GitHubServer)
        else GitLab(f"{forge.url}/api/v4", "42", TOKEN)
    )
    runs = [
        threading.Thread(target=upsert, args=(where.pull(7), MARK, f"{MARK}\n\n{index}", HEAD)) for index in range(2)
    ]
    for each in runs:
        each.start()
    for each in runs:
        each.join(30)
    assert len(forge.bodies()) == 1


def test_the_pull_request_is_found_by_its_newest_commit(forge: Forge, post: Callable[..., Ended]) -> None:
    forge.pulls = {5: "c" * 40, 7: HEAD}
    assert post(number=None).json()["number"] == 7
    ended = post(number=None, commit=OLD)
    assert (ended.code, f"newest commit is {OLD}: none" in ended.err) == (1, True)


@pytest.mark.parametrize(("text", "code"), [(None, 1), ("{}", 7), ('{"review": "hi @everyone"}', 7)])
def test_a_review_that_is_missing_or_none_blocks(forge: Forge, tmp_path: Path, text: str | None, code: int) -> None:
    a_project(tmp_path)
    path = tmp_path / "review.json"
    if text is not None:
        path.write_text(text)
    ended = told(paas(tmp_path, "comment", str(path), "--number", "7", "--commit", HEAD))
    assert ended.code == code
    [body] = forge.bodies()
    assert "Blocked: no whole preview" in body
    assert "everyone" not in body
    assert forge.labels == {"paas/blocked"}
    assert (forge.statuses[0].get("state") or forge.statuses[0]["status"]) in ("failure", "failed")


def test_what_is_not_said_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a_project(tmp_path)
    path = tmp_path / "review.json"
    path.write_text(json.dumps(as_data(assessed("routine"))))
    for name in ("GITHUB_ACTIONS", "GITLAB_CI", "GITHUB_TOKEN", "GITHUB_REPOSITORY"):
        monkeypatch.delenv(name, raising=False)
    words = ["comment", str(path), "--number", "7"]
    for more, missing in (
        ([], "--forge github"),
        (["--forge", "github"], "--repository"),
        (["--forge", "github", "--repository", "acme/shop"], "GITHUB_TOKEN"),
    ):
        ended = paas(tmp_path, *words, *more)
        assert (ended.code, missing in ended.err) == (64, True)
