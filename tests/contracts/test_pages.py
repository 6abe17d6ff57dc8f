"""The pages of the repository: every link leads somewhere (row V2)."""

from pathlib import Path

import pytest

from tests.markdown import anchors, links

ROOT = Path(__file__).parents[2]
PAGES = [*ROOT.glob("*.md"), *sorted((ROOT / "docs").rglob("*.md"))]
ELSEWHERE = ("https://", "http://", "mailto:")


def broken(page: Path) -> list[str]:
    """Return the links within the repository that lead nowhere."""
    return [link for link in links(page.read_text()) if not link.startswith(ELSEWHERE) and not _leads(page, link)]


def _leads(page: Path, link: str) -> bool:
    path, mark, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    return target.exists() and (not mark or anchor in anchors(target.read_text()))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_within_the_repository_leads_somewhere(page: Path) -> None:
    assert broken(page) == []


def test_links_that_lead_nowhere_are_found(tmp_path: Path) -> None:
    (tmp_path / "there.md").write_text("# Every one\n\n## Every one\n\n```\n## Not one\n```\n")
    page = tmp_path / "page.md"
    kept = "[a](there.md#every-one) [b](there.md#every-one-1) [c](there.md) `[d](gone.md)` [e](https://example.com#x)"
    wrong = "[f](gone.md) [g](there.md#not-one) [h](#here)"
    page.write_text(f"{kept}\n{wrong}\n")
    assert broken(page) == ["gone.md", "there.md#not-one", "#here"]
