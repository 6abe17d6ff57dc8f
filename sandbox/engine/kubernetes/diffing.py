"""Diff: the new inputs against those in the state, with what the kind and the provider's settings say about it."""

from google.protobuf.struct_pb2 import Struct

from sandbox.engine.kubernetes import patches
from sandbox.engine.kubernetes.await_ import look
from sandbox.engine.kubernetes.diff import Change, Difference, compare, difference
from sandbox.engine.kubernetes.errors import NoSuchKind, Unreachable
from sandbox.engine.kubernetes.immutable import IDENTITY_PATHS
from sandbox.engine.kubernetes.naming import same_object
from sandbox.engine.kubernetes.objects import INTERNAL, REPLACE_UNREADY, flag, group_kind
from sandbox.engine.kubernetes.session import Session
from sandbox.engine.kubernetes.values import Object, get


def asks_cluster(news: Struct) -> bool:
    """Tell whether equal inputs are not enough to say that nothing changes (`pulumi.com/replaceUnready`)."""
    fields = news.fields
    for key in ("metadata", "annotations"):
        if key not in fields:
            return False
        fields = fields[key].struct_value.fields
    return REPLACE_UNREADY in fields


def diff(session: Session, urn: str, olds: Object, news: Object, state: Object) -> Difference:
    """Return what changes.

    Args:
        olds: inputs in the state.
        news: inputs that were checked.
        state: outputs in the state.
    """
    olds = _placed(olds, state)
    if patches.is_patch(urn, news):
        changes = compare(olds, news)
        moved = group_kind(olds) != group_kind(news)
        return Difference(changes, frozenset(path for path in changes if path in IDENTITY_PATHS or moved))
    found = difference(olds, news, mutable_content=lambda value: _mutable(session, value))
    if flag(news, REPLACE_UNREADY) and not found.replacing and _unready(session, olds):
        path = ("metadata", "annotations", REPLACE_UNREADY)
        changes = {path: Change.UPDATE, **found.changes}
        return Difference(changes, frozenset({path}), same_object(olds, news))
    return found


def _placed(olds: Object, state: Object) -> Object:
    """Return the old inputs with the namespace that the object really got, without what a plugin keeps for itself."""
    olds = {key: value for key, value in olds.items() if not key.startswith(INTERNAL)}
    namespace = get(state, "metadata", "namespace")
    metadata = olds.get("metadata")
    if namespace is None or not isinstance(metadata, dict) or metadata.get("namespace") is not None:
        return olds
    return {**olds, "metadata": {**metadata, "namespace": namespace}}


def _mutable(session: Session, value: Object) -> bool:
    settings = session.configuration
    return settings.enable_secret_mutable if value.get("kind") == "Secret" else settings.enable_config_map_mutable


def _unready(session: Session, olds: Object) -> bool:
    try:
        key, served = session.locate(olds)
        live = session.client.get(served.path(key.namespace, key.name), what=str(key))
        return live is not None and bool(look(session, key, served, live))
    except (NoSuchKind, Unreachable):
        return False
