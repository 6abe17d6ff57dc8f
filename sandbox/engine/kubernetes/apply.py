"""Server-side apply, and the answers that the API server may have for it."""

from collections.abc import Iterable
from copy import deepcopy
from typing import Any

from sandbox.engine.kubernetes.client import APPLY, Answer
from sandbox.engine.kubernetes.discovery import Served
from sandbox.engine.kubernetes.errors import ApiError, FieldConflict
from sandbox.engine.kubernetes.managers import conflicts, holds, owned
from sandbox.engine.kubernetes.objects import PATCH_FORCE, Key, desired, flag
from sandbox.engine.kubernetes.paths import parse
from sandbox.engine.kubernetes.session import Session
from sandbox.engine.kubernetes.values import Object, Path


def apply(
    session: Session, key: Key, served: Served, inputs: Object, manager: str, *, dry_run: bool = False, urn: str = ""
) -> Answer:
    """Apply `inputs` as `manager`; a status of 201 tells that the object is new.

    Raises:
        FieldConflict: another manager owns fields that would change, and force is off.
        ApiError: the API server refuses.
    """
    force = flag(inputs, PATCH_FORCE)
    if force is None:
        force = session.configuration.enable_patch_force
    query = {"fieldManager": manager, "force": "true" if force else "false"}
    if dry_run:
        query["dryRun"] = "All"
    path = served.path(key.namespace, key.name)
    try:
        answer = session.client.request(
            "PATCH", path, query=query, body=body_of(key, inputs), content=APPLY, what=str(key)
        )
    except ApiError as error:
        owners = list(conflicts(error.causes))
        if error.status == 409 and owners:
            raise FieldConflict(_conflict(key, owners)) from error
        raise
    if urn and not session.configuration.suppress_deprecation_warnings:
        for text in answer.warnings:
            session.log.once(urn, f"{key}: the API server warns: {text}", warning=True)
    return answer


def body_of(key: Key, inputs: Object) -> Object:
    """Return what the API server is sent: the inputs, in their namespace, owning at least one field.

    The API server records no manager for an object that holds nothing but its name (a bare Namespace or
    ServiceAccount), and we would not know it again after a crash. An empty map of annotations is a field that can
    be owned and is not even stored.
    """
    body = desired(inputs)
    metadata = {**body["metadata"], **({"namespace": key.namespace} if key.namespace else {})}
    if body.keys() <= {"apiVersion", "kind", "metadata"} and metadata.keys() <= {"name", "namespace"}:
        metadata["annotations"] = {}
    return {**body, "metadata": metadata}


def _conflict(key: Key, owners: list[tuple[str, str]]) -> str:
    by_manager: dict[str, list[str]] = {}
    for manager, field in owners:
        by_manager.setdefault(manager, []).append(field)
    whose = "; ".join(f'"{manager}" owns {", ".join(sorted(set(fields)))}' for manager, fields in by_manager.items())
    return (
        f"{key} was not changed, because another field manager owns what would change: {whose}. "
        "Leave these fields out of the program (or name them in `ignoreChanges`) if they are that manager's business; "
        'take them over with the annotation `pulumi.com/patchForce: "true"` or the provider\'s `enablePatchForce`.'
    )


def without_ignored(
    session: Session, key: Key, served: Served, inputs: Object, *, ignored: Iterable[str], manager: str
) -> Object:
    """Return `inputs` without the ignored properties that are not ours on the live object.

    The engine resets an ignored property to its old value. Applying that value would fight with whoever changed it,
    so what is ignored and belongs to another manager is not applied at all.
    """
    paths = [parse(text) for text in ignored]
    if not paths:
        return inputs
    live = session.client.get(served.path(key.namespace, key.name), what=str(key))
    if live is None:
        return inputs
    ours = owned(live, manager)
    result = deepcopy(inputs)
    for path in paths:
        for found in _expand(result, path):
            if not holds(ours, live, found):
                _drop(result, found)
    return result


def _expand(value: Any, path: Path) -> list[Path]:
    """Return the concrete paths that a pattern with `*` stands for, the last first so that dropping is safe."""
    if not path:
        return [()]
    head, rest = path[0], path[1:]
    keys: list[str | int] = []
    if isinstance(value, dict):
        keys = [key for key in value if head in ("*", key)]
    elif isinstance(value, list):
        keys = [index for index in reversed(range(len(value))) if head in ("*", index)]
    return [(key, *below) for key in keys for below in _expand(value[key], rest)]


def _drop(value: Any, path: Path) -> None:
    for part in path[:-1]:
        value = value[part]
    del value[path[-1]]


def relinquish(session: Session, key: Key, served: Served, manager: str) -> None:
    """Give up every field that `manager` owns: apply nothing but the object's identity."""
    bare: Object = {"apiVersion": key.api_version, "kind": key.kind, "metadata": {"name": key.name}}
    if key.namespace:
        bare["metadata"]["namespace"] = key.namespace
    session.client.request(
        "PATCH",
        served.path(key.namespace, key.name),
        query={"fieldManager": manager, "force": "true"},
        body=bare,
        content=APPLY,
        what=str(key),
    )
