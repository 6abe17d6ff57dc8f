"""The corpus before two judges, the pack and a live API server: the same verdict for the same reason (rows I9, E2).

Every manifest that can be sent is asked about all twins at once, not only about the one that it is labelled for. The
namespaces are a tenant's as the case has it, called otherwise than the example tenants.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from policies._kinds import PODS, from_fields
from policies.admission import BY_RULE, TWINS
from policies.rules import BY_ID, RULES
from spec import names, plan
from spec.admission import AdmissionPolicy
from spec.labels import TENANT
from tests.builders import a_tenant
from tests.e2e.policies.court import JUDGED, Answer, Court, court
from tests.e2e.policies.definitions import definitions, theirs
from tests.e2e.server import an_api
from tests.policies.cases import Case, corpus
from tests.policies.judging import judged, resources, stack

pytestmark = pytest.mark.e2e

PROTECTED = {"protect": True}
"""What the engine knows of everything that is sent: where it does not protect, that is for the pack alone to tell."""

EACH = 5  # cases of each kind that both judges must have seen, of every rule with a twin
TOGETHER = 600  # cases that both must have seen


ACME = re.compile(r"(?<!tls-)acme(?!\.cert-manager)")
"""The example tenant; the protocol of that name keeps it."""


def renamed(case: Case) -> Case:
    """Return the case as one of a tenant that no other test has."""
    text = ACME.sub("akme", json.dumps([case.objects, case.tenant, case.settings]))
    objects, tenant, settings = json.loads(text)
    return replace(case, objects=tuple(objects), tenant={"name": "akme", **tenant}, settings=settings)


CASES = sorted((renamed(case) for case in corpus()), key=lambda case: json.dumps(case.tenant, sort_keys=True))
"""Tenant by tenant: to be another one takes a moment."""


def policy(case: Case) -> str:
    """Return the name of the policy that is set as the case sets its rule."""
    name = BY_RULE[case.rule].name
    return names.hashed(name, case.settings) if case.settings else name


def judge_of(case: Case) -> AdmissionPolicy:
    """Return the twin as the case sets it. What is set judges only what is sent in its name, and all speak briefly.

    What all judges say of an object must fit into one answer.
    """
    rule, name = BY_ID[case.rule], policy(case)
    found = BY_RULE[case.rule].policy(case.settings)
    if case.settings:
        asked = f"request.options.?fieldManager.orValue('') == '{name}'"
        found = replace(found, conditions={**found.conditions, "asked": asked})
    return replace(
        found,
        name=name,
        validations=tuple(
            replace(
                each, message=each.message.removeprefix(f"{rule.id}: {rule.title}: ").removesuffix(f"; fix: {rule.fix}")
            )
            for each in found.validations
        ),
    )


@dataclass(frozen=True, kw_only=True)
class Hearing:
    """A case, and what came of it.

    Attributes:
        answer: None where the case was not sent.
        unsent: why not.
        pack: ids of the rules by which the pack refuses it, of those that the API server was asked about.
        live: those by which the API server does.
        native: whether Pod Security, the third judge of rule P2, tells of it; None where it does not look.
    """

    answer: Answer | None = None
    unsent: str = ""
    pack: frozenset[str] = frozenset()
    live: frozenset[str] = frozenset()
    native: bool | None = None

    @property
    def heard(self) -> bool:
        """Whether the API server's rules were asked."""
        return self.answer is not None and not self.answer.before_rules


class Docket:
    """What came of each case, by its number in `CASES`; it is sent when it is first asked for."""

    def __init__(self, it: Court) -> None:
        self._court = it
        self._tenant: dict[str, Any] | None = None
        self._heard: dict[int, Hearing] = {}

    def __getitem__(self, number: int) -> Hearing:
        if number not in self._heard:
            case = CASES[number]
            if case.tenant != self._tenant:
                self._court.sits_for(a_tenant(**case.tenant))
                self._tenant = case.tenant
            self._heard[number] = hear(self._court, case)
        return self._heard[number]

    def all(self) -> Iterator[tuple[Case, Hearing]]:
        return ((case, self[number]) for number, case in enumerate(CASES))


@pytest.fixture(scope="module")
def docket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Docket]:
    variants = {policy(case): case for case in CASES if case.rule in BY_RULE}
    judges, refusing = [judge_of(case) for case in variants.values()], [twin.name for twin in TWINS]
    with an_api(tmp_path_factory.mktemp("server")) as api, court(judges, refusing=refusing, api=api) as it:
        manifests = [found for case in CASES for found in case.objects]
        it.serve(definitions(each for each in manifests if theirs(each) and it.path(each) is None))
        yield Docket(it)


def hear(it: Court, case: Case) -> Hearing:
    if unsent := reason(it, case):
        return Hearing(unsent=unsent)
    [manifest] = case.objects
    document = json.loads(json.dumps(manifest))
    if document["kind"] == "Namespace":  # what rules are bound to is its own label
        document["metadata"].setdefault("labels", {})[JUDGED] = "true"
    answer = it.judge(document, manager=policy(case)) if case.rule in BY_RULE else it.judge(document)
    asked = {twin.rule.id: twin.name for twin in TWINS} | ({case.rule: policy(case)} if case.rule in BY_RULE else {})
    live = {rule for rule, name in asked.items() if name in answer.told}
    where, guarded = stack(case), resources(replace(case, resource=case.resource | PROTECTED))
    pack = {
        rule
        for rule in asked
        if judged(BY_ID[rule], guarded, where if rule == case.rule else where.set(BY_ID[rule].defaults)).refusals
    }
    looked = from_fields(manifest["apiVersion"], manifest["kind"]) in PODS and not theirs(manifest)
    native = answer.by_pod_security if looked else None
    return Hearing(answer=answer, pack=frozenset(pack), live=frozenset(live), native=native)


def reason(it: Court, case: Case) -> str:
    """Return why a case cannot be sent, or nothing."""
    if case.rule not in BY_RULE:
        return f"no twin: {BY_ID[case.rule].decided_by}"
    if len(case.objects) != 1:
        return "about several objects"
    [manifest] = case.objects
    kind = str(manifest.get("kind", ""))
    reasons = {
        "no object of the API": not kind or "apiVersion" not in manifest,
        "a patch without its object": str(case.resource.get("type", kind)).endswith("Patch"),
        "a list is no request of its own": kind.endswith("List"),
        "about what only the engine knows": bool(case.resource.items() - PROTECTED.items()),
        case.preview: bool(case.preview),
    }
    found = next((why for why, holds in reasons.items() if holds), "")
    return found or _unserved(it, manifest, {space.name for space in plan.spaces(a_tenant(**case.tenant))})


def _unserved(it: Court, manifest: dict[str, Any], namespaces: set[str]) -> str:
    if it.path(manifest) is None:
        return "a version that is not served any more"
    metadata = manifest["metadata"]
    if it.namespaced(manifest):
        return "" if metadata.get("namespace") in namespaces else "in no namespace of the tenant's"
    if TENANT not in (metadata.get("labels") or {}):
        return "of no tenant as far as the API server can tell"
    return ""


@pytest.mark.parametrize("number", range(len(CASES)), ids=lambda number: str(CASES[number]))
def test_both_judges_say_the_same(docket: Docket, number: int) -> None:
    case, found = CASES[number], docket[number]
    if found.answer is None:
        assert found.unsent  # counted in the matrix, by reason
        return
    told = found.answer
    if told.before_rules:
        assert case.verdict == "fail", f"the API server's own checks refuse it: {told.message}"
        return
    assert (case.rule in found.live) == (case.verdict == "fail"), (told.told, told.message, told.warnings)
    if case.rule in BY_RULE:
        others = found.pack ^ found.live
        assert not others, f"the judges differ by {sorted(others)}: {told.told}"
    assert found.native in (None, "P2" in found.pack), f"Pod Security says otherwise: {told.warnings}"
    if told.denied_by:
        assert told.denied_by in told.told, f"refused for another reason than was told: {told.message}"


def test_what_breaks_a_rule_is_refused_and_what_keeps_all_is_not(docket: Docket) -> None:
    default = {twin.name for twin in TWINS}
    for case, found in docket.all():
        if found.answer is None or found.answer.before_rules or case.settings:
            continue
        broken = found.answer.told.keys() & default
        # Where a twin could not be computed the status is another.
        assert bool(found.answer.denied_by) == bool(broken), (str(case), found.answer)


def test_the_matrix(docket: Docket, capsys: pytest.CaptureFixture[str]) -> None:
    """Zero disagreements are the other tests' part; this one counts what they were asked."""
    heard: Counter[tuple[str, str]] = Counter()
    before: Counter[str] = Counter()
    unsent: Counter[str] = Counter()
    for case, found in docket.all():
        if found.heard:
            heard[case.rule, case.verdict] += 1
        elif found.answer is not None:
            before[case.rule] += 1
        else:
            unsent[found.unsent] += 1
    lines = [
        f"  {rule.id:4}{heard[rule.id, 'pass']:6}{heard[rule.id, 'fail']:6}{before[rule.id]:6}"
        f"  {'twin' if rule.id in BY_RULE else rule.decided_by}"
        for rule in RULES
    ]
    with capsys.disabled():
        print("\n  rule  pass  fail  API", *lines, sep="\n")
        print(f"  judged by both: {heard.total()}; by the API server's own checks: {before.total()}")
        print(*(f"  not sent: {count:4}  {why}" for why, count in unsent.most_common()), sep="\n")
    assert heard.total() >= TOGETHER
    for twin in TWINS:
        rule = twin.rule.id
        assert min(heard[rule, "pass"], heard[rule, "fail"]) >= EACH, rule
