"""`paas comment`: a review becomes the one comment, the labels and the status of a pull request.

It takes a review that another job wrote, since that job may have run a stranger's program and so must not be able to
write. Which pull request is meant is never read from the review.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from cli._codes import Code
from cli._errors import CliError
from cli._output import Output, OutputOption, emit, say
from cli._pulls import CommentReport
from cli.forge._base import Forge, ForgeError, Repository, Status
from cli.forge.labels import label, wanted
from cli.forge.patience import Patience
from cli.forge.sticky import Written, upsert
from cli.forge.where import ForgeOption, Kind, RepositoryOption, named, repository
from review.assess import Assessment
from review.handover import HandoverError, missing, read
from review.limits import size
from review.markdown import WORDS, About, marker
from review.markdown import comment as rendered
from review.verdict import Verdict

REFUSED = (400, 413, 422)
"""How forges refuse a text that is too long for them, among other things."""

SHORTER = 4
"""Times that a forge which takes less than others of its kind is tried with a shorter text."""

_MAXIMUM = re.compile(r"maximum is (\d+)")

LONGEST_STATUS = 140
"""Characters; GitHub takes no more, and GitLab 255."""

MAIN = "review"
"""The key of the comment whose verdict the labels tell; others would take them off each other."""

PATIENCE = Patience()


def comment_(
    review: Annotated[Path, typer.Argument(help="What `paas review` has written: review.json.")],
    *,
    forge: ForgeOption = None,
    repository_: RepositoryOption = None,
    number: Annotated[int | None, typer.Option(min=1, help="The pull request's number.")] = None,
    commit: Annotated[
        str, typer.Option(help="What was reviewed; it gets the status. A newer one in the pull request wins.")
    ] = "",
    base: Annotated[str, typer.Option(help="The merge base, as it is shown.")] = "",
    report: Annotated[str, typer.Option(help="Address of the full report.")] = "",
    run: Annotated[str, typer.Option(help="Address of the run.")] = "",
    rules: Annotated[
        str, typer.Option(help="Address of the catalogue of rules, up to a rule's anchor: https://.../policies.md#")
    ] = "",
    key: Annotated[
        str, typer.Option(help="Tells this comment and status from others; labels are those of `review`.")
    ] = MAIN,
    output: OutputOption = Output.TABLE,
) -> None:
    """Write a review to its pull request: one comment that is kept up to date, labels, and a status of the commit.

    Where the review is missing or cannot be read, that is what is written, and the exit code is 1 or 7.
    """
    found, code = _read(review)
    kind, where = repository(forge, repository_)
    with named(kind, "the pull request is not found"):
        number = number or PATIENCE.of(lambda: _number(where, commit))
    pull = where.pull(number)
    about = About(key=key, commit=commit[:12], base=base[:12], report=report, run=run, rules=rules)
    written = _post(kind, pull, found, about, commit)
    labels = wanted(found) if key == MAIN and written != "out of date" else []
    if labels:
        with named(kind, "the labels are not set"):
            PATIENCE.of(lambda: label(pull, labels))
    if commit:
        status = status_of(found, run)
        with named(kind, "the status is not set"):
            PATIENCE.of(lambda: _tell(pull, commit, f"paas/{key}", status))
    names = tuple(each.name for each in labels)
    emit(CommentReport(number=number, comment=written, verdict=found.verdict.value, labels=names), output)
    raise typer.Exit(code)


def _read(path: Path) -> tuple[Assessment, Code]:
    try:
        return read(path), Code.DONE
    except OSError as error:
        why, code = f"the run ended before it wrote its review ({error.strerror})", Code.FAILED
    except HandoverError as error:
        why, code = str(error), Code.INVALID
    say(f"error: {path}: {why}\n  fix: look at the run that should have written it")
    return missing(why), code


def _number(where: Repository, commit: str) -> int:
    """Return the open pull request whose newest commit is `commit`.

    Raises:
        CliError: there is none, or more than one.
    """
    numbers = [number for number, head in where.open_pulls().items() if commit and head == commit]
    if len(numbers) != 1:
        found = ", ".join(map(str, numbers)) or "none"
        raise CliError(f"open pull requests whose newest commit is {commit or '?'}: {found}", "add --number")
    return numbers[0]


def _post(kind: Kind, pull: Forge, found: Assessment, about: About, commit: str) -> Written:
    """Write the comment; where the forge refuses its length, a shorter one."""
    limit = pull.limits
    for turn in range(SHORTER + 1):
        body = rendered(found, about, limit)
        try:
            return PATIENCE.of(_step(pull, about, body, commit))
        except ForgeError as error:
            if error.status not in REFUSED or turn == SHORTER:
                with named(kind, "the comment is not written"):
                    raise
            say(f"the comment is refused ({error.status}): a shorter one is tried")
            told = _MAXIMUM.search(error.message)
            limit = replace(limit, comment=min(int(told[1]) if told else size(body), size(body) // 2))
    raise AssertionError("no way out of the loop")


def _step(pull: Forge, about: About, body: str, commit: str) -> Callable[[], Written]:
    return lambda: upsert(pull, marker(about.key), body, commit)


def status_of(found: Assessment, run: str) -> Status:
    """Return what is said beside the commit. What needs a careful look is a reviewer's to decide, and no failure."""
    reasons = f": {'; '.join(found.reasons)}" if found.reasons else ""
    return Status(
        state="failure" if found.verdict is Verdict.BLOCKED else "success",
        text=f"{WORDS[found.verdict]}{reasons}"[:LONGEST_STATUS],
        url=run if run.startswith(("https://", "http://")) else "",
    )


def _tell(pull: Forge, commit: str, name: str, status: Status) -> None:
    if pull.status(commit, name) != status:
        pull.tell(commit, name, status)
