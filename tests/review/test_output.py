"""Reviews as data keep to the published schema, hold no secret, and say what the comment says."""

import json

import pytest
from jsonschema import Draft202012Validator

from review.output import SCHEMA, as_data, main, schema
from tests.review.comments import assessed, fleet
from tests.review.manifests import CANARY
from tests.review.scenarios import SCENARIOS

READER = Draft202012Validator(json.loads(SCHEMA.read_text()))


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_keeps_to_the_schema_and_to_itself(name: str) -> None:
    data = as_data(assessed(name))
    READER.validate(data)
    assert CANARY not in json.dumps(data)


def test_the_schema_refuses_what_is_none() -> None:
    Draft202012Validator.check_schema(schema())
    data = as_data(assessed("routine"))
    for wrong in (data | {"verdict": "fine"}, {key: found for key, found in data.items() if key != "review"}):
        assert not READER.is_valid(wrong)


def test_the_published_schema_is_the_models(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check"]) == 0
    assert capsys.readouterr().err == ""


def test_fields_have_the_models_words() -> None:
    change = schema()["$defs"]["Change"]
    assert change["description"] == "What becomes of one resource."
    assert change["properties"]["pending"]["description"] == "it would happen without this pull request as well."
    assert "old" not in change["properties"]
    assert "new" not in change["properties"]


def test_numbers_stay_exact() -> None:
    [cost] = as_data(assessed("routine"))["costs"]
    assert (cost["before"], cost["after"]) == ("5.11", "7.67")
    assert as_data(fleet("routine", 2))["counts"] == {"update": 2}
