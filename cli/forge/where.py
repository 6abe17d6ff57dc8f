"""Which forge is meant, as pipelines say it in their variables, and with which token."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

import typer

from cli._codes import Code
from cli._errors import CliError
from cli.forge._base import ForgeError, Repository
from cli.forge._github import GitHub
from cli.forge._gitlab import GitLab
from review.secrets import message


class Kind(StrEnum):
    """The forges that are known."""

    GITHUB = "github"
    GITLAB = "gitlab"


@dataclass(frozen=True, kw_only=True)
class Variables:
    """The variables that a forge's own pipelines set.

    Attributes:
        token: nothing but this one: a job's other tokens are for other things.
    """

    api: str
    repository: str
    token: str


VARIABLES = {
    Kind.GITHUB: Variables(api="GITHUB_API_URL", repository="GITHUB_REPOSITORY", token="GITHUB_TOKEN"),
    Kind.GITLAB: Variables(api="CI_API_V4_URL", repository="CI_PROJECT_ID", token="GITLAB_TOKEN"),
}

ForgeOption = Annotated[
    Kind | None, typer.Option("--forge", help="Absent: the one whose pipeline this is.", case_sensitive=False)
]
RepositoryOption = Annotated[
    str | None,
    typer.Option(
        "--repository", help="`owner/name`, or GitLab's path or number of the project. Absent: the pipeline's own."
    ),
]

WAYS_ON = {
    0: "look at the network and at the address of the API ({api})",
    401: "give a token that is valid in {token}",
    403: "let the token in {token} write comments, labels and statuses: GitHub: `pull-requests: write` and "
    "`statuses: write`; GitLab: scope `api`, role Developer or higher",
    404: "correct --repository and --number; a token that may not see them is told the same",
    409: "somebody else writes at the same time: run it again",
    413: "write a shorter comment: see review/limits.py",
    422: "the forge takes no such text: the message says why",
    429: "run it again later: it was asked too often",
}
"""What to do about a status; any other of 500 and above is the forge's own trouble."""


def repository(kind: Kind | None, name: str | None) -> tuple[Kind, Repository]:
    """Return the repository that is meant.

    Raises:
        CliError: nothing says which, or there is no token.
    """
    kind = kind or _here()
    variables = VARIABLES[kind]
    name = name or os.environ.get(variables.repository)
    if not name:
        raise CliError("nothing says which repository is meant", "add --repository", Code.USAGE)
    token = os.environ.get(variables.token)
    if not token:
        raise CliError(f"{variables.token} is not set", f"put a token into {variables.token}", Code.USAGE)
    url = os.environ.get(variables.api) or DEFAULT[kind]
    return kind, (GitHub if kind is Kind.GITHUB else GitLab)(url, name, token)


DEFAULT = {Kind.GITHUB: "https://api.github.com", Kind.GITLAB: "https://gitlab.com/api/v4"}


def _here() -> Kind:
    if os.environ.get("GITHUB_ACTIONS"):
        return Kind.GITHUB
    if os.environ.get("GITLAB_CI"):
        return Kind.GITLAB
    raise CliError("nothing says which forge is meant", "add --forge github or --forge gitlab", Code.USAGE)


@contextmanager
def named(kind: Kind, what: str) -> Iterator[None]:
    """Turn a forge's error into one for a person: what was not done, why, and the way on. No token is in it."""
    try:
        yield
    except ForgeError as error:
        variables = VARIABLES[kind]
        status = f"{error.status} " if error.status else ""
        told = message(" ".join(error.message.split()))[:400]
        if token := os.environ.get(variables.token):
            told = told.replace(token, "[secret]")
        way = WAYS_ON[429] if error.limited else WAYS_ON.get(error.status, "run it again later")
        api = os.environ.get(variables.api) or DEFAULT[kind]
        raise CliError(
            f"{what}: {kind.value} answers {status}{told}", way.format(token=variables.token, api=message(api))
        ) from None
