"""Pack configuration, checked: the engine takes a misspelt rule without a word, and lets anyone switch one off.

Rules can be made stricter, and set, never weaker: an exception has an owner and an end, in the tenant's file.
Whoever runs the engine can leave the pack out altogether; what stands then is the API server.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from policies._platform import near
from policies._rule import Rule

STRENGTH: Final = {"disabled": 0, "advisory": 1, "mandatory": 2, "remediate": 2}
ALL: Final = "all"
LEVEL: Final = "enforcementLevel"


def problems(config: Mapping[str, Any], rules: Iterable[Rule]) -> Iterator[str]:
    """Yield what is wrong with a configuration as its file has it: a level, or an object with settings, by rule."""
    by_id = {rule.id: rule for rule in rules}
    weaker: dict[str, None] = {}
    for name, given in config.items():
        level = given.get(LEVEL) if isinstance(given, Mapping) else given
        settings = {key for key in given if key != LEVEL} if isinstance(given, Mapping) else set()
        if name not in by_id and name != ALL:
            yield f"there is no rule {name}{_near(name, by_id)}"
        elif level is not None and level not in STRENGTH:
            yield f"{name}: there is no level {level}{_near(str(level), STRENGTH)}"
        else:
            judged = list(by_id.values()) if name == ALL else [by_id[name]]
            weaker |= {rule.id: None for rule in judged if level and STRENGTH[level] < STRENGTH[rule.level.value]}
            known = set() if name == ALL else set(by_id[name].settings)
            yield from (f"{name}: there is no setting {key}{_near(key, known)}" for key in sorted(settings - known))
    if weaker:
        yield f"{', '.join(sorted(weaker))}: weaker than the rule's own level; what is needed is an exception"


def _near(name: str, names: Iterable[str]) -> str:
    found = near(name, names)
    return f"; {found}" if found else ""
