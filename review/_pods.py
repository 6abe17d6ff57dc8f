"""What a change does to pods: whether they may do more to their node, and which images they run."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from review.kubernetes import DATABASE, containers, images, kind, pod
from review.model import Change
from review.values import Mark, Value, get, listed
from spec import image

LEVELS: Final = ("restricted", "baseline", "privileged")
ENFORCED: Final = "pod-security.kubernetes.io/enforce"

HELD: Final[tuple[tuple[str, Value], ...]] = (
    ("allowPrivilegeEscalation", False),
    ("runAsNonRoot", True),
    ("readOnlyRootFilesystem", True),
)
"""What a container must say to be held; silence is freedom."""

FREED: Final[tuple[tuple[str, Value], ...]] = (("privileged", True), ("procMount", "Unmasked"), ("runAsUser", 0))
"""What a container says to be free."""


def loosened(change: Change) -> Iterator[str]:
    """Yield what pods may do that they could not do before; a new object is held against one that says nothing."""
    if change.kind == "Namespace" and change.old and change.new:
        yield from _level(change)
    new = pod(change, change.new)
    if new:
        old = pod(change, change.old)
        before = _freedoms(old) if old else {said for said in _freedoms(new) if said.endswith("not set")}
        yield from sorted(_freedoms(new) - before)


def changed_images(change: Change) -> Iterator[tuple[bool, str]]:
    """Yield (whether it is grave, sentence) of each image that is new."""
    old = images(change, change.old)
    for name, text in images(change, change.new).items():
        before = old.get(name)
        if not isinstance(text, str) or isinstance(text, Mark) or text == before:
            continue
        now = image.parse(text)
        was = image.parse(before) if isinstance(before, str) and not isinstance(before, Mark) else None
        if was and kind(change) != DATABASE and (majors := jump(was.tag, now.tag)):  # that has a danger of its own
            yield True, f"container {name} goes from version {majors[0]} to {majors[1]}"
        if was and was.repository != now.repository:
            yield True, f"container {name} runs {now.repository} instead of {was.repository}"
        if was and was.digest and not now.digest:
            yield True, f"container {name} names its image no longer by digest"
        elif not now.digest:
            yield False, f"container {name} names its image by tag only: {text}"


def jump(old: str | None, new: str | None) -> tuple[str, str] | None:
    """Return the major versions of two tags where both have one and they differ."""
    majors = [re.match(r"v?(\d+)", tag or "") for tag in (old, new)]
    before, after = (match[1] if match else None for match in majors)
    return (before, after) if before is not None and after is not None and before != after else None


def _level(change: Change) -> Iterator[str]:
    old, new = (get(side, "metadata", "labels", ENFORCED) for side in (change.old, change.new))
    before, after = (LEVELS.index(found) if found in LEVELS else len(LEVELS) - 1 for found in (old, new))
    if after > before:
        yield f"Pod Security is {LEVELS[after]}, no longer {LEVELS[before]}"


def _freedoms(spec: Mapping[str, Value]) -> set[str]:
    """Return what pods are free to do, a sentence each; what they are only not kept from ends in `not set`."""
    found = {f"pods use the node's {field}" for field in ("hostNetwork", "hostPID", "hostIPC") if spec.get(field)}
    found |= {
        f"pods mount {get(volume, 'hostPath', 'path')} of the node"
        for volume in listed(spec.get("volumes"))
        if get(volume, "hostPath") is not None
    }
    if spec.get("automountServiceAccountToken") is True:
        found.add("pods get credentials of the API server")
    for name, container in containers(spec):
        found |= {f"container {name}: {said}" for said in _container(spec.get("securityContext"), container)}
    return found


def _container(whole: Value, container: Mapping[str, Value]) -> Iterator[str]:
    def says(field: str) -> Value:
        own = get(container, "securityContext", field)
        return get(whole, field) if own is None else own

    yield from (f"{field} is {says(field)}" for field, free in FREED if says(field) == free)
    for field, held in HELD:
        if says(field) != held:
            yield f"{field} is not {str(held).lower()}" + (": not set" if says(field) is None else "")
    yield from (f"has capability {each}" for each in listed(get(container, "securityContext", "capabilities", "add")))
    if "ALL" not in listed(get(container, "securityContext", "capabilities", "drop")):
        yield "capabilities are not dropped: not set"
    profile = get(container, "securityContext", "seccompProfile", "type") or get(whole, "seccompProfile", "type")
    if profile == "Unconfined":
        yield "seccomp is Unconfined"
    if profile is None:
        yield "has no seccomp profile: not set"
