"""The comment's shape, whatever stands in it: it fits, it is whole, and nobody's text becomes markup."""

import re
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from review._detail import LEVELS
from review._text import cell, code, fence, value
from review.assess import assess
from review.build import review
from review.events import read
from review.limits import FORGES, Forge, size
from review.markdown import About, comment, marker
from review.values import Mark
from tests.review.balance import READER, unbalanced
from tests.review.comments import fleet
from tests.review.logs import END, error, lines, refusal, summary
from tests.review.stacks import Z, an_object, changed, deleted, made

TEXTS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            "</details>",
            "```",
            "~~~",
            "| a | b |",
            "@everyone",
            "<!-- -->",
            "[x](javascript:a)",
            "\\|",
            "&lt;",
            "\u202e",
            "# h",
        ]
    ),
)
NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=20)


@st.composite
def steps(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Steps with any text in any place."""
    found = []
    for number in range(draw(st.integers(0, 6))):
        data = draw(st.dictionaries(NAMES, TEXTS, max_size=4))
        value = an_object(
            draw(st.sampled_from(["ConfigMap", "Secret", "Service"])), name=f"{number}{draw(NAMES)}", data=data
        )
        other = value | {"data": draw(st.dictionaries(NAMES, TEXTS, max_size=4))}
        found.append(draw(st.sampled_from([made(value), deleted(value), changed(other, value)])))
    found += [
        refusal(draw(TEXTS), draw(st.sampled_from(["mandatory", "advisory"])), draw(NAMES))
        for _ in range(draw(st.integers(0, 3)))
    ]
    return found + [error(draw(TEXTS)) for _ in range(draw(st.integers(0, 2)))]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(steps(), max_size=4), st.integers(1_200, 12_000), st.booleans())
def test_any_review_fits_and_is_whole(stacks: list[list[dict[str, Any]]], limit: int, folds: bool) -> None:
    found = assess(review({f"{Z}{number}": read(lines(*each, summary(), END)) for number, each in enumerate(stacks)}))
    text = comment(found, About(report="https://ci.example/report"), Forge(name="any", comment=limit, folds=folds))
    assert size(text) <= limit
    assert unbalanced(text) == []
    assert text.startswith(marker("review"))


@given(TEXTS)
def test_text_in_a_cell_is_text(text: str) -> None:
    tokens = READER.parse(f"| {cell(text)} | {code(text)} |\n| --- | --- |\n")
    if not text.split():
        return
    assert [token.type for token in tokens].count("th_open") == 2
    [first, second] = [token for token in tokens if token.type == "inline"]
    assert {child.type for child in first.children or ()} <= {"text", "text_special"}
    assert {child.content for child in second.children or () if child.type == "html_inline"} <= {"<code>", "</code>"}


@given(st.lists(TEXTS.map(value), max_size=5))
def test_a_block_ends_where_it_ends(texts: list[str]) -> None:
    [token] = READER.parse(fence([f"+ {text}" for text in texts]))
    assert token.content.splitlines() == [f"+ {text}" for text in texts]


def test_values_are_told_without_what_is_hidden() -> None:
    assert value(Mark.SECRET) == "[secret]"
    assert value("[secret]") == '"[secret]"'
    assert value("a\nb\u202e") == '"a\\nb\\u202e"'
    long = value("x" * 300)
    assert re.fullmatch(r"\(302 characters, sha256 [0-9a-f]{8}\)", long)
    assert value("x" * 299 + "y") != long


def test_detail_is_given_up_step_by_step_and_whole_objects_at_a_time() -> None:
    found = fleet("first", 30)
    whole = comment(found)
    assert "Shortened" not in whole
    objects = re.findall(r"^@@ .* @@$", whole, re.MULTILINE)
    told, limit = [whole], size(whole) - 1
    while (text := comment(found, None, Forge(name="any", comment=limit))) != told[-1] and size(text) <= limit:
        assert "✂️ Shortened to what fits here" in text
        assert all(line in objects for line in text.splitlines() if line.startswith("@@"))
        told.append(text)
        limit = size(text) - 1
    assert [text.count("\n+ ") > 0 for text in told] == [True] + [False] * (len(told) - 1)
    assert [len(re.findall(r"^@@ ", text, re.MULTILINE)) for text in told][:2] == [len(objects)] * 2
    assert len(told) >= 4
    assert unbalanced(told[-1]) == []


def test_each_level_tells_less_than_the_one_before() -> None:
    said = [(level.body, level.lines, level.rows, level.groups) for level in LEVELS]
    assert all(later <= earlier for earlier, later in pairwise(said))
    assert all(level.said for level in LEVELS[1:])


def test_the_limits_are_the_forges_own() -> None:
    assert {name: forge.comment for name, forge in FORGES.items()} == {
        "github": 65_536,
        "github-check": 65_535,
        "github-summary": 349_525,
        "gitlab": 1_000_000,
        "azure": 150_000,
        "bitbucket": 32_768,
    }
    assert size("a\U0001f7e5") == 3


@pytest.mark.parametrize("key", ["prod", "--> <script>", "a\nb"])
def test_the_marker_is_one_hidden_line(key: str) -> None:
    assert re.fullmatch(r"<!-- paas:[A-Za-z0-9_./]+ -->", marker(key))


def test_addresses_cannot_leave_their_place() -> None:
    about = About(run='https://ci.example/1) <b onclick="x">', commit="<b>")
    text = comment(assess(review({})), about)
    assert "(https://ci.example/1bonclick=x)" in text
    assert "&lt;b&gt;" in text
