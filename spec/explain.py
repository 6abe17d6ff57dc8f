"""From pydantic's finding to a problem in the reader's words: what is wanted there comes from the model itself."""

import difflib
import re
from functools import cache
from typing import Any

from pydantic_core import ErrorDetails

from spec._base import Model
from spec.errors import MISSING, Problem, shown, sort_of

KEY = "[key]"  # pydantic's mark that a mapping's key is wrong, not its value

WORDS: dict[str, tuple[str, str]] = {
    "string_type": ("text", "write it in quotes"),
    "int_type": ("a whole number", "write digits without quotes"),
    "int_from_float": ("a whole number", "write digits without a point"),
    "string_too_short": ("a text", "write at least a word"),
    "string_too_long": ("a text of at most {max_length} characters", "shorten it"),
    "bool_type": ("true or false", "write true or false without quotes"),
    "dict_type": ("a mapping", "write `name: value` lines, indented by two spaces"),
    "model_type": ("a mapping", "write `name: value` lines, indented by two spaces"),
    "tuple_type": ("a list", "write one `- item` a line"),
    "greater_than_equal": ("a number of at least {ge}", "write {ge} or more"),
    "less_than_equal": ("a number of at most {le}", "write {le} or less"),
    "too_short": ("at least {min_length} of them", "add one"),
    "too_long": ("at most {max_length} of them", "remove some"),
    "paas": ("{wanted}", "{fix}"),
}
"""What is wanted and the fix, by pydantic's error type; names in braces come from the error's context."""


def problems(root: str, model: type[Model], errors: list[ErrorDetails]) -> list[Problem]:
    """Return what pydantic's `errors` on `model`, which stands at `root` of the file, mean to its writer."""
    wrong_items = {error["loc"][:-1] for error in errors}
    # A list whose only item is wrong is not short besides.
    return [problem(root, model, e) for e in errors if not (e["type"] == "too_short" and e["loc"] in wrong_items)]


def problem(root: str, model: type[Model], error: ErrorDetails) -> Problem:
    """Return what `error` means to the writer of the file.

    Args:
        root: path of the model in the file, such as `paas:tenant`.
        model: what was validated.
        error: one of `ValidationError.errors()`.
    """
    schema = _schema(model)
    place = list(error["loc"])
    here = _at(schema, place)
    if KEY in place:
        place = place[: place.index(KEY) - 1]
        here = _resolved(schema, _at(schema, place).get("propertyNames", {}))
    path = ".".join([root, *(str(part) for part in place)])
    match error["type"]:
        case "missing":
            about = here.get("description", "a value")
            return Problem(path=path, given=shown(MISSING), wanted=_clause(about), fix=f"add `{place[-1]}:`")
        case "extra_forbidden":
            return _unknown_field(path, place, _at(schema, place[:-1]))
        case "enum" | "literal_error":
            choices = [str(choice) for choice in _choices(here)]
            return Problem(
                path=path,
                given=shown(error["input"]),
                wanted=f"one of {', '.join(choices)}",
                fix=_nearest(str(error["input"]), choices) or f"write {choices[0]}, for example",
            )
        case kind:
            wanted, fix = WORDS.get(kind, (error["msg"], "correct it"))
            context = error.get("ctx", {})
            return Problem(path=path, given=_given(error), wanted=wanted.format(**context), fix=fix.format(**context))


def _given(error: ErrorDetails) -> str:
    """Return what stands there; where people write secrets by mistake, only of what sort it is.

    Such places are the whole file, and `config`, `secrets` and `args` of `apps.web`, with what stands in them. What
    stands in a reference to a Secret is no secret.
    """
    match error["loc"]:
        case (*_, name) if error["input"] == name:  # it is the name that is wrong
            return shown(name)
        case () | (_, _, ("args" | "config" | "secrets")) | (_, _, ("args" | "config" | "secrets"), _):
            return sort_of(error["input"])
        case _:
            return shown(error["input"])


def _unknown_field(path: str, place: list[str | int], parent: dict[str, Any]) -> Problem:
    fields = list(parent.get("properties", {}))
    return Problem(
        path=path,
        given="a field of that name",
        wanted=f"one of {', '.join(fields)}",
        fix=_nearest(str(place[-1]), fields) or "remove it",
    )


def _nearest(text: str, choices: list[str]) -> str | None:
    near = difflib.get_close_matches(text, choices, n=1, cutoff=0.5)
    return f"did you mean `{near[0]}`?" if near else None


def _clause(description: str) -> str:
    """Return a field's first sentence as part of another."""
    first = re.split(r"[.:?](?:\s|$)", description, maxsplit=1)[0]
    return first[0].lower() + first[1:]


def _choices(schema: dict[str, Any]) -> list[object]:
    return schema["enum"] if "enum" in schema else [schema["const"]]


@cache
def _schema(model: type[Model]) -> dict[str, Any]:
    return model.model_json_schema(by_alias=True)


def _at(schema: dict[str, Any], place: list[str | int]) -> dict[str, Any]:
    """Return the JSON schema of what stands at `place`; the description of the field wins over its type's."""
    here = schema
    for part in place:
        inner = _resolved(schema, here)
        properties = inner.get("properties", {})
        entries = [*inner.get("patternProperties", {}).values(), inner.get("additionalProperties"), inner.get("items")]
        here = properties.get(part) or next((entry for entry in entries if isinstance(entry, dict)), {})
    return _resolved(schema, here)


def _resolved(root: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """Follow references, and the one branch of `anyOf` that is not null."""
    options = [option for option in schema.get("anyOf", []) if option.get("type") != "null"]
    if options:
        schema = options[0] | {key: value for key, value in schema.items() if key != "anyOf"}
    if "$ref" in schema:
        target = root["$defs"][schema["$ref"].rpartition("/")[2]]
        schema = target | {key: value for key, value in schema.items() if key != "$ref"}
    return schema
