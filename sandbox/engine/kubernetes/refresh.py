"""Read an object back: what of the program's values still holds, and what somebody else has changed.

Only what the program set is looked at. A value counts as changed where it differs from what the API server said after
our last apply, not where it differs from the program's spelling: `1000m` that came back as `1` is no drift.
Items of a list are matched by their key (a container by its name), so a sidecar that somebody injected is no drift.
"""

from base64 import b64decode
from copy import deepcopy
from typing import Final

from sandbox.engine.kubernetes.managers import Fields, everybodys, is_set, item, list_keys, owned
from sandbox.engine.kubernetes.objects import INTERNAL, LAST_APPLIED, desired, is_secret
from sandbox.engine.kubernetes.quantity import same
from sandbox.engine.kubernetes.values import Json, Object, get

SERVER_SIDE: Final = (
    "uid",
    "resourceVersion",
    "creationTimestamp",
    "generation",
    "managedFields",
    "selfLink",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
)
"""Metadata that no program sets."""

_ABSENT: Final = object()


def drifted(inputs: Object, state: Object, live: Object) -> Object:
    """Return the inputs as the live object has them.

    Args:
        inputs: what the program said last.
        state: the outputs after our last apply; may lack what another plugin left out.
        live: the object now.
    """
    wanted = desired(inputs)
    kept = {key: value for key, value in inputs.items() if key.startswith(INTERNAL)}
    found = _project(wanted, state, live, everybodys(live))
    result: Object = {**found, "apiVersion": inputs.get("apiVersion"), "kind": inputs.get("kind"), **kept}
    metadata = get(inputs, "metadata")
    if isinstance(metadata, dict):  # identity is what we asked for, and generateName is not kept by every server
        result["metadata"] = {
            **(result.get("metadata") or {}),
            **{key: metadata[key] for key in ("name", "namespace", "generateName") if key in metadata},
        }
    return _text_secrets(inputs, result) if is_secret(inputs) and inputs.get("stringData") else result


def _project(wanted: Json, before: Json, live: Json, fields: Fields) -> Json:
    """Return `wanted` with every value that has changed since `before` as it is in `live`."""
    if isinstance(wanted, dict) and isinstance(live, dict):
        return {
            key: found
            for key, value in wanted.items()
            if (found := _field(value, before, live, key, fields)) is not _ABSENT
        }
    if isinstance(wanted, list) and isinstance(live, list):
        return _items(wanted, before if isinstance(before, list) else None, live, fields)
    if before is not None:
        return wanted if live == before else live
    return wanted if same(wanted, live) else live


def _field(value: Json, before: Json, live: Object, key: str, fields: Fields) -> Json:
    was = before.get(key) if isinstance(before, dict) else None
    if key not in live:
        # The API server drops what is empty or zero; that is no drift unless it once had it.
        return value if was is None else _ABSENT
    return _project(value, was, live[key], fields.get(f"f:{key}", {}))


def _items(wanted: list[Json], before: list[Json] | None, live: list[Json], fields: Fields) -> list[Json]:
    if keys := list_keys(fields):
        result = []
        for position, one in enumerate(wanted):
            now = _match(one, live, keys, position)
            if now is not _ABSENT:
                was = _match(one, before or [], keys, position)
                result.append(_project(one, None if was is _ABSENT else was, now, item(fields, now) or {}))
        return result
    if is_set(fields):
        return [one for one in wanted if one in live]
    if before is not None and live == before:
        return wanted
    if len(wanted) != len(live):
        return live
    return [
        _project(one, before[index] if before and index < len(before) else None, live[index], {})
        for index, one in enumerate(wanted)
    ]


def _match(one: Json, items: list[Json], keys: tuple[str, ...], position: int) -> Json:
    """Return the item with the same key; a key that the program leaves to its default matches any value of it."""
    if not isinstance(one, dict):
        return _ABSENT
    given = [key for key in keys if key in one]
    fitting = [other for other in items if isinstance(other, dict) and all(other.get(key) == one[key] for key in given)]
    if len(fitting) > 1 and position < len(items) and items[position] in fitting:
        return items[position]
    return fitting[0] if fitting else _ABSENT


def _text_secrets(inputs: Object, found: Object) -> Object:
    """Move what the program gave as `stringData` back out of `data`."""
    texts: Object = inputs["stringData"]
    data = dict(found.get("data") or {})
    now = {key: b64decode(data.pop(key)).decode(errors="replace") for key in texts if key in data}
    result = {**found, "stringData": now}
    if "data" in inputs:
        return {**result, "data": {key: value for key, value in data.items() if key in inputs["data"]}}
    result.pop("data", None)
    return result


def at_awaited_scale(inputs: Object, state: Object, live: Object) -> Object:
    """Return the live object with no more replicas to ask for than were awaited, where the program leaves them open.

    An autoscaler that is just adding some does not make the workload one that failed to start: without this, a refresh
    at that moment would have the next preview propose an update that changes nothing.
    """
    before, now = get(state, "spec", "replicas"), get(live, "spec", "replicas")
    if get(inputs, "spec", "replicas") is not None or before is None or now is None or now <= before:
        return live
    return {**live, "spec": {**live["spec"], "replicas": before}}


def imported(live: Object, manager: str) -> Object:
    """Return inputs for an object that the state does not know yet: what somebody, once, has set on purpose.

    That is all of it but status and server-side metadata; where another manager has applied fields, those and what
    other clients set at creation are indistinguishable, so defaults that the API server filled in come along.
    """
    result = {key: value for key, value in deepcopy(live).items() if key != "status"}
    metadata = {key: value for key, value in result.get("metadata", {}).items() if key not in SERVER_SIDE}
    annotations = {
        key: value for key, value in (metadata.pop("annotations", None) or {}).items() if key != LAST_APPLIED
    }
    if annotations:
        metadata["annotations"] = annotations
    result["metadata"] = metadata
    mine = owned(live, manager)
    return result if not mine else _only(result, mine)


def _only(value: Object, fields: Fields) -> Object:
    """Return the part of an object that a manager applied: an import of our own object gives back its program."""
    kept: Object = {key: value[key] for key in ("apiVersion", "kind") if key in value}
    kept |= _branch({key: item for key, item in value.items() if key not in kept}, fields)
    kept.setdefault("metadata", {})
    for key in ("name", "namespace"):
        if get(value, "metadata", key):
            kept["metadata"][key] = value["metadata"][key]
    return kept


def _branch(value: Json, fields: Fields) -> Json:
    below = [key for key in fields if key != "."]
    if not below:
        return value  # owned as a whole
    if isinstance(value, dict):
        return {key: _branch(value[key], fields[f"f:{key}"]) for key in value if f"f:{key}" in fields}
    if isinstance(value, list) and list_keys(fields):
        return [_branch(one, mine) for one in value if (mine := item(fields, one)) is not None]
    return value
