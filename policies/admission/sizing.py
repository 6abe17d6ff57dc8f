"""Twins of `policies.sizing`."""

from collections.abc import Iterator
from typing import Final

from policies import sizing
from policies._demand import POD_LEVEL, SIZES
from policies.admission._common import cel
from policies.admission._twin import Check, Settings, twin
from policies.admission.quota import FACTS
from spec import plan
from spec.labels import TIER
from spec.quantity import parse
from spec.tiers import Tier

PARTS: Final = {"cpu": 10**9, "memory": 10**3, "ephemeral-storage": 10**3}
"""In how many parts of a unit sums are counted: CEL adds whole numbers exactly, and quantities not at all."""

LARGEST: Final = "1e15"  # parts: above every tier, and a thousand of them are still a number
NONE: Final = "-1"  # what is no quantity counts as this, which no check lets through


def _of_tier(by_tier: dict[str, object]) -> str:
    return f"{cel(by_tier)}[variables.home['{TIER}']]"


def _said(quantities: str) -> str:
    return (
        f"dyn({quantities}.orValue({{}}).transformMap(name, each, isQuantity(string(each)) ? string(each) : '{NONE}'))"
    )


def _asked(kind: str) -> str:
    """Return what each container of `pod` asks for."""
    return (
        f"pod.?{kind}.orValue([]).map(container, {{'limits': {_said('container.?resources.?limits')},"
        f" 'requests': {_said('container.?resources.?requests')},"
        " 'lasts': dyn(container.?restartPolicy.orValue('') == 'Always')})"
    )


SIZED: Final = {
    "most": _of_tier({tier: facts.most for tier, facts in FACTS.items()}),
    "ceiling": _of_tier(
        {tier: {name: int(parse(facts.most[name]) * PARTS[name]) for name in SIZES} for tier, facts in FACTS.items()}
    ),
    "default": _of_tier({tier: facts.default.requests for tier, facts in FACTS.items()}),
    "ratio": _of_tier(
        {tier: {name: int(ratio) for name, ratio in facts.ratio.items()} for tier, facts in FACTS.items()}
    ),
    "asked": f"variables.pods.map(pod, {{'starting': dyn({_asked('initContainers')}),"
    f" 'running': dyn({_asked('containers')}),"
    f" 'limits': {_said('pod.?resources.?limits')}, 'requests': {_said('pod.?resources.?requests')},"
    " 'overhead': pod.?overhead.orValue({})})",
    # Of each container, with the limits that it shares with its pod.
    "asks": "variables.asked.map(pod, (pod.starting + pod.running).map(each,"
    " {'limits': each.limits, 'requests': each.requests, 'shared': pod.limits})).flatten()",
}


@twin(sizing.sized, SIZED)
def sized(_settings: Settings) -> Iterator[Check]:
    """Bare pods have their namespace's defaults by now, and templates have not: a Deployment must say what it needs."""
    for name in SIZES:
        yield from _containers(name)
    for name in POD_LEVEL:
        limit, most = f"pod.limits['{name}']", f"variables.most['{name}']"
        yield Check(
            unless=f"variables.asked.all(pod, !('{name}' in pod.limits)"
            f" || ({_above(limit, '0')} && !{_above(limit, most)}))",
            says=f"the pod's limit for {name} is 0, or above the tier's largest",
        )
    for name in SIZES:
        yield Check(
            unless=f"variables.asked.all(pod, {_together(name)})",
            says=f"all containers together ask for more {name} than the tier's largest",
        )


def _containers(name: str) -> Iterator[Check]:
    limit, request = f"ask.limits['{name}']", f"ask.requests[?'{name}'].orValue(ask.limits['{name}'])"
    said = f"'{name}' in ask.limits" + (f" || '{name}' in ask.shared" if name in POD_LEVEL else "")
    yield Check(unless=f"variables.asks.all(ask, {said})", says=f"a container has no limit for {name}")
    for wanted, says in (
        (f"{_above(limit, '0')} && {_above(request, '0')}", f"0 of {name} is the same as saying nothing"),
        (f"!{_above(limit, f'variables.most[{name!r}]')}", f"the limit for {name} is above the tier's largest"),
        (f"!{_above(request, limit)}", f"the request for {name} is above its limit"),
    ):
        yield Check(unless=f"variables.asks.all(ask, !('{name}' in ask.limits) || ({wanted}))", says=says)
    if all(name in facts.ratio for facts in FACTS.values()):
        yield Check(
            unless=f"variables.asks.all(ask, !('{name}' in ask.limits)"
            f" || {_parts(limit, name)} <= {_parts(request, name)} * variables.ratio['{name}'])",
            says=f"the limit for {name} is further above its request than the tier has it",
        )


def _above(one: str, other: str) -> str:
    """Return CEL that compares two quantities; numbers stand for themselves."""
    one, other = (f"'{each}'" if each.lstrip("-").isdecimal() else each for each in (one, other))
    return f"quantity({one}).isGreaterThan(quantity({other}))"


def _parts(quantity: str, name: str) -> str:
    return f"int([quantity({quantity}).asApproximateFloat() * {PARTS[name]}.0, {LARGEST}].min() + 0.5)"


def _together(name: str) -> str:
    """Return CEL that holds where `pod` fits, counted as `_demand.of_pod` counts it."""
    most, ceiling = f"variables.most['{name}']", f"variables.ceiling['{name}']"
    given = f"requests[?'{name}'].or({{}}.limits[?'{name}'])"
    request = _parts(f"each.{given.format('each')}.orValue(variables.default['{name}'])", name)
    overhead = _parts(f"string(pod.overhead[?'{name}'].orValue(dyn('0')))", name)
    sidecars = f"filter(each, each.lasts).map(each, {request}).sum()"
    summed = (
        f"pod.starting.all(place, each,"
        f" pod.starting.slice(0, place).{sidecars} + {request} + {overhead} <= {ceiling})"
        f" && pod.starting.{sidecars} + pod.running.map(each, {request}).sum() + {overhead} <= {ceiling}"
    )
    if name not in POD_LEVEL:
        return summed
    whole = f"pod.{given.format('pod')}"
    fits = f"{_above(f'{whole}.value()', NONE)} && !{_above(f'{whole}.value()', most)}"
    return f"({whole}.hasValue() ? {fits} : ({summed}))"


PERMITTED = {str(tier): ["", *plan.permitted_priorities(tier)] for tier in Tier}


@twin(sizing.priority)
def priority(_settings: Settings) -> Iterator[Check]:
    """The API server's own admission sets `priority` from the class, on pods alone."""
    yield Check(
        unless="variables.pods.all(pod, pod.?priorityClassName.orValue('')"
        f" in {cel(PERMITTED)}[variables.home['{TIER}']])",
        says="priorityClassName is above the tier",
    )
    yield Check(
        unless="variables.pods.all(pod, pod.?priority.orValue(0) == 0 || has(pod.priorityClassName))",
        says="priority is set by hand: the class says it",
    )
