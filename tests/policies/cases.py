"""The corpus: labelled manifests, minimal pairs that differ in one field, as `corpus/<area>/<rule>.yaml` says them.

A file has documents, each with a `base` and `cases`; a case is the base with fields `set` and `drop`ped, by JSON
pointers (RFC 6901; a last `-` appends). Expanded, each case is a manifest of its own that anything can judge. The
first that fails and the first that passes are the rule's example in the catalogue.
"""

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import yaml

CORPUS = Path(__file__).with_name("corpus")


@dataclass(frozen=True, kw_only=True)
class Case:
    """One labelled manifest.

    Attributes:
        rule: whose verdict it is about; other rules may say what they like.
        says: what the refusal says; empty for those that pass.
        objects: one for rules about objects; all of the stack for rules about stacks.
        tenant: changes to `a_tenant()`, whose stack it is.
        settings: of the rule.
        resource: what the engine knows beside the object: `type`, `provider`, `protect`.
        preview: why the API server cannot tell, only the pack; empty where it can.
    """

    rule: str
    title: str
    verdict: Literal["pass", "fail"]
    says: str
    objects: tuple[dict[str, Any], ...]
    tenant: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    resource: dict[str, Any] = field(default_factory=dict)
    preview: str = ""

    def __str__(self) -> str:
        return f"{self.rule} {self.verdict}: {self.title}"


def corpus() -> list[Case]:
    """Return all cases."""
    return [case for path in sorted(CORPUS.glob("*/*.yaml")) for case in read(path)]


def read(path: Path) -> Iterator[Case]:
    """Yield the cases of one file, whose name is the rule's id."""
    for document in yaml.safe_load_all(path.read_text()):
        strange = set(document) - {"base", "cases", "tenant", "settings", "resource"}
        assert not strange, f"{path}: {strange}"
        for each in document["cases"]:
            yield _case(path.stem, document, each)


def _case(rule: str, document: dict[str, Any], each: dict[str, Any]) -> Case:
    strange = set(each) - {"pass", "fail", "says", "set", "drop", "tenant", "settings", "resource", "preview"}
    assert not strange, f"{rule}: {each}: {strange}"
    [verdict] = {"pass", "fail"} & set(each)
    assert ("says" in each) == (verdict == "fail"), f"{rule}: {each}: a refusal, and it alone, says why"
    made = changed(document["base"], each.get("set", {}), each.get("drop", []))
    return Case(
        rule=rule,
        title=each[verdict],
        verdict="pass" if verdict == "pass" else "fail",
        says=each.get("says", ""),
        objects=tuple(made) if isinstance(made, list) else (made,),
        tenant=document.get("tenant", {}) | each.get("tenant", {}),
        settings=document.get("settings", {}) | each.get("settings", {}),
        resource=document.get("resource", {}) | each.get("resource", {}),
        preview=each.get("preview", ""),
    )


def changed(base: Any, put: dict[str, Any], drop: list[str]) -> Any:
    """Return `base` with fields set and dropped; objects on the way are made, a field that is dropped must be there."""
    made = copy.deepcopy(base)
    for pointer, value in put.items():
        *way, last = _steps(pointer)
        holder = made
        for step in way:
            holder = holder[int(step)] if isinstance(holder, list) else holder.setdefault(step, {})
        if isinstance(holder, list):
            if last == "-":
                holder.append(copy.deepcopy(value))
            else:
                holder[int(last)] = copy.deepcopy(value)
        else:
            holder[last] = copy.deepcopy(value)
    for pointer in drop:
        *way, last = _steps(pointer)
        holder = made
        for step in way:
            holder = holder[int(step) if isinstance(holder, list) else step]
        del holder[int(last) if isinstance(holder, list) else last]
    return made


def _steps(pointer: str) -> list[str]:
    assert pointer.startswith("/"), f"{pointer!r} is no JSON pointer"
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer[1:].split("/")]
