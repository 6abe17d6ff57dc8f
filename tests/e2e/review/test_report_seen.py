"""Reports and pictures as a real browser shows them, on a phone and on a desk, by day and by night."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser

from review import picture
from review.assess import Assessment
from review.report import report
from tests.browser import DESK, PHONE, browser, shown
from tests.builders import a_tenant, an_app
from tests.review.comments import ABOUT, assessed, different, fleet, mixed

pytestmark = pytest.mark.e2e

REPORTS: dict[str, Callable[[], Assessment]] = {
    **{name: lambda name=name: assessed(name) for name in ("replaces", "refused", "program", "hostile", "tenant")},  # type: ignore[misc]  # lambdas bind late
    "mixed": mixed,
    "same": lambda: fleet("routine", 37),
    "different": lambda: different(60),
}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as made:
        yield made


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("name", REPORTS)
def test_a_report_is_readable_and_quiet(
    chromium: Browser, tmp_path: Path, name: str, size: tuple[int, int], scheme: Literal["light", "dark"]
) -> None:
    path = tmp_path / "report.html"
    path.write_text(report(REPORTS[name](), ABOUT))
    with shown(chromium, path, size, scheme) as seen:
        assert (seen.complaints, seen.asked) == ([], [])
        seen.page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert seen.overflow() == 0
        assert seen.page.locator("h1").is_visible()
        assert seen.page.evaluate(TOO_SMALL) == []
        assert seen.page.evaluate(TOO_FAINT) == []
        assert seen.page.evaluate(TOO_LONG) == []
        assert (seen.complaints, seen.asked) == ([], [])


def test_details_open_and_close(chromium: Browser, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(report(assessed("tenant")))
    with shown(chromium, path) as seen:
        inner = seen.page.locator("details.change").first
        line = inner.locator("pre")
        assert not line.is_visible()
        inner.locator("summary").click()
        assert line.is_visible()
        assert "+ " in line.inner_text()
        inner.locator("summary").press("Enter")
        assert not line.is_visible()


def test_a_drawing_is_readable_by_itself(chromium: Browser, tmp_path: Path) -> None:
    apps = {"web": an_app(hosts=["www.acme.example"], bindings={"api": {"app": "api"}}), "api": an_app()}
    path = tmp_path / "graph.svg"
    path.write_text(picture.svg(picture.tenant(a_tenant(apps=apps, domains=["acme.example"])), alone=True))
    with shown(chromium, path) as seen:
        assert (seen.complaints, seen.asked) == ([], [])
        assert seen.page.evaluate("document.documentElement.tagName") == "svg"
        assert seen.page.evaluate(TOO_LONG) == []


def test_what_is_wrong_with_a_page_is_found(chromium: Browser, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(
        "<!doctype html><style>body{background:#fff}</style><h1>a</h1>"
        "<p style='width:3000px;color:#ddd;font-size:6px'>small and faint</p>"
        "<svg class='picture'><g class='node'><rect width='20' height='20'/><text>much too long</text></g></svg>"
        "<img src='https://nowhere.invalid/a.png'><script>console.error('no')</script>"
    )
    with shown(chromium, path) as seen:
        seen.page.wait_for_load_state()
        assert seen.asked == ["https://nowhere.invalid/a.png"]
        assert "error: no" in seen.complaints
        assert seen.overflow() > 0
        assert seen.page.evaluate(TOO_SMALL) == ["small and faint"]
        assert seen.page.evaluate(TOO_FAINT) == ["small and faint"]
        assert seen.page.evaluate(TOO_LONG) == ["much too long"]


LEAVES = """
const leaves = [...document.querySelectorAll('body *')].filter(each => !each.closest('svg') && each.checkVisibility()
  && [...each.childNodes].some(node => node.nodeType === 3 && node.textContent.trim()));
"""
TOO_SMALL = f"(() => {{{LEAVES} return leaves.filter(each => parseFloat(getComputedStyle(each).fontSize) < 11.5)"
TOO_SMALL += ".map(each => each.textContent)})()"
"""Texts below 11.5 pixels."""

TOO_FAINT = f"""(() => {{{LEAVES}
const parts = colour => colour.match(/[\\d.]+/g).map(Number);
const light = ([r, g, b]) => [r, g, b].map(c => c / 255).map(c => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
  .reduce((sum, c, n) => sum + c * [.2126, .7152, .0722][n], 0);
const ground = each => {{ for (let at = each; at; at = at.parentElement) {{
  const found = parts(getComputedStyle(at).backgroundColor); if (found.length < 4 || found[3] > 0) return found; }}
  return [255, 255, 255]; }};
return leaves.filter(each => {{ const [a, b] = [parts(getComputedStyle(each).color), ground(each)].map(light);
  return (Math.max(a, b) + .05) / (Math.min(a, b) + .05) < 4.5; }}).map(each => each.textContent); }})()"""
"""Texts whose contrast with what they stand on is below 4.5, which WCAG 2 AA asks for."""

TOO_LONG = """[...document.querySelectorAll('.picture .node')].filter(node => {
  const box = node.querySelector('rect').getBoundingClientRect();
  return [...node.querySelectorAll('text:not(.mark)')].some(each => each.getBoundingClientRect().right > box.right); })
  .map(node => node.querySelector('text').textContent)"""
"""Names that leave their box."""
