"""What `paas drill` reports, and how each drill ends."""

import typer

from cli._codes import Code
from cli._output import Output, emit
from cli._reports import Report, Rows
from drills import Verdict


class DrillReport(Report):
    """`paas drill ...`."""

    verdict: Verdict
    """What the drill found."""

    def rows(self) -> list[Rows]:
        """Return its checks, then what was measured."""
        found = self.verdict
        title = f"{found.drill} of {found.namespace}/{found.subject}: {'passed' if found.passed else 'FAILED'}"
        checks = [[check.name, check.found, check.wanted, "ok" if check.ok else "failed"] for check in found.checks]
        figures = [[name, f"{value:g}"] for name, value in found.figures.items()]
        return [Rows(("check", "found", "wanted", ""), checks, title), Rows(("figure", ""), figures)]


def finish(verdict: Verdict, output: Output) -> None:
    """Write the verdict, and exit with 0 where it is a good one, else with 1."""
    emit(DrillReport(verdict=verdict), output)
    raise typer.Exit(Code.DONE if verdict.passed else Code.FAILED)
