"""Update: apply the new inputs as the manager that made the object."""

from collections.abc import Sequence

from sandbox.engine.kubernetes.apply import apply, relinquish, without_ignored
from sandbox.engine.kubernetes.create import CRD_PATIENCE, Made
from sandbox.engine.kubernetes.session import Session
from sandbox.engine.kubernetes.values import Object


def update(session: Session, urn: str, inputs: Object, manager: str, *, ignored: Sequence[str] = ()) -> Made:
    """Bring the object to what `inputs` describe; one that has gone is made again.

    Args:
        ignored: property paths of `ignoreChanges`.

    Raises:
        FieldConflict: another manager owns fields that would change.
        ProviderError: the API server refuses or does not answer.
    """
    key, served = session.locate(inputs, patience=CRD_PATIENCE)
    wanted = without_ignored(session, key, served, inputs, ignored=ignored, manager=manager)
    answer = apply(session, key, served, wanted, manager, urn=urn)
    if answer.status == 201:
        session.log.warning(urn, f"{key} had gone from the cluster; it was made again.")
    return Made(key, served, answer.body)


def hand_over(session: Session, inputs: Object, before: str, after: str) -> None:
    """Hand an object from one manager of ours to another (`pulumi.com/patchFieldManager` changed).

    Both apply the same values for a moment, so that no field is ever without an owner and none is in conflict.
    """
    key, served = session.locate(inputs)
    apply(session, key, served, inputs, before)
    apply(session, key, served, inputs, after)
    relinquish(session, key, served, before)
