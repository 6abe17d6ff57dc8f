"""What the platform's stack file says about rules: read by the pack and by the twins, so that both are set alike.

A rule can be set, and told only (`warn`) while it is tried out. Whoever runs the engine cannot do that: see `_config`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

import yaml

from policies._rule import ADVISORY, Rule
from spec import PLATFORM_STACK, PlatformSpec, Problem, SpecError, load, plan
from spec.errors import shown
from spec.names import stack_file
from spec.platform import RuleSettings

ROOT: Final = Path(__file__).resolve().parents[1]
TYPES: Final[dict[str, tuple[type, ...]]] = {
    "array": (list, tuple),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "string": (str,),
}


def read(root: Path = ROOT) -> PlatformSpec | None:
    """Return what the repository's platform is, or None where it has no stack file of one.

    Raises:
        SpecError: the file cannot be used.
    """
    file = root / stack_file(PLATFORM_STACK)
    if not file.exists():
        return None
    config = (yaml.safe_load(file.read_text()) or {}).get("config") or {}
    found = load(PLATFORM_STACK, {key.removeprefix("paas:"): value for key, value in config.items()})
    assert isinstance(found, PlatformSpec)  # what its name says, or `load` had refused it
    return found


def as_set(rules: Iterable[Rule], platform: PlatformSpec | None) -> tuple[Rule, ...]:
    """Return the rules as the platform sets them: other defaults, and told only where they are tried out.

    Raises:
        SpecError: the platform sets what no rule has; with every problem.
    """
    if platform is None:
        return tuple(rules)
    rules = tuple(rules)
    if problems := list(_problems(rules, platform)):
        raise SpecError(stack_file(PLATFORM_STACK), problems)
    return tuple(_as_set(rule, platform) for rule in rules)


def _as_set(rule: Rule, platform: PlatformSpec) -> Rule:
    own = platform.rules.get(rule.id, RuleSettings())
    said = _implied(platform).get(rule.id, {}) | own.settings
    settings = {
        name: {**schema, "default": said.get(name, schema["default"])} for name, schema in rule.settings.items()
    }
    return replace(rule, settings=settings, level=ADVISORY if own.stage == "warn" else rule.level)


def _implied(platform: PlatformSpec) -> dict[str, dict[str, Any]]:
    """Return settings that follow from the rest of the file, so that nobody says them twice."""
    issuer = plan.issuer(platform)
    return {"C6": {"issuers": [f"ClusterIssuer/{issuer}"]}} if issuer else {}


def _problems(rules: tuple[Rule, ...], platform: PlatformSpec) -> Iterator[Problem]:
    by_id = {rule.id: rule for rule in rules}
    for id, own in platform.rules.items():
        path = f"paas:platform.rules.{id}"
        if id not in by_id:
            yield _problem(path, "a rule of that name", f"one of {', '.join(by_id)}", near(id, by_id))
            continue
        for name, value in own.settings.items():
            yield from _setting(f"{path}.settings.{name}", name, value, by_id[id].settings)


def _setting(path: str, name: str, value: Any, known: Mapping[str, Mapping[str, Any]]) -> Iterator[Problem]:
    if name not in known:
        names = ", ".join(known) or "nothing: this rule has none"
        yield _problem(path, "a setting of that name", f"one of {names}", near(name, known))
        return
    kind = known[name]["type"]
    right = isinstance(value, TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))
    items = known[name].get("items", {}).get("type")
    if not right or (items and any(not isinstance(each, TYPES[items]) for each in value)):
        wanted = f"{kind} of {items}" if items else kind
        yield _problem(path, shown(value), wanted, str(known[name]["description"]))


def _problem(path: str, given: str, wanted: str, fix: str) -> Problem:
    return Problem(path=path, given=given, wanted=wanted, fix=fix or "remove it")


def near(name: str, names: Iterable[str]) -> str:
    """Return which of `names` somebody may have meant, or nothing."""
    by_lower = {each.lower(): each for each in names}
    found = [by_lower[each] for each in get_close_matches(name.lower(), by_lower, cutoff=0.5)]
    return f"near: {', '.join(found)}" if found else ""
