"""Asking a forge again: for what passes by itself, a few times, for as long as a person would wait.

What is asked again is a whole step that looks first and then writes what is missing. A write whose answer was lost is
so found done; the libraries' own retries would do it twice, and are off.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from cli.forge._base import ForgeError

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long to go on.

    Attributes:
        tries: in all.
        first: seconds before the second try; each later wait is twice as long.
        longest: seconds that a forge may ask for before it is given up.
    """

    tries: int = 6
    first: float = 1.0
    longest: float = 120.0
    sleep: Callable[[float], None] = time.sleep

    def of(self, step: Callable[[], T]) -> T:
        """Return what a step returns, which must be safe to repeat.

        Raises:
            ForgeError: the last one, or one that does not pass.
        """
        for turn in range(self.tries):
            try:
                return step()
            except ForgeError as error:
                wait = self.first * 2**turn if error.wait is None else error.wait
                if not error.passing or turn == self.tries - 1 or wait > self.longest:
                    raise
                self.sleep(wait)
        raise AssertionError("a Patience of no tries")
