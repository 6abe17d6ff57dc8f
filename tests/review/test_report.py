"""The report is one whole file, loads nothing, runs nothing, and holds no secret."""

from decimal import Decimal
from html.parser import HTMLParser

import pytest
from typing_extensions import override

from review.assess import assess
from review.build import review
from review.report import report
from tests.review.comments import ABOUT, assessed, fleet
from tests.review.logs import recorded
from tests.review.manifests import CANARY, Z
from tests.review.scenarios import SCENARIOS

VOID = {"meta", "br"}
DRAWN = {"rect", "path", "circle"}
"""What closes itself."""

KNOWN = {
    *(
        "html",
        "head",
        "title",
        "style",
        "body",
        "main",
        "h1",
        "h2",
        "p",
        "div",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
    ),
    *("code", "details", "summary", "small", "strong", "pre", "span", "header", "footer", "ul", "li", "dl", "dt", "dd"),
    *("figure", "figcaption", "svg", "desc", "g", "text"),
}


class Reader(HTMLParser):
    """Notes what is opened and not closed, and what has no business here."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.strange: list[str] = []
        self.said = ""

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        if tag not in KNOWN | VOID:
            self.strange.append(tag)
        self.strange += [name for name, _ in attrs if name.startswith("on") or name in ("src", "href", "style")]

    @override
    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.strange += [tag] if tag not in DRAWN else [name for name, _ in attrs if name.startswith("on")]

    @override
    def handle_endtag(self, tag: str) -> None:
        if self.open.pop() != tag:
            self.strange.append(f"</{tag}>")

    @override
    def handle_data(self, data: str) -> None:
        self.said += data


def read(text: str) -> Reader:
    found = Reader()
    found.feed(text)
    found.close()
    return found


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_report_is_whole_and_needs_nothing(name: str) -> None:
    text = report(assessed(name), ABOUT)
    found = read(text)
    assert (found.open, found.strange) == ([], [])
    assert CANARY not in text
    assert "url(" not in text
    assert "@import" not in text


def test_text_of_others_is_text() -> None:
    found = read(report(assessed("hostile"), ABOUT))
    assert found.strange == []
    assert '+ data.level: "<img src=x onerror=alert(1)> | @everyone ```\\n</details> **bold**"' in found.said


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("deletes", "PersistentVolumeClaim files: is deleted"),
        ("replaces", "! stringData.password: [secret] changes"),
        ("pending", "Pending before this pull request, and not of it"),
        ("program", "RuntimeError: the file has no tenant"),
        ("unreachable", "does not answer"),
        ("refused", "data.level is a secret, which the engine knows it for"),
        ("routine", "+2.56"),
    ],
)
def test_a_report_says_what_the_comment_says(name: str, says: str) -> None:
    assert says in read(report(assessed(name))).said


def test_nothing_is_left_out_of_a_large_fleet() -> None:
    said = read(report(fleet("first", 200))).said
    assert all(f"tenant{number:03}-dev" in said for number in range(200))


def test_a_fleet_is_told_once_and_named_whole() -> None:
    text = report(fleet("routine", 37))
    assert text.count("spec.replicas: 3") == 1
    assert text.count("<svg") == 1
    assert '<details class="many"><summary>37 stacks</summary>' in text


def test_what_goes_lies_open_and_what_comes_is_folded() -> None:
    assert '<details class="change" open><summary><span class="sign replace">' in report(assessed("replaces"))
    assert '<details class="change"><summary><span class="sign create">' in report(assessed("first"))


def test_columns_without_a_word_are_not_there() -> None:
    assert "budget left" not in report(assessed("routine"))
    assert "budget left" in report(assess(review({Z: recorded("routine")}), budgets={Z: Decimal(10)}))
