"""The protocol's operations on resources: from decoded properties to what the answer holds."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from google.protobuf.struct_pb2 import Struct

from sandbox.engine.kubernetes import create as creating
from sandbox.engine.kubernetes import delete as deleting
from sandbox.engine.kubernetes import patches, preview, refresh
from sandbox.engine.kubernetes import update as updating
from sandbox.engine.kubernetes.answers import Partial, mask
from sandbox.engine.kubernetes.await_ import look, until_ready
from sandbox.engine.kubernetes.await_.timeouts import timeout_of
from sandbox.engine.kubernetes.create import Made
from sandbox.engine.kubernetes.errors import NoSuchKind, NotReady, ProviderError, Unreachable
from sandbox.engine.kubernetes.managers import manager_of
from sandbox.engine.kubernetes.objects import FIELD_MANAGER, PATCH_MANAGER, annotation, from_id, from_type, outputs
from sandbox.engine.kubernetes.objects import secret_paths as marks
from sandbox.engine.kubernetes.session import Session, key_of
from sandbox.engine.kubernetes.values import Object, Properties, encode, get, walk


def preview_create(session: Session, urn: str, inputs: Properties) -> Struct:
    """Return the outputs that a create would have."""
    with private(inputs):
        manager = manager_of(session.provider_id, urn, inputs.value)
        foresee = patches.preview if patches.is_patch(urn, inputs.value) else preview.preview_create
        return _state(foresee(session, urn, inputs.value, manager), manager, inputs)


def create(session: Session, urn: str, inputs: Properties, timeout: float) -> tuple[str, Struct]:
    """Make an object; return its id and outputs once it is ready.

    Args:
        timeout: the resource's custom timeout in seconds; 0 means none.

    Raises:
        Partial: it exists, and is not ready.
        ProviderError: it was not made.
    """
    with private(inputs), session.traffic.operation():
        seconds = timeout_of(inputs.value, timeout)
        manager = manager_of(session.provider_id, urn, inputs.value)
        make = patches.create if patches.is_patch(urn, inputs.value) else creating.create
        made = make(session, urn, inputs.value, manager, timeout=seconds)
        return made.key.id, _ready(session, urn, made, manager, inputs, timeout=seconds)


def preview_update(session: Session, urn: str, inputs: Properties, state: Properties, ignored: Sequence[str]) -> Struct:
    """Return the outputs that an update would have."""
    with private(inputs):
        manager = _manager(session, urn, inputs.value, state.value)
        found = preview.preview_update(session, urn, inputs.value, state.value, manager, ignored=ignored)
        return _state(found, manager, inputs)


def update(
    session: Session, urn: str, inputs: Properties, state: Properties, *, ignored: Sequence[str], timeout: float
) -> Struct:
    """Change an object; return its outputs once it is ready. Arguments and errors as for `create`."""
    with private(inputs), session.traffic.operation():
        seconds = timeout_of(inputs.value, timeout)
        before, manager = state.value.get(FIELD_MANAGER), _manager(session, urn, inputs.value, state.value)
        if before and before != manager:
            updating.hand_over(session, inputs.value, str(before), manager)
        made = updating.update(session, urn, inputs.value, manager, ignored=ignored)
        return _ready(session, urn, made, manager, inputs, timeout=seconds)


def delete(session: Session, urn: str, inputs: Object, state: Object, timeout: float) -> None:
    """Delete an object and wait until it is gone; a patch only gives its fields back.

    Args:
        inputs: inputs in the state.
        state: outputs in the state.
        timeout: the resource's custom timeout in seconds; 0 means none.
    """
    with session.traffic.operation():
        if patches.is_patch(urn, state):
            patches.delete(session, state, _manager(session, urn, inputs, state))
        else:
            deleting.delete(session, urn, state, timeout=timeout_of(state, timeout))


def read(
    session: Session, urn: str, identity: str, inputs: Properties | None, state: Properties
) -> tuple[str, Struct, Struct] | None:
    """Return id, outputs and inputs of an object as it is, or None where it is gone.

    Args:
        inputs: inputs in the state; None for an import.
        state: outputs in the state; empty for an import.

    Raises:
        Partial: it exists, and is not ready.
        ProviderError: nobody answers.
    """
    known = inputs.value if inputs else {}
    api_version, kind = _kind(urn, known, state.value)
    namespace, name = from_id(identity)
    try:
        served = session.discovery.find(api_version, kind)
        sought: Object = {"apiVersion": api_version, "kind": kind, "metadata": {"name": name, "namespace": namespace}}
        key = key_of(sought, served, session.namespace)
        live = session.client.get(served.path(key.namespace, key.name), what=str(key))
    except NoSuchKind:
        if not (known or state.value):
            raise  # an import: the kind is in the user's own words
        return None  # its CRD is gone, and with it every object
    except Unreachable as error:
        if not session.configuration.delete_unreachable:
            raise
        session.log.warning(urn, f"{error} The object is dropped from the state (`deleteUnreachable`).")
        return None
    if live is None:
        return None
    manager = _manager(session, urn, known, state.value)
    managed = inputs is not None and get(known, "metadata", "name") is not None
    seen = refresh.drifted(known, state.value, live) if managed else refresh.imported(live, manager)
    secrets = Properties(live, (inputs.secrets if inputs else frozenset()) | state.secrets)
    live_inputs = encode(seen, marks(seen, secrets.secrets))
    if managed and (why := look(session, key, served, refresh.at_awaited_scale(known, state.value, live))):
        raise Partial(key.id, _state(live, manager, secrets), live_inputs, why)
    return key.id, _state(live, manager, secrets), live_inputs


def _kind(urn: str, inputs: Object, state: Object) -> tuple[str, str]:
    """Return apiVersion and kind: the state knows them, and an import has to go by the resource's type."""
    for known in (inputs, state):
        if known.get("apiVersion") and known.get("kind"):
            return str(known["apiVersion"]), str(known["kind"])
    return from_type(patches.type_of(urn))


def _manager(session: Session, urn: str, inputs: Object, state: Object) -> str:
    """Return the manager to apply as: the annotation's, the one that the state remembers, or the derived one."""
    remembered = state.get(FIELD_MANAGER)
    if annotation(inputs, PATCH_MANAGER) is None and remembered and not annotation(state, PATCH_MANAGER):
        return str(remembered)
    return manager_of(session.provider_id, urn, inputs)


def _ready(session: Session, urn: str, made: Made, manager: str, inputs: Properties, *, timeout: float) -> Struct:
    """Wait until what was made is ready; return its outputs."""
    try:
        live = until_ready(session, urn, made.key, made.served, made.live, timeout=timeout)
    except NotReady as error:
        state, reasons = error.live, error.reasons
    except ProviderError as error:  # the object is there, whatever went wrong with the watch
        state, reasons = made.live, [f"{made.key} exists, but could not be awaited: {error}"]
    else:
        return _state(live, manager, inputs)
    raise Partial(made.key.id, _state(state, manager, inputs), None, reasons)


def _state(live: Object, manager: str, marked: Properties) -> Struct:
    return encode(outputs(live, manager), marks(live, marked.secrets))


@contextmanager
def private(inputs: Properties) -> Iterator[None]:
    """Keep the secret values among `inputs` out of error texts: the API server quotes what it refuses."""
    try:
        yield
    except ProviderError as error:
        secrets = marks(inputs.value, inputs.secrets)
        values = [leaf for path in secrets for _, leaf in walk(get(inputs.value, *path))]
        error.args = tuple(mask(str(part), values) for part in error.args)
        raise
