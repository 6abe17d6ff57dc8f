"""The annotation `pulumi.com/waitFor`: readiness that the program defines itself, for any kind.

`condition=Ready`, `condition=Ready=False`, `jsonpath={.status.phase}=Running`, `jsonpath={.status.address}` (any
value will do), or a JSON list of these, all of which must hold.
"""

import json

from sandbox.engine.kubernetes.await_.jsonpath import compiled, text_of
from sandbox.engine.kubernetes.await_.readiness import Question, condition, observed
from sandbox.engine.kubernetes.await_.verdict import READY, Verdict, waiting
from sandbox.engine.kubernetes.errors import InvalidInput
from sandbox.engine.kubernetes.values import Object, get


def parse(text: str) -> Question:
    """Return the question that the annotation asks.

    Raises:
        InvalidInput: it is not understood.
    """
    said = text.strip()
    if said.startswith("["):
        try:
            parts = json.loads(said)
        except ValueError as error:
            raise InvalidInput(f"`pulumi.com/waitFor` is {text!r}, which is no JSON list: {error}.") from error
        if not parts or not all(isinstance(part, str) for part in parts):
            raise InvalidInput(f"`pulumi.com/waitFor` is {text!r}; its list must hold texts, at least one.")
        return _all([_one(part) for part in parts])
    return _one(said)


def _one(text: str) -> Question:
    kind, equals, rest = text.partition("=")
    if equals and kind == "condition" and rest:
        name, _, wanted = rest.partition("=")
        return _condition(name, wanted or "True")
    if equals and kind == "jsonpath" and rest:
        path, end, tail = rest.partition("}") if rest.startswith("{") else (rest, "", "")
        if not end:
            path, _, wanted = rest.partition("=")
            return _path(path, wanted or None)
        return _path(path + "}", tail.removeprefix("=") or None)
    raise InvalidInput(
        f"`pulumi.com/waitFor` is {text!r}; write `condition=Ready`, `jsonpath={{.status.phase}}=Running`, "
        "or a JSON list of such."
    )


def _condition(name: str, wanted: str) -> Question:
    def ask(live: Object) -> Verdict:
        found = condition(live, name)
        seen = get(live, "status", "observedGeneration") is None or observed(live)
        generation = int(get(live, "metadata", "generation") or 0)
        if found.get("observedGeneration") is not None:
            seen = seen and int(found["observedGeneration"]) >= generation
        if seen and str(found.get("status", "")).lower() == wanted.lower():
            return READY
        why = f": {found['message']}" if found.get("message") else ""
        return waiting(f"condition {name} is {found.get('status') or 'absent'}, not {wanted}{why}")

    return ask


def _path(path: str, wanted: str | None) -> Question:
    find = compiled(path)
    value = None if wanted is None else wanted.strip("'\"")

    def ask(live: Object) -> Verdict:
        found = [text_of(one) for one in find(live)]
        if found if value is None else value in found:
            return READY
        return waiting(f"{path} is {', '.join(found) or 'absent'}" + (f", not {value}" if value is not None else ""))

    return ask


def _all(questions: list[Question]) -> Question:
    def ask(live: Object) -> Verdict:
        return next((verdict for one in questions if not (verdict := one(live)).ready), READY)

    return ask
