"""A real browser that shows a page, and what it says and asks for meanwhile."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, sync_playwright

PHONE = (390, 844)
DESK = (1440, 900)


@dataclass(frozen=True)
class Shown:
    """A page that is shown.

    Attributes:
        complaints: errors and warnings of its console, and errors of scripts.
        asked: addresses that it loads, beside itself.
    """

    page: Page
    complaints: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def overflow(self) -> int:
        """Return by how many pixels the page is wider than the window."""
        wide: int = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        return max(0, wide)


@contextmanager
def browser() -> Iterator[Browser]:
    """Give the browser that `python -m sandbox up --tests` installs."""
    program = shutil.which("chromium")
    if program is None:
        raise FileNotFoundError("chromium is not on PATH: python -m sandbox up --tests")
    with sync_playwright() as driver:
        # The machine's own sandbox of it needs rights that containers lack; pages here are ours alone.
        made = driver.chromium.launch(executable_path=program, args=["--disable-gpu", "--disable-dev-shm-usage"])
        try:
            yield made
        finally:
            made.close()


@contextmanager
def shown(
    within: Browser, path: Path, size: tuple[int, int] = DESK, scheme: Literal["light", "dark"] = "light"
) -> Iterator[Shown]:
    """Show a file in a window of a size, by day or by night."""
    context = within.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    try:
        found = Shown(context.new_page())
        own = path.resolve().as_uri()
        found.page.on("console", lambda said: found.complaints.append(f"{said.type}: {said.text}"))
        found.page.on("pageerror", lambda error: found.complaints.append(str(error)))
        found.page.on("request", lambda asked: found.asked.append(asked.url) if asked.url != own else None)
        found.page.goto(own)
        yield found
    finally:
        context.close()
