"""Field managers: who owns which field of an object, by the API server's own book-keeping (metadata.managedFields).

Every resource applies under a manager of its own, `pulumi-kubernetes-<8 hex digits>`. The digits come from the
provider's id, a random number that the engine keeps in the state, and the resource's URN: so the manager on a live
object tells whether this very resource of this very state made it. That is how a rerun knows its own objects after a
crash, with nothing written anywhere else: an object with our manager is adopted, any other is refused.
"""

import hashlib
import json
from collections.abc import Iterator
from typing import Any, Final

from sandbox.engine.kubernetes.objects import PATCH_MANAGER, annotation
from sandbox.engine.kubernetes.values import Object, Path, get

PREFIX: Final = "pulumi-kubernetes-"
APPLY: Final = "Apply"

Fields = dict[str, Any]
"""A FieldsV1 tree: keys `f:<field>`, `k:<json of an item's key>`, `v:<json of a value>`, `i:<index>`, `.`"""


def manager_of(provider_id: str, urn: str, inputs: Object) -> str:
    """Return the manager's name for a resource: the annotation `pulumi.com/patchFieldManager`, or the derived one."""
    return annotation(inputs, PATCH_MANAGER) or derived(provider_id, urn)


def derived(provider_id: str, urn: str) -> str:
    """Return the manager that belongs to one resource of one state."""
    return PREFIX + hashlib.sha256(f"{provider_id}\0{urn}".encode()).hexdigest()[:8]


def applied_by(live: Object, manager: str) -> bool:
    """Tell whether `manager` has applied this object."""
    return any(entry.get("manager") == manager and entry.get("operation") == APPLY for entry in entries(live))


def entries(live: Object) -> list[Object]:
    """Return the entries of managedFields."""
    found: list[Object] = get(live, "metadata", "managedFields") or []
    return found


def owned(live: Object, manager: str) -> Fields:
    """Return the fields that `manager` applied."""
    tree: Fields = {}
    for entry in entries(live):
        if entry.get("manager") == manager and entry.get("operation") == APPLY:
            _merge(tree, entry.get("fieldsV1") or {})
    return tree


def everybodys(live: Object) -> Fields:
    """Return all managers' fields as one tree: it tells which lists are kept by key."""
    tree: Fields = {}
    for entry in entries(live):
        _merge(tree, entry.get("fieldsV1") or {})
    return tree


def _merge(into: Fields, more: Fields) -> None:
    for key, below in more.items():
        _merge(into.setdefault(key, {}), below)


def list_keys(fields: Fields) -> tuple[str, ...]:
    """Return the names of the fields that identify an item of this list; empty for lists without keys."""
    for key in fields:
        if key.startswith("k:"):
            return tuple(json.loads(key[2:]))
    return ()


def is_set(fields: Fields) -> bool:
    """Tell whether this list is a set of scalars, each with an owner of its own."""
    return any(key.startswith("v:") for key in fields)


def item(fields: Fields, value: Any) -> Fields | None:
    """Return the branch of one item of a list kept by key, or None where it is in nobody's hands."""
    for key, below in fields.items():
        if key.startswith("k:") and isinstance(value, dict):
            wanted = json.loads(key[2:])
            if all(value.get(name) == part for name, part in wanted.items()):
                found: Fields = below
                return found
    return None


def holds(fields: Fields, value: Any, path: Path) -> bool:
    """Tell whether the field at `path` of `value`, or anything below it, is in the tree."""
    at = fields
    for part in path:
        if isinstance(part, int):
            if not list_keys(at):
                return True  # owned as a whole, with all that it holds
            value = value[part] if isinstance(value, list) and part < len(value) else None
            below = item(at, value)
        else:
            value = value.get(part) if isinstance(value, dict) else None
            below = at.get(f"f:{part}")
        if below is None:
            return False
        at = below
    return True


def conflicts(causes: list[dict[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield (manager, field) of every field conflict that an apply was refused for."""
    for cause in causes:
        if cause.get("reason") == "FieldManagerConflict":
            said = cause.get("message", "")
            yield (said.split('"')[1] if said.count('"') >= 2 else said), cause.get("field", "")
