"""One rule, one resource or one stack, one verdict: what is refused, and what is not decided."""

import traceback
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from policies._exceptions import lifted
from policies._kinds import Kind
from policies._ledger import Entry, entries
from policies._object import Located, Object, Resource
from policies._rule import Need, Rule, Scope, Whole
from policies._stack import Stack, Unusable
from policies._view import Reading
from spec import PlatformSpec

SECRET = "[secret]"


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """One sentence of a rule, about the resource of `urn`; empty for the stack as a whole."""

    urn: str
    sentence: str


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What one rule found.

    Attributes:
        paths: the fields that it read.
    """

    refusals: tuple[Refusal, ...] = ()
    ledger: tuple[Entry, ...] = ()
    paths: frozenset[str] = frozenset()


def applies(rule: Rule, stack: Stack) -> bool:
    """Return whether a rule is about stacks like this one: the platform's has no tenant and no plan."""
    return rule.needs is Need.NOTHING or not isinstance(stack.spec, PlatformSpec)


def concerns(rule: Rule, resource: Resource) -> bool:
    """Return whether a rule about objects has anything to judge in a resource."""
    return rule.check is not None and bool(_judged(rule, resource))


def judge(rule: Rule, resource: Resource, stack: Stack) -> Verdict:
    """Return what a rule about objects says of a resource."""
    verdicts = [_judge_object(rule, resource, located, stack) for located in _judged(rule, resource)]
    return Verdict(
        refusals=tuple(found for verdict in verdicts for found in verdict.refusals),
        ledger=tuple(found for verdict in verdicts for found in verdict.ledger),
        paths=frozenset(path for verdict in verdicts for path in verdict.paths),
    )


def _judged(rule: Rule, resource: Resource) -> list[Located]:
    if rule.judges is Scope.RESOURCES:
        return [Located(kind=Kind("", ""), value=resource.properties)]
    return [
        located
        for located in resource.located
        if (rule.judges is Scope.OBJECTS or located.kind in rule.judges) and (rule.patches or not located.patch)
    ]


def _judge_object(rule: Rule, resource: Resource, located: Located, stack: Stack) -> Verdict:
    reading = Reading()
    found = Object(resource, located, reading)

    def findings() -> Iterator[tuple[Object | None, str]]:
        assert rule.check is not None
        for sentence in rule.check(found, stack):
            yield found, sentence

    verdict = _verdict(rule, findings(), reading, resource.urn)
    return replace(verdict, refusals=()) if verdict.refusals and lifted(rule, found, stack) else verdict


def judge_stack(rule: Rule, resources: tuple[Resource, ...], stack: Stack) -> Verdict:
    """Return what a rule about stacks says of all resources together."""
    assert rule.check_stack is not None
    reading = Reading()
    findings = rule.check_stack(Whole(resources=resources, reading=reading), stack)
    kept = ((about, said) for about, said in findings if about is None or not lifted(rule, about, stack))
    return _verdict(rule, kept, reading, "")


def _verdict(rule: Rule, findings: Iterator[tuple[Object | None, str]], reading: Reading, urn: str) -> Verdict:
    found: list[Refusal] = []
    try:
        with reading.question():
            for about, sentence in findings:
                shown = _veiled(sentence, reading) if reading.veiled else sentence
                found.append(Refusal(urn=about.resource.urn if about else urn, sentence=shown))
    except Unusable as error:
        found.append(Refusal(urn=urn, sentence=str(error)))
    except Exception as error:  # whatever it is, a rule that breaks must refuse, and must not end the run
        found.append(Refusal(urn=urn, sentence=_broken(rule, error)))
    found += [Refusal(urn=urn, sentence=str(error)) for error in reading.malformed]
    return Verdict(
        refusals=tuple(Refusal(urn=each.urn, sentence=_closed(each.sentence, reading.closed)) for each in found),
        ledger=entries(rule, urn, reading.undecided),
        paths=frozenset(reading.paths),
    )


def _veiled(sentence: str, reading: Reading) -> str:
    """Return what may be said once a secret was read: where, if the sentence begins with that, and nothing else.

    A rule may say a part of what it read, or what it made of it, and nobody can tell that from its other words.
    """
    where = max((path for path in reading.paths if path and sentence.startswith(path)), key=len, default="")
    return f"{where or 'why'} {SECRET}: this rule has read {reading.veiled}, which is a secret"


def _closed(sentence: str, closed: set[str]) -> str:
    """Return the sentence without texts that no message may show, longest first so that no part of one is left."""
    for text in sorted(filter(None, closed), key=len, reverse=True):
        sentence = sentence.replace(text, SECRET)
    return sentence


def _broken(rule: Rule, error: Exception) -> str:
    """Say where a rule broke. What the exception says may hold values, so it is not repeated."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return (
        f"rule {rule.id} broke ({type(error).__name__} in {Path(frame.filename).name}, line {frame.lineno}), "
        "and what cannot be judged is refused; tell the platform"
    )
