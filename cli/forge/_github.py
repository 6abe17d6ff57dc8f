"""Pull requests on GitHub, by PyGithub."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from cli.forge._base import ForgeError, Label, Note, State, Status
from review import limits

if TYPE_CHECKING:
    from github.GithubException import GithubException
    from github.PullRequest import PullRequest
    from github.Repository import Repository

TIMEOUT = 20  # seconds for one answer
PAGE = 100  # the most that GitHub gives at once

STATES: dict[str, State] = {"success": "success", "failure": "failure"}


class GitHub:
    """A repository on github.com, or on an enterprise's own server.

    Args:
        url: of the API, such as `https://api.github.com`.
        name: `owner/name`.
    """

    def __init__(self, url: str, name: str, token: str) -> None:
        from github import Auth, Github  # noqa: PLC0415  # takes half a second to load, and few verbs need it

        self._api = Github(
            auth=Auth.Token(token),
            base_url=url.rstrip("/"),
            timeout=TIMEOUT,
            per_page=PAGE,
            retry=None,  # see cli.forge.patience: a write is never repeated without a look at what became of it
            seconds_between_requests=None,
            seconds_between_writes=None,
            lazy=True,
        )
        self._name = name

    @cached_property
    def repository(self) -> Repository:
        """The repository; nothing is asked yet."""
        return self._api.get_repo(self._name)

    def me(self) -> str:
        """Return whose token it is: only this query answers to the tokens of Actions and of apps as well."""
        with _told():
            _, found = self._api.requester.graphql_query("query { viewer { login } }", {})
        return str(found["data"]["viewer"]["login"])

    def pull(self, number: int) -> GitHubPull:
        """Return a pull request."""
        return GitHubPull(self, number)

    def open_pulls(self) -> dict[int, str]:
        """Return the newest commit of each open pull request, by number."""
        with _told():
            return {pull.number: pull.head.sha for pull in self.repository.get_pulls(state="open")}


class GitHubPull:
    """A pull request."""

    limits = limits.GITHUB

    def __init__(self, where: GitHub, number: int) -> None:
        self._where = where
        self._number = number

    @property
    def _pull(self) -> PullRequest:
        return self._where.repository.get_pull(self._number)

    def me(self) -> str:
        """Return the login name."""
        return self._where.me()

    def head(self) -> str:
        """Return the newest commit."""
        with _told():
            return self._pull.head.sha

    def notes(self) -> Iterator[Note]:
        """Yield all comments."""
        with _told():
            for each in self._pull.get_issue_comments():
                yield Note(id=each.id, author=each.user.login if each.user else "", body=each.body or "")

    def write(self, body: str) -> None:
        """Write a comment."""
        with _told():
            self._pull.create_issue_comment(body)

    def edit(self, note: int, body: str) -> None:
        """Give a comment another text."""
        with _told():
            self._pull.get_issue_comment(note).edit(body)

    def remove(self, note: int) -> None:
        """Remove a comment; one that somebody else has removed meanwhile is gone as well."""
        with _told(404):
            self._pull.get_issue_comment(note).delete()

    def labels(self) -> set[str]:
        """Return the labels' names."""
        with _told():
            return {label.name for label in self._pull.get_labels()}

    def put(self, label: Label) -> None:
        """Put a label on it; 422: the repository has the label already."""
        with _told(422):
            self._where.repository.create_label(label.name, label.colour, label.text)
        with _told():
            self._pull.add_to_labels(label.name)

    def drop(self, label: str) -> None:
        """Take a label off; 404: somebody else has."""
        with _told(404):
            self._pull.remove_from_labels(label)

    def status(self, commit: str, name: str) -> Status | None:
        """Return the newest status of a name."""
        with _told():
            for each in self._where.repository.get_commit(commit).get_statuses():
                if each.context == name:
                    state = STATES.get(each.state)
                    return state and Status(state=state, text=each.description or "", url=each.target_url or "")
        return None

    def tell(self, commit: str, name: str, status: Status) -> None:
        """Say something of a commit."""
        from github.GithubObject import NotSet  # noqa: PLC0415

        with _told():
            self._where.repository.get_commit(commit).create_status(
                status.state,
                target_url=status.url or NotSet,
                description=status.text,
                context=name,
            )


@contextmanager
def _told(*fine: int) -> Iterator[None]:
    """Turn what the library raises into ForgeError, but for statuses that are as good as success."""
    from github import GithubException  # noqa: PLC0415
    from requests import RequestException  # noqa: PLC0415

    try:
        yield
    except GithubException as error:
        if error.status not in fine:
            raise _error(error) from None
    except RequestException as error:
        raise ForgeError(0, f"no answer: {type(error).__name__}") from None


def _error(error: GithubException) -> ForgeError:
    from github import RateLimitExceededException  # noqa: PLC0415

    headers = {name.lower(): value for name, value in (error.headers or {}).items()}
    wait = headers.get("retry-after", "")
    data = error.data if isinstance(error.data, dict) else {}
    said = [str(data.get("message") or error.message or "no reason given")]
    said += [str(each["message"]) for each in data.get("errors") or () if isinstance(each, dict) and "message" in each]
    return ForgeError(
        error.status,
        "; ".join(said),
        wait=float(wait) if wait.isdecimal() else None,
        limited=isinstance(error, RateLimitExceededException),
    )
