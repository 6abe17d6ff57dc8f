"""X20, U8: a review goes through JSON, and a stranger's JSON gets nowhere."""

import json
from pathlib import Path
from typing import Any

import pytest

from review import handover
from review.handover import HandoverError, missing, parse, read
from review.markdown import comment
from review.output import as_data
from review.verdict import Verdict
from tests.markdown import FENCE
from tests.review.comments import ABOUT, assessed, different, fleet
from tests.review.scenarios import SCENARIOS


def written(found: Any) -> bytes:
    return json.dumps(as_data(found)).encode()


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_comment_is_the_same_on_the_other_side(name: str) -> None:
    found = assessed(name)
    assert comment(parse(written(found)), ABOUT) == comment(found, ABOUT)


def test_fleets_fold_on_the_other_side_as_well() -> None:
    for found in (fleet("routine", 37), fleet("refused", 12), different(5)):
        assert comment(parse(written(found)), ABOUT) == comment(found, ABOUT)


def test_the_verdict_is_reached_anew() -> None:
    data = as_data(assessed("refused"))
    assert data["verdict"] == "blocked"
    lied = json.dumps(data | {"verdict": "routine", "reasons": ["all is well"]}).encode()
    assert parse(lied).verdict is Verdict.BLOCKED
    assert "all is well" not in comment(parse(lied))


def test_what_it_says_stays_text() -> None:
    text = json.dumps(as_data(assessed("routine")))
    hostile = text.replace("zeta-dev", "<img src=x> @everyone [a](http://b.example) ![](c)")
    said = FENCE.sub("", comment(parse(hostile.encode())))
    for live in ("<img", "@everyone", "](http", "![]("):
        assert live not in said
    assert "everyone" in said


DEEP = b'{"review": ' + b"[" * 5000 + b"]" * 5000 + b"}"


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (b"", "no JSON"),
        (b"\xff\xfe", "no JSON"),
        (b"[]", "not the shape"),
        (b"{}", "not the shape"),
        (DEEP, "no JSON, or too deep"),
        (b'{"a": ' + b'{"a": ' * 70 + b"1" + b"}" * 71, "too deep"),
    ],
)
def test_what_is_none_is_refused_without_a_word_of_it(given: bytes, why: str) -> None:
    with pytest.raises(HandoverError, match=why):
        parse(given)


@pytest.mark.parametrize("change", [{"version": 2}, {"counts": {"explode": 1}}, {"prices": None}, {"review": "SECRET"}])
def test_another_shape_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(HandoverError) as refused:
        parse(json.dumps(as_data(assessed("routine")) | change).encode())
    assert "SECRET" not in str(refused.value)


@pytest.mark.parametrize("number", ["1E+999999999", "-1E+31", "NaN", "Infinity", "1e-40"])
@pytest.mark.parametrize("where", ["costs", "prices"])
def test_numbers_that_nobody_can_write_out_are_refused(where: str, number: str) -> None:
    data = as_data(assessed("routine"))
    if where == "costs":
        data["costs"][0]["after"] = number
    else:
        data["prices"]["coreHour"] = number
    with pytest.raises(HandoverError):
        parse(json.dumps(data).encode())


def test_too_large_a_file_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "review.json"
    path.write_bytes(written(assessed("routine")))
    assert read(path).verdict is Verdict.ROUTINE
    monkeypatch.setattr(handover, "LARGEST", 100)
    with pytest.raises(HandoverError, match="larger than 100 bytes"):
        read(path)


def test_no_review_at_all_blocks() -> None:
    found = missing("the job was killed")
    assert found.verdict is Verdict.BLOCKED
    assert "the job was killed" in comment(found)
