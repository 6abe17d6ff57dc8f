"""Previews: what the API server would say, asked with a dry run, so that denials and defaults show before the fact.

Where it cannot be asked (something is not known yet, the namespace or the CRD comes in the same run, nobody
answers, the account may only read) the preview shows the program's own values and says so once.
"""

import re
from collections.abc import Sequence
from copy import deepcopy

from sandbox.engine.kubernetes.apply import apply, body_of, without_ignored
from sandbox.engine.kubernetes.create import refuse_foreign
from sandbox.engine.kubernetes.discovery import Served
from sandbox.engine.kubernetes.errors import ApiError, NoSuchKind, Unreachable
from sandbox.engine.kubernetes.managers import derived
from sandbox.engine.kubernetes.objects import Key
from sandbox.engine.kubernetes.session import Session
from sandbox.engine.kubernetes.values import UNKNOWN, Object, get, holds_unknown

ASSIGNED = ("uid", "resourceVersion", "creationTimestamp", "generation")
"""Metadata that the API server gives to a new object: a dry run makes it up."""

_MAY_NOT = re.compile(r'User ".*" cannot (create|patch) resource "')
"""How a missing right reads, in contrast to an admission policy's refusal, which has the same status."""


def preview_create(session: Session, urn: str, inputs: Object, manager: str) -> Object:
    """Return the outputs that a create would have, as far as they are known.

    Raises:
        AlreadyExists: the create would meet an object that is not ours.
        ApiError: the API server would refuse, for instance because an admission policy denies it.
    """
    if holds_unknown(inputs):
        return from_program(inputs)
    try:
        key, served = session.locate(inputs)
        live = session.client.get(served.path(key.namespace, key.name), what=str(key))
        if live and not session.configuration.upsert_existing_objects:
            if not get(live, "metadata", "deletionTimestamp"):
                refuse_foreign(key, live, derived(session.provider_id, urn))
            _admit(session, key, served, inputs)
            return from_program(inputs)
        return _fresh(inputs, apply(session, key, served, inputs, manager, dry_run=True, urn=urn).body)
    except (NoSuchKind, Unreachable, ApiError) as error:
        explain(session, urn, inputs, error)
        return from_program(inputs)


def preview_update(
    session: Session, urn: str, inputs: Object, olds: Object, manager: str, *, ignored: Sequence[str]
) -> Object:
    """Return the outputs that an update would have, as far as they are known.

    Args:
        olds: outputs in the state.

    Raises:
        FieldConflict: another manager owns fields that would change.
        ApiError: the API server would refuse.
    """
    if holds_unknown(inputs):
        return {**olds, **inputs}
    try:
        key, served = session.locate(inputs)
        wanted = without_ignored(session, key, served, inputs, ignored=ignored, manager=manager)
        return apply(session, key, served, wanted, manager, dry_run=True, urn=urn).body
    except (NoSuchKind, Unreachable, ApiError) as error:
        explain(session, urn, inputs, error)
        return {**olds, **inputs}


def _admit(session: Session, key: Key, served: Served, inputs: Object) -> None:
    """Let a successor through admission while its predecessor still bears its name.

    A dry-run POST is defaulted, validated and admitted like any create, and fails with 409 at the very end only.
    """
    path = served.collection(key.namespace)
    try:
        session.client.request("POST", path, query={"dryRun": "All"}, body=body_of(key, inputs), what=str(key))
    except ApiError as error:
        if error.status == 409 or "exceeded quota" in error.message:
            return  # its predecessor goes first, and frees both the name and the quota
        raise


def explain(session: Session, urn: str, inputs: Object, error: NoSuchKind | Unreachable | ApiError) -> None:
    """Say why this preview could not be asked of the API server; raise again what really is an error."""
    shown = "it is previewed from the program's values, without the API server's defaults and checks."
    if isinstance(error, NoSuchKind):
        text = f"The cluster does not serve {error.kind} in {error.api_version} (yet); {shown}"
        session.log.once(urn, text)
    elif isinstance(error, Unreachable):
        session.log.once(urn, f"{error} Everything is previewed from the state and the program alone.", warning=True)
    elif error.status == 404 and error.details.get("kind") == "namespaces":
        session.log.once(urn, f"Namespace {error.details.get('name')} does not exist yet; {shown}")
    elif error.status == 403 and "because it is being terminated" in error.message:
        session.log.once(urn, f"Namespace {get(inputs, 'metadata', 'namespace')} is being deleted; {shown}")
    elif error.status == 403 and _MAY_NOT.search(error.message):
        session.log.once(urn, f"This account may not try it out on the API server; {shown}")
    else:
        raise error


def from_program(inputs: Object) -> Object:
    """Return outputs for a new object of which only the program's side is known."""
    result = deepcopy(inputs)
    if isinstance(result.get("metadata"), dict):
        for key in ASSIGNED:
            result["metadata"].setdefault(key, UNKNOWN)
    return {**result, "status": UNKNOWN}


def _fresh(inputs: Object, dry: Object) -> Object:
    """Return a dry run's answer without what the real run will assign anew."""
    result = deepcopy(dry)
    result["metadata"] |= dict.fromkeys(ASSIGNED, UNKNOWN)
    if dry.get("kind") == "Service":
        for field in ("clusterIP", "clusterIPs"):
            if get(dry, "spec", field) not in (None, "None", ["None"]) and get(inputs, "spec", field) is None:
                result["spec"][field] = UNKNOWN
        for index, port in enumerate(get(result, "spec", "ports") or []):
            if "nodePort" in port and get(inputs, "spec", "ports", index, "nodePort") is None:
                port["nodePort"] = UNKNOWN
    return {**result, "status": UNKNOWN}
