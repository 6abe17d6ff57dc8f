"""The schema that editors use says what the models say."""

from pathlib import Path

import pytest

from spec import schema
from tests.examples import STACKS


def test_the_files_in_the_repository_are_fresh() -> None:
    assert schema.main(["--check"]) == 0


def test_a_stale_file_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(schema, "ROOT", tmp_path)
    monkeypatch.setattr(schema, "SCHEMA", tmp_path / "schema.json")
    monkeypatch.setattr(schema, "REFERENCE", tmp_path / "reference.md")
    assert schema.main(["--check"]) == 1
    assert "fix: python -m spec.schema" in capsys.readouterr().err
    assert schema.main([]) == 0
    assert schema.main(["--check"]) == 0


def test_every_field_says_what_it_means() -> None:
    for name, definition in schema.schema()["$defs"].items():
        for field, inner in definition.get("properties", {}).items():
            assert inner.get("description"), f"{name}.{field} has no docstring"


def test_every_optional_field_says_what_its_absence_means() -> None:
    for name, definition in schema.schema()["$defs"].items():
        for field, inner in definition.get("properties", {}).items():
            optional = field not in definition.get("required", [])
            assert not optional or "Absent:" in inner["description"], f"{name}.{field}"


@pytest.mark.parametrize("path", sorted(STACKS.glob("Pulumi.*.yaml")), ids=lambda path: path.name)
def test_a_stack_file_points_editors_to_the_schema(path: Path) -> None:
    assert path.read_text().splitlines()[0] == "# yaml-language-server: $schema=schema.json"
