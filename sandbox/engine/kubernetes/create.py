"""Create, strictly: a new object is made, our own from an interrupted run is adopted, any other is refused."""

from dataclasses import dataclass

from sandbox.engine.kubernetes.apply import apply, relinquish
from sandbox.engine.kubernetes.await_ import until_gone
from sandbox.engine.kubernetes.discovery import Served
from sandbox.engine.kubernetes.errors import AlreadyExists, ApiError
from sandbox.engine.kubernetes.managers import applied_by, derived, entries
from sandbox.engine.kubernetes.objects import AUTONAMED, Key, annotation
from sandbox.engine.kubernetes.session import Session
from sandbox.engine.kubernetes.values import Object, get

CRD_PATIENCE = 10.0  # seconds for a kind to be served after its CRD was established
METADATA = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"


@dataclass(frozen=True)
class Made:
    """An object that is there now: which one, how it is served, and how it looks."""

    key: Key
    served: Served
    live: Object


def create(session: Session, urn: str, inputs: Object, manager: str, *, timeout: float) -> Made:
    """Make the object that `inputs` describe.

    Args:
        timeout: seconds to wait for a predecessor of the same name that is still being deleted.

    Raises:
        AlreadyExists: an object of that name is there, and this resource did not make it.
        ProviderError: the API server refuses or does not answer.
    """
    key, served = session.locate(inputs, patience=CRD_PATIENCE)
    live = None
    if key.namespace not in session.fresh:  # nothing of ours can be in a namespace that this run has made
        live = session.client.get(served.path(key.namespace, key.name), what=str(key))
    if live and get(live, "metadata", "deletionTimestamp"):
        session.log.status(urn, f"{key} of before is still being deleted; waiting for it to go")
        until_gone(session, urn, key, served, live, timeout=timeout)
        live = None
    upsert = session.configuration.upsert_existing_objects
    if live and not upsert:
        refuse_foreign(key, live, derived(session.provider_id, urn))
        session.log.info(urn, f"{key} was made by an interrupted run of this resource; it is taken into the state.")
        session.adopted.add(str(get(live, "metadata", "uid")))
    answer = apply(session, key, served, inputs, manager, urn=urn)
    if live is None and not upsert and answer.status == 200 and _older(answer.body, manager):
        relinquish(session, key, served, manager)  # somebody else was faster: leave theirs as it was
        refuse_foreign(key, answer.body, None)
    if key.kind == "Namespace" and answer.status == 201:
        session.fresh.add(key.name)
    return Made(key, served, answer.body)


def refuse_foreign(key: Key, live: Object, manager: str | None) -> None:
    """Raise AlreadyExists unless `manager` has applied `live`."""
    if manager and applied_by(live, manager):
        return
    owners = sorted({str(entry.get("manager")) for entry in entries(live)})
    token = f"kubernetes:{'core/' if '/' not in key.api_version else ''}{key.api_version}:{key.kind}"
    raise AlreadyExists(
        f"{key} exists already and was not made by this resource (its field managers: {', '.join(owners) or 'none'}). "
        f"Take it over with `pulumi import {token} NAME {key.id}`, choose another name, "
        "or let creates take over what exists with the provider's `upsertExistingObjects`."
    )


def _older(live: Object, manager: str) -> bool:
    """Tell whether `live` was there before we applied it: a 200 also comes when our own first try got lost."""
    return any(entry.get("manager") != manager and not entry.get("subresource") for entry in entries(live))


def orphan(session: Session, urn: str, inputs: Object) -> str | None:
    """Return the name of an object that an interrupted run of this resource made under a made-up name.

    Only the first object that carries this resource's manager, was named by us, is not being deleted and is not
    the one that the state knows.
    """
    if not session.provider_id:
        return None
    served = session.discovery.find(str(inputs["apiVersion"]), str(inputs["kind"]))
    namespace = str(get(inputs, "metadata", "namespace") or session.namespace)
    manager, known = derived(session.provider_id, urn), session.named.get(urn, set())
    return next(
        (
            str(one["metadata"]["name"])
            for one in _before(session, served.collection(namespace))
            if one["metadata"]["name"] not in known
            and not one["metadata"].get("deletionTimestamp")
            and annotation(one, AUTONAMED) == "true"
            and applied_by(one, manager)
        ),
        None,
    )


def _before(session: Session, path: str) -> list[Object]:
    """Return the metadata of all objects of a collection, as it was when this run first asked."""
    if path not in session.before:
        try:
            session.before[path] = session.client.request("GET", path, accept=METADATA).body.get("items") or []
        except ApiError as error:
            if error.status not in (403, 404):
                raise
            session.before[path] = []  # without the right to list there is nothing to find
    return session.before[path]
