"""What every forge can do, in words that are no forge's own: a pull request is GitLab's merge request as well."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

from review import limits

State = Literal["success", "failure"]
"""Of a commit: nothing speaks against it, or something does."""


@dataclass(frozen=True, kw_only=True)
class Note:
    """A comment.

    Attributes:
        id: the lower, the older.
        author: its login name.
    """

    id: int
    author: str
    body: str


@dataclass(frozen=True, kw_only=True)
class Status:
    """What a commit's page says beside it, under our name."""

    state: State
    text: str
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class Label:
    """A label.

    Attributes:
        colour: six hexadecimal digits.
    """

    name: str
    colour: str
    text: str


class ForgeError(Exception):
    """What a forge refuses, or does not answer.

    Attributes:
        status: of HTTP; 0: no answer.
        wait: seconds after which it wants to be asked again; None: it does not say.
        limited: it refuses since it was asked too often.
    """

    def __init__(self, status: int, message: str, *, wait: float | None = None, limited: bool = False) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.wait = wait
        self.limited = limited

    @property
    def passing(self) -> bool:
        """Whether the same may be granted later."""
        return self.limited or self.status in (0, 429) or self.status >= 500


class Forge(Protocol):
    """One pull request on one forge. Every method raises ForgeError, and asks once."""

    limits: limits.Forge

    def me(self) -> str:
        """Return the login name under which comments are written."""

    def head(self) -> str:
        """Return the newest commit of the pull request."""

    def notes(self) -> Iterator[Note]:
        """Yield all comments, whatever number of pages they fill."""

    def write(self, body: str) -> None:
        """Write a comment."""

    def edit(self, note: int, body: str) -> None:
        """Give a comment another text."""

    def remove(self, note: int) -> None:
        """Remove a comment."""

    def labels(self) -> set[str]:
        """Return the names of the pull request's labels."""

    def put(self, label: Label) -> None:
        """Put a label on the pull request, made where the forge does not have it."""

    def drop(self, label: str) -> None:
        """Take a label off the pull request."""

    def status(self, commit: str, name: str) -> Status | None:
        """Return what is said of a commit under a name."""

    def tell(self, commit: str, name: str, status: Status) -> None:
        """Say something of a commit under a name."""


class Repository(Protocol):
    """A repository on one forge. Every method raises ForgeError, and asks once."""

    def pull(self, number: int) -> Forge:
        """Return a pull request."""

    def open_pulls(self) -> dict[int, str]:
        """Return the newest commit of each open pull request, by number."""
