"""Wait until an object is gone, and say what holds it."""

import time
from typing import Final

from sandbox.engine.kubernetes.await_.follow import Follower
from sandbox.engine.kubernetes.discovery import Served
from sandbox.engine.kubernetes.errors import Interrupted, ProviderError
from sandbox.engine.kubernetes.objects import Key, group_kind
from sandbox.engine.kubernetes.session import Session
from sandbox.engine.kubernetes.values import Object, get

TICK: Final = 1  # seconds


class StillThere(ProviderError):
    """An object did not go in time."""


def until_gone(session: Session, urn: str, key: Key, served: Served, live: Object, *, timeout: float) -> None:
    """Return when the object with `live`'s uid is gone.

    Args:
        timeout: seconds.

    Raises:
        StillThere: it did not go; the message names what holds it.
        Interrupted: the run was cancelled.
    """
    deadline = time.monotonic() + timeout
    uid = get(live, "metadata", "uid")
    follower = Follower(
        session.client, served.collection(key.namespace), {"fieldSelector": f"metadata.name={key.name}"}, live
    )
    told = ""
    while True:
        for found in follower.changes(TICK):
            left = next((one for one in found if get(one, "metadata", "uid") == uid), None)
            if left is None:
                return
            live = left
            if session.cancelled.is_set():
                raise Interrupted(f"The run was cancelled while {key} was being deleted; it {blockers(live)}.")
        held = blockers(live)
        if time.monotonic() >= deadline:
            raise StillThere(
                f"{key} is still there {timeout:.0f} s after its deletion was asked for: it {held}. "
                "See what holds it, or give it longer with `customTimeouts`; the next run goes on from here."
            )
        if held != told:
            session.log.status(urn, f"waiting until it is gone: it {held}")
            told = held


def blockers(live: Object) -> str:
    """Say what holds an object that is being deleted."""
    holding = [*(get(live, "metadata", "finalizers") or [])]
    if group_kind(live) == ("", "Namespace"):
        holding += get(live, "spec", "finalizers") or []
        left = [
            str(one.get("message"))
            for one in get(live, "status", "conditions") or []
            if one.get("status") == "True" and one.get("message")
        ]
        if left:
            return "holds " + "; ".join(left)
    if get(live, "metadata", "deletionTimestamp") is None:
        return "is not being deleted"
    if holding:
        return f"waits for its finalizers {', '.join(holding)}"
    grace = get(live, "metadata", "deletionGracePeriodSeconds")
    return f"ends within its grace period of {grace} s" if grace else "is on its way out"
