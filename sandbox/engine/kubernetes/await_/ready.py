"""Wait until an object is ready."""

import time
from itertools import count
from typing import Final

from sandbox.engine.kubernetes.await_.follow import Follower
from sandbox.engine.kubernetes.await_.reasons import reasons
from sandbox.engine.kubernetes.await_.stages import Stage, stages
from sandbox.engine.kubernetes.await_.verdict import Verdict
from sandbox.engine.kubernetes.discovery import Served
from sandbox.engine.kubernetes.errors import NotReady
from sandbox.engine.kubernetes.objects import Key
from sandbox.engine.kubernetes.session import Session
from sandbox.engine.kubernetes.values import Object

ASK_PODS: Final = 2  # ticks between questions about Pods and events
STUCK: Final = (
    "Everything under way waits like this, so whatever would bring the Pods cannot start. "
    "Let this resource depend on the workload (`depends_on`), or raise `--parallel`."
)
TICK: Final = 1  # seconds after which a wait looks up: was it cancelled, is it late, what do Pods say?


def until_ready(session: Session, urn: str, key: Key, served: Served, live: Object, *, timeout: float) -> Object:
    """Return the object as it was when it became ready; at once for kinds that are ready when they exist.

    Args:
        timeout: seconds, for all stages together.

    Raises:
        NotReady: it did not become ready in time, never will, or the run was cancelled.
    """
    deadline = time.monotonic() + timeout
    for stage in stages(session, key, served, live):
        live = _pass(session, urn, key, stage, live, timeout=timeout, deadline=deadline)
    return live


def look(session: Session, key: Key, served: Served, live: Object) -> list[str]:
    """Return why an object is not ready right now; nothing where it is."""
    for stage in stages(session, key, served, live):
        follower = Follower(session.client, stage.path, stage.selector, live if stage.about_itself else None)
        verdict = stage.ask(follower.current())
        if not verdict.ready:
            return [f"{key} is not ready: {verdict.reason}.", *reasons(session, key, live)]
    return []


def _pass(
    session: Session, urn: str, key: Key, stage: Stage, live: Object, *, timeout: float, deadline: float
) -> Object:
    try:
        return _follow(session, urn, key, stage, live, timeout=timeout, deadline=deadline)
    finally:
        session.traffic.idle(urn, False)


def _follow(
    session: Session, urn: str, key: Key, stage: Stage, live: Object, *, timeout: float, deadline: float
) -> Object:
    follower = Follower(session.client, stage.path, stage.selector, live if stage.about_itself else None)
    told = ""
    for tick in count():
        verdict = Verdict(False)
        for found in follower.changes(TICK):
            live = found[0] if stage.about_itself and found else live
            verdict = stage.ask(found)
            if verdict.ready:
                return live
            if verdict.hopeless:
                raise NotReady(live, [f"{key} did not become ready: {verdict.reason}", *reasons(session, key, live)])
            if session.cancelled.is_set():
                raise NotReady(live, [f"{key} exists; the run was cancelled before it was ready ({verdict.reason})."])
        session.traffic.idle(urn, verdict.needs_others)
        if verdict.needs_others and session.traffic.must_make_way(urn):
            session.log.warning(urn, f"{key} is not awaited: {verdict.reason}. {STUCK}")
            return live
        late = time.monotonic() >= deadline
        if tick % ASK_PODS and not late:
            continue
        why = reasons(session, key, live)
        if late:
            raise NotReady(live, [f"{key} was not ready after {timeout:.0f} s: {verdict.reason}", *why])
        text = "; ".join([verdict.reason, *why])
        if text != told:
            session.log.status(urn, f"waiting: {text}")
            told = text
    raise AssertionError("a wait ends by an answer, an error or its timeout")
