"""The pictures of the guide, from a real browser: `python -m tests.pictures` writes them anew. Look at them."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from playwright.sync_api import Browser

from review import picture
from review.picture import Picture
from review.report import report
from spec import TenantSpec
from tests.browser import DESK, PHONE, browser, shown
from tests.e2e.stacks import ROOT
from tests.examples import SPECS
from tests.review.comments import ABOUT, mixed

FOLDER = ROOT / "docs" / "pictures"
PAGE = "<!doctype html><style>:root {{ color-scheme: light dark }} body {{ margin: 8px }}</style>{}"


def main() -> None:
    """Write all pictures."""
    FOLDER.mkdir(exist_ok=True)
    with browser() as chromium, TemporaryDirectory() as made:
        folder = Path(made)
        page = folder / "report.html"
        page.write_text(report(mixed(), ABOUT))
        _take(chromium, page, "report-desk", DESK)
        _take(chromium, page, "report-desk-dark", DESK, scheme="dark")
        _take(chromium, page, "report-phone", PHONE)
        for name, drawn in _graphs().items():
            page.write_text(PAGE.format(f"<style>{picture.STYLE}</style>{picture.svg(drawn)}"))
            _take(chromium, page, name, DESK, part="svg")


def _graphs() -> dict[str, Picture]:
    acme = SPECS["acme-prod"]
    assert isinstance(acme, TenantSpec)
    return {"graph-fleet": picture.fleet(SPECS), "graph-tenant": picture.tenant(acme)}


def _take(
    chromium: Browser,
    page: Path,
    name: str,
    size: tuple[int, int],
    *,
    scheme: Literal["light", "dark"] = "light",
    part: str = "",
) -> None:
    with shown(chromium, page, size, scheme) as seen:
        path = FOLDER / f"{name}.png"
        if part:
            seen.page.locator(part).screenshot(path=path)
        else:
            seen.page.screenshot(path=path, full_page=True)
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1024} KiB")


if __name__ == "__main__":
    main()
