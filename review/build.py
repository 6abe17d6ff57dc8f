"""From what runs of the engine said to the model: one stack at head, held against the merge base if there is one."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from review._failures import failures, warnings
from review._findings import exceptions, findings, undecided
from review._ops import OPS
from review.events import Difference, Log, Remediation, State, Step
from review.model import Change, Op, PropertyChange, Remedy, Review, StackReview
from review.values import Mark, Path, Value, differences, get, parse, spelled
from spec import PlatformSpec, SpecError, TenantSpec, load

PROVIDER = "pulumi:providers:"
OURS = ("pulumi:pulumi:Stack", PROVIDER)
"""Beginnings of types that are the engine's own."""


def review(heads: Mapping[str, Log], bases: Mapping[str, Log] | None = None) -> Review:
    """Return what a pull request changes: logs by stack, at its head and at the merge base."""
    known = bases or {}
    return Review(stacks=tuple(stack(name, log, known.get(name)) for name, log in sorted(heads.items())))


def stack(name: str, head: Log, base: Log | None = None) -> StackReview:
    """Return what a pull request changes in one stack.

    Args:
        base: a preview of the merge base against the same state; None where there is none, and then all is new.
    """
    found = _stack(name, head)
    if base is None:
        return found
    before = _stack(name, base)
    changed = {_effect(each) for each in before.changes}
    said = set(before.findings)
    return replace(
        found,
        changes=tuple(replace(each, pending=_effect(each) in changed) for each in found.changes),
        findings=tuple(replace(each, pending=each in said) for each in found.findings),
    )


def _stack(name: str, log: Log) -> StackReview:
    # The engine works side by side, so its own order differs from run to run.
    every = sorted(_changes(log.steps), key=lambda each: (each.components, each.type, each.logical))
    spec = _spec(name, log.config)
    return StackReview(
        stack=name,
        changes=tuple(each for each in every if each.op not in (Op.SAME, Op.READ)),
        unchanged=sum(each.op is Op.SAME and bool(each.kind) for each in every),
        findings=tuple(sorted(findings(log), key=lambda each: (each.rule, each.urn))),
        undecided=tuple(sorted(undecided(log), key=lambda each: (each.rule, each.urn))),
        exceptions=tuple(exceptions(log)),
        remedies=tuple(_remedy(found) for found in log.remediations),
        failures=tuple(failures(log)),
        warnings=tuple(warnings(log)),
        packs=log.packs,
        providers=dict(_providers(log.steps)),
        tenant=spec.name if isinstance(spec, TenantSpec) else "",
        spec=spec,
        kept=tuple(each for each in every if each.op is Op.SAME),
    )


def _providers(steps: Iterable[Step]) -> Iterator[tuple[str, str]]:
    """Yield plugins by name, with the versions that the program was made for."""
    for step in steps:
        version = get(step.new.inputs, "version") if step.new and step.type.startswith(PROVIDER) else None
        if isinstance(version, str) and not isinstance(version, Mark):
            yield step.type.removeprefix(PROVIDER), version


def _effect(change: Change) -> str:
    """Return what tells a change from others of the same resource."""
    facts = [change.op, change.urn, [vars(each) for each in change.properties], change.reasons, change.new]
    return json.dumps(facts, sort_keys=True)


def _spec(name: str, config: Mapping[str, str]) -> TenantSpec | PlatformSpec | None:
    try:
        given = {key: json.loads(config[f"paas:{key}"]) for key in ("tenant", "platform") if f"paas:{key}" in config}
        return load(name, given)
    except (SpecError, ValueError):  # the program says the same, and louder
        return None


def _changes(steps: Iterable[Step]) -> Iterator[Change]:
    """Yield one change for each resource, whatever number of steps it takes."""
    by_urn: dict[str, list[Step]] = {}
    for step in steps:
        if step.op in OPS:
            by_urn.setdefault(step.urn, []).append(step)
    parents = {urn: _parent(found) for urn, found in by_urn.items()}
    for urn, found in by_urn.items():
        if not found[0].type.startswith(OURS):
            yield _change(urn, found, _components(urn, parents))


def _parent(steps: list[Step]) -> str:
    return next((state.parent for step in steps for state in (step.new, step.old) if state and state.parent), "")


def _components(urn: str, parents: Mapping[str, str]) -> tuple[str, ...]:
    found: list[str] = []
    above = parents.get(urn, "")
    while above and not _type(above).startswith(OURS):
        found.append(above.rpartition("::")[2])
        above = parents.get(above, "")
    return tuple(reversed(found))


def _type(urn: str) -> str:
    return urn.rpartition("::")[0].rpartition("::")[2].rpartition("$")[2]


def _change(urn: str, steps: list[Step], components: tuple[str, ...]) -> Change:
    ops = {OPS[step.op] for step in steps}
    op = Op.REPLACE if {Op.CREATE, Op.DELETE} <= ops else next(each for each in (Op.REPLACE, *Op) if each in ops)
    old = next((step.old for step in steps if step.old), None)
    new = None if op is Op.DELETE else next((step.new for step in reversed(steps) if step.new), None)
    seen = new or old
    group, kind = _kind(steps[0].type, seen)
    told = next((step.differences for step in steps if step.differences is not None), None)
    return Change(
        op=op,
        urn=urn,
        type=steps[0].type,
        logical=urn.rpartition("::")[2],
        name=_named(seen, "name") or urn.rpartition("::")[2],
        namespace=_named(seen, "namespace"),
        group=group,
        kind=kind,
        components=components,
        component=not (seen and seen.custom),
        patch=bool(kind) and steps[0].type.endswith("Patch"),
        retained=bool(old and old.retain),
        protected=bool(old and old.protect),
        properties=tuple(_properties(old, new, told)) if op in (Op.UPDATE, Op.REPLACE) else (),
        reasons=tuple(sorted({key for step in steps for key in step.keys})),
        made=new.inputs if new and op in (Op.CREATE, Op.IMPORT) else {},
        old=old.inputs if old else {},
        new=new.inputs if new else {},
    )


def _kind(type: str, state: State | None) -> tuple[str, str]:
    """Return API group and kind; both are empty for what is no object of the API."""
    if not type.startswith("kubernetes:") or state is None:
        return "", ""
    version, kind = (get(state.inputs, key) or get(state.outputs, key) for key in ("apiVersion", "kind"))
    if not (isinstance(version, str) and isinstance(kind, str)):
        return "", type.rpartition(":")[2]
    return version.rpartition("/")[0], kind


def _named(state: State | None, field: str) -> str:
    for found in (state.inputs, state.outputs) if state else ():
        value = get(found, "metadata", field)
        if isinstance(value, str) and not isinstance(value, Mark):
            return value
    return ""


def _properties(
    old: State | None, new: State | None, told: Mapping[str, Difference] | None
) -> Iterator[PropertyChange]:
    """Yield what changes: as the provider tells it, else by comparing what the program asked for and asks for."""
    before, after = (state.inputs if state else {} for state in (old, new))
    paths = _parsed(told or {})
    if not paths:
        for path, was, becomes in differences(before, after):
            yield PropertyChange(path=spelled(path), before=was, after=becomes)
        return
    for path, (text, found) in paths.items():
        was = get(old.outputs if old and found.drift else before, *path)
        yield PropertyChange(
            path=text,
            before=None if found.kind == "add" else was,
            after=None if found.kind == "delete" else get(after, *path),
            replaces=found.replaces,
            drift=found.drift,
        )


def _parsed(told: Mapping[str, Difference]) -> dict[Path, tuple[str, Difference]]:
    """Return differences by path; none where one is spelled as no path is: then what the program asks for decides."""
    try:
        return {parse(text): (text, found) for text, found in told.items()}
    except ValueError:
        return {}


def _remedy(found: Remediation) -> Remedy:
    changed: Iterable[tuple[tuple[str | int, ...], Value, Value]] = differences(found.before, found.after)
    return Remedy(
        rule=found.rule,
        urn=found.urn,
        properties=tuple(
            PropertyChange(path=spelled(path), before=before, after=after) for path, before, after in changed
        ),
    )
