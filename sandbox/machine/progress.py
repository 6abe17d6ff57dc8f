"""Progress of long steps: a live line with elapsed time on a terminal, one plain line a step elsewhere.

with Progress("sandbox") as progress:
    with progress.step("etcd") as step:
        step.say("compiling")       # what goes on right now
"""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

PULSE = 30.0  # seconds between plain lines of one step, so that a CI log shows life


class Step:
    """One step under way."""

    def __init__(self, name: str, show: "Progress", task: TaskID | None) -> None:
        self.name = name
        self.began = time.monotonic()
        self._show = show
        self._task = task
        self._last = self.began

    def say(self, text: str) -> None:
        """Tell what goes on right now. Cheap enough to be called in a loop."""
        self.set(None, None, text)

    def set(self, done: int | None, total: int | None, text: str) -> None:
        """Tell how far it is, of how much (None: not known), and what goes on."""
        if self._task is not None:
            self._show.bars.update(self._task, completed=done, total=total, doing=text[:60])
        elif time.monotonic() - self._last >= PULSE:
            self._last = time.monotonic()
            share = f" {done}/{total}" if total else ""
            self._show.line(f"  … {self.name}:{share} {text} ({self._last - self.began:.0f} s)")


class Progress(AbstractContextManager["Progress"]):
    """Shows steps on stderr; stdout stays free for data."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.console = Console(stderr=True, highlight=False)
        self.live = self.console.is_terminal and "CI" not in os.environ
        self.bars = Bars(
            SpinnerColumn(finished_text="[green]✔[/]"),
            TextColumn("{task.description:<34}"),
            BarColumn(bar_width=20),
            TimeElapsedColumn(),
            TextColumn("[dim]{task.fields[doing]}[/]"),
            console=self.console,
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

    def line(self, text: str) -> None:
        """Print one line that stays."""
        if self.live:
            self.bars.console.print(text)
        else:
            print(text, file=sys.stderr, flush=True)

    @contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """Show `name` while the block runs, then how long it took."""
        task = self.bars.add_task(name, total=None, doing="") if self.live else None
        step = Step(name, self, task)
        try:
            yield step
        except BaseException:
            self._end(step, task, "✘")
            raise
        self._end(step, task, "✔")

    def _end(self, step: Step, task: TaskID | None, mark: str) -> None:
        took = time.monotonic() - step.began
        if task is not None:
            self.bars.update(task, total=1, completed=1, doing=mark if mark != "✔" else "")
        else:
            self.line(f"{mark} {step.name} ({took:.1f} s)")
