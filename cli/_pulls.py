"""What verbs about pull requests report: `comment`, `affected`, `review`."""

from typing import Literal

from cli._reports import Report, Rows


class CommentReport(Report):
    """`paas comment`."""

    number: int
    """The pull request's."""

    comment: Literal["written", "edited", "unchanged", "out of date"]
    """What became of the comment; `out of date`: the pull request has a newer commit, and nothing was written."""

    verdict: str
    """blocked, careful or routine."""

    labels: tuple[str, ...]
    """Those of ours that the pull request has now; none where it has a newer commit."""

    def rows(self) -> list[Rows]:
        """Return what was done."""
        row = [str(self.number), self.comment, self.verdict, ", ".join(self.labels)]
        return [Rows(("pull request", "comment", "verdict", "labels"), [row])]
