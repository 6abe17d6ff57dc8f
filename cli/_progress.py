"""How far runs are: a live line for each stack on a terminal, one plain line for each change elsewhere. On stderr."""

import os
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import Progress as Bars
from rich.progress import SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from cli._output import say
from cli._runs import Change

WIDEST = 60
"""Characters of what goes on."""


class Track:
    """One stack's run."""

    def __init__(self, stack: str, show: "Progress", task: TaskID | None) -> None:
        self.stack = stack
        self.began = time.monotonic()
        self.result = "failed"
        self._show = show
        self._task = task

    @property
    def seconds(self) -> float:
        """How long it has taken until now."""
        return round(time.monotonic() - self.began, 1)

    def at(self, done: int, text: str) -> None:
        """Tell how many resources are through, and what goes on."""
        if self._task is not None:
            self._show.bars.update(self._task, done=f"{done} resources" if done else "", doing=text[:WIDEST])

    def change(self, change: Change) -> None:
        """Tell what has just been done."""
        if self._task is None:
            say(f"  {self.stack}: {change.op} {change.type} {change.name} ({self.seconds:.1f} s)")

    def end(self) -> None:
        """Tell how it ended."""
        if self._task is None:
            say(f"{self.stack}: {self.result} ({self.seconds:.1f} s)")
        else:
            self._show.bars.update(self._task, total=1, completed=1, doing=self.result)


class Progress(AbstractContextManager["Progress"]):
    """Shows runs while they go on."""

    def __init__(self, verb: str) -> None:
        self.verb = verb
        console = Console(stderr=True, highlight=False)
        self.live = console.is_terminal and "CI" not in os.environ
        self.bars = Bars(
            SpinnerColumn(finished_text="·"),
            TextColumn("{task.description:<42}"),
            TimeElapsedColumn(),
            TextColumn("{task.fields[done]}"),
            TextColumn("[dim]{task.fields[doing]}[/]"),
            console=console,
        )

    def __enter__(self) -> Self:
        if self.live:
            self.bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.live:
            self.bars.stop()

    @contextmanager
    def track(self, stack: str) -> Iterator[Track]:
        """Show the run on a stack while the block runs."""
        task = self.bars.add_task(f"{self.verb} {stack}", total=None, done="", doing="") if self.live else None
        if task is None:
            say(f"{stack}: {self.verb} begins")
        track = Track(stack, self, task)
        try:
            yield track
        finally:
            track.end()
