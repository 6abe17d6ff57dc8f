"""Merge requests on GitLab, by python-gitlab. Where its words differ from GitHub's, the interface's are GitHub's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cli.forge._base import ForgeError, Label, Note, State, Status
from review import limits

if TYPE_CHECKING:
    from gitlab.v4.objects import Project, ProjectMergeRequest

TIMEOUT = 20.0  # seconds for one answer
API = "/api/v4"
ONCE: dict[str, Any] = {"obey_rate_limit": False}
"""The library would wait as long as it is told to; see cli.forge.patience for who waits instead, and how long."""

STATES: dict[State, str] = {"success": "success", "failure": "failed"}
THEIRS = {theirs: ours for ours, theirs in STATES.items()}


class GitLab:
    """A project on a GitLab.

    Args:
        url: of the API, such as `https://gitlab.example/api/v4`.
        name: the project's number, or its path with groups.
        token: of a project, group or person; that of a CI job may not write comments.
    """

    def __init__(self, url: str, name: str, token: str) -> None:
        from gitlab import Gitlab  # noqa: PLC0415  # takes half a second to load, and few verbs need it

        self._api = Gitlab(
            url.rstrip("/").removesuffix(API),
            private_token=token,
            timeout=TIMEOUT,
            per_page=100,
            keep_base_url=True,
        )
        self._name = name

    @cached_property
    def project(self) -> Project:
        """The project; nothing is asked yet."""
        return self._api.projects.get(self._name, lazy=True)

    def me(self) -> str:
        """Return whose token it is."""
        with _told():
            found = self._api.http_get("/user", **ONCE)
        return str(found["username"]) if isinstance(found, dict) else ""

    def pull(self, number: int) -> GitLabPull:
        """Return a merge request."""
        return GitLabPull(self, number)

    def open_pulls(self) -> dict[int, str]:
        """Return the newest commit of each open merge request, by number."""
        with _told():
            found = self.project.mergerequests.list(state="opened", iterator=True, **ONCE)
            return {int(each.iid): str(each.sha) for each in found}


class GitLabPull:
    """A merge request."""

    limits = limits.GITLAB

    def __init__(self, where: GitLab, number: int) -> None:
        self._where = where
        self._number = number

    @property
    def _pull(self) -> ProjectMergeRequest:
        return self._where.project.mergerequests.get(self._number, lazy=True)

    def _now(self) -> ProjectMergeRequest:
        return self._where.project.mergerequests.get(self._number, **ONCE)

    def me(self) -> str:
        """Return the login name."""
        return self._where.me()

    def head(self) -> str:
        """Return the newest commit."""
        with _told():
            return str(self._now().sha)

    def notes(self) -> Iterator[Note]:
        """Yield all comments, without what GitLab notes by itself."""
        with _told():
            for each in self._pull.notes.list(iterator=True, sort="asc", order_by="created_at", **ONCE):
                if not each.system:
                    yield Note(id=int(each.id), author=str(each.author["username"]), body=str(each.body))

    def write(self, body: str) -> None:
        """Write a comment."""
        with _told():
            self._pull.notes.create({"body": body}, **ONCE)

    def edit(self, note: int, body: str) -> None:
        """Give a comment another text."""
        with _told():
            self._pull.notes.update(note, {"body": body}, **ONCE)

    def remove(self, note: int) -> None:
        """Remove a comment; one that somebody else has removed meanwhile is gone as well."""
        with _told(404):
            self._pull.notes.delete(note, **ONCE)

    def labels(self) -> set[str]:
        """Return the labels' names."""
        with _told():
            return set(self._now().labels)

    def put(self, label: Label) -> None:
        """Put a label on it; 409: the project, or a group above it, has the label already."""
        with _told(409):
            made = {"name": label.name, "color": f"#{label.colour}", "description": label.text}
            self._where.project.labels.create(made, **ONCE)
        with _told():
            self._where.project.mergerequests.update(self._number, {"add_labels": label.name}, **ONCE)

    def drop(self, label: str) -> None:
        """Take a label off."""
        with _told():
            self._where.project.mergerequests.update(self._number, {"remove_labels": label}, **ONCE)

    def status(self, commit: str, name: str) -> Status | None:
        """Return the newest status of a name."""
        with _told():
            found = self._where.project.commits.get(commit, lazy=True).statuses.list(name=name, iterator=True, **ONCE)
            for each in found:
                state = THEIRS.get(str(each.status))
                return state and Status(state=state, text=each.description or "", url=each.target_url or "")
        return None

    def tell(self, commit: str, name: str, status: Status) -> None:
        """Say something of a commit."""
        said = {"state": STATES[status.state], "name": name, "description": status.text}
        if status.url:
            said["target_url"] = status.url
        with _told():
            self._where.project.commits.get(commit, lazy=True).statuses.create(said, **ONCE)


@contextmanager
def _told(*fine: int) -> Iterator[None]:
    """Turn what the library raises into ForgeError, but for statuses that are as good as success."""
    from gitlab.exceptions import GitlabError  # noqa: PLC0415
    from requests import RequestException  # noqa: PLC0415

    try:
        yield
    except GitlabError as error:
        status = error.response_code or 0
        if status not in fine:
            raise ForgeError(status, _text(error.error_message), limited=status == 429) from None
    except RequestException as error:
        raise ForgeError(0, f"no answer: {type(error).__name__}") from None


def _text(said: object) -> str:
    """Return GitLab's reason, which may be a text, or a mapping of fields to lists of texts."""
    if isinstance(said, bytes):
        return said.decode(errors="replace") or "no reason given"
    if isinstance(said, dict):
        return "; ".join(f"{field} {' '.join(map(str, found))}" for field, found in said.items())
    return str(said or "no reason given")
