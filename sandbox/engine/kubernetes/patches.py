"""Patch kinds (`ConfigMapPatch` and so on): own some fields of an object that somebody else made.

A patch applies with a manager of its own onto an object that must exist; deleting the patch gives its fields back and
leaves the object.
"""

import time

from sandbox.engine.kubernetes.apply import apply, relinquish
from sandbox.engine.kubernetes.create import CRD_PATIENCE, Made
from sandbox.engine.kubernetes.errors import Interrupted, InvalidInput, NoSuchKind, Unreachable
from sandbox.engine.kubernetes.preview import preview_update
from sandbox.engine.kubernetes.session import Session
from sandbox.engine.kubernetes.values import Object, holds_unknown

FRESH_PATIENCE = 10.0  # seconds for what the cluster makes by itself in a namespace that this run has made


def type_of(urn: str) -> str:
    """Return a URN's own type token, without those of its parents."""
    return urn.split("::")[2].rpartition("$")[2]


def is_patch(urn: str, value: Object) -> bool:
    """Tell whether this resource is a patch; a custom kind that is itself called `...Patch` is none."""
    return type_of(urn).endswith(f":{value.get('kind')}Patch")


def create(session: Session, urn: str, inputs: Object, manager: str, *, timeout: float) -> Made:  # noqa: ARG001 (as for other creates)
    """Apply a patch onto an object.

    Args:
        timeout: not needed; as for other creates.

    Raises:
        InvalidInput: there is no such object.
        FieldConflict: another manager owns fields that would change.
    """
    key, served = session.locate(inputs, patience=CRD_PATIENCE)
    _must_exist(session, inputs)
    return Made(key, served, apply(session, key, served, inputs, manager, urn=urn).body)


def preview(session: Session, urn: str, inputs: Object, manager: str) -> Object:
    """Return the object as the patch would leave it, as far as that is known."""
    if not holds_unknown(inputs):
        try:
            _must_exist(session, inputs)
        except (NoSuchKind, Unreachable):
            pass  # the preview itself says so
        except InvalidInput as error:
            session.log.once(urn, f"{error} It has to come before the patch in the same run.")
            return inputs
    return preview_update(session, urn, inputs, {}, manager, ignored=())


def _must_exist(session: Session, inputs: Object) -> None:
    key, served = session.locate(inputs)
    # What the cluster itself puts into a new namespace, such as its default ServiceAccount, comes a moment later.
    until = time.monotonic() + (FRESH_PATIENCE if key.namespace in session.fresh else 0)
    while session.client.get(served.path(key.namespace, key.name), what=str(key)) is None:
        if time.monotonic() > until:
            raise InvalidInput(f"There is no {key} to patch; a patch changes what exists.")
        if session.cancelled.wait(0.1):
            raise Interrupted(f"The run was cancelled while {key}, which is to be patched, was not there yet.")


def delete(session: Session, state: Object, manager: str) -> None:
    """Give back every field of the patch; the object stays."""
    try:
        key, served = session.locate(state)
    except NoSuchKind:
        return
    if session.client.get(served.path(key.namespace, key.name), what=str(key)) is not None:
        relinquish(session, key, served, manager)
