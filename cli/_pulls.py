"""What verbs about pull requests report: `affected`, `review`, `comment`."""

from typing import Literal

from cli._reports import Report, Rows
from spec import Model


class CommentReport(Report):
    """`paas comment`."""

    number: int
    """The pull request's."""

    comment: Literal["written", "edited", "unchanged", "out of date"]
    """What became of the comment; `out of date`: the pull request has a newer commit, and nothing was written."""

    verdict: str
    """blocked, careful or routine."""

    labels: tuple[str, ...]
    """Those of ours that were put on, or are there; none where the comment is out of date, or not the review's."""

    def rows(self) -> list[Rows]:
        """Return what was done."""
        row = [str(self.number), self.comment, self.verdict, ", ".join(self.labels)]
        return [Rows(("pull request", "comment", "verdict", "labels"), [row])]


class AffectedStack(Model):
    """A stack that a change can reach."""

    stack: str
    """Its name."""

    files: tuple[str, ...]
    """The changed files that reach it, from the project's folder."""


class AffectedReport(Report):
    """`paas affected`."""

    base: str
    """The commit that the change is compared with."""

    stacks: tuple[AffectedStack, ...]
    """Those that it can reach, by name."""

    gone: tuple[str, ...]
    """Stacks whose files are deleted: what they made is still there, until `paas destroy`."""

    def rows(self) -> list[Rows]:
        """Return a row for each stack."""
        rows = [[each.stack, each.files[0], str(len(each.files))] for each in self.stacks]
        gone = [Rows(("stack without its file",), [[stack] for stack in self.gone])] if self.gone else []
        return [*gone, Rows(("stack", "because of", "files"), rows)]


class ReviewReport(Report):
    """`paas review`."""

    base: str
    """The commit that the change is compared with."""

    verdict: str
    """blocked, careful or routine."""

    reasons: tuple[str, ...]
    """Why."""

    stacks: tuple[str, ...]
    """Those that were previewed."""

    gone: tuple[str, ...]
    """Stacks whose files are deleted: what they made is still there, until `paas destroy`."""

    files: tuple[str, ...]
    """What was written: the review as data, the full report, the comment, and plans where they were asked for."""

    def rows(self) -> list[Rows]:
        """Return the verdict, and what was written."""
        gone = [Rows(("stack without its file",), [[stack] for stack in self.gone])] if self.gone else []
        verdict = [self.verdict, "; ".join(self.reasons), str(len(self.stacks))]
        written = Rows(("written",), [[file] for file in self.files])
        return [*gone, Rows(("verdict", "why", "stacks"), [verdict]), written]
