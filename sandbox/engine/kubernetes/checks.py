"""Check: complete a resource's inputs, and refuse what cannot be before anything is done."""

from sandbox.engine.kubernetes import patches
from sandbox.engine.kubernetes.await_.timeouts import timeout_of
from sandbox.engine.kubernetes.await_.wait_for import parse
from sandbox.engine.kubernetes.create import orphan
from sandbox.engine.kubernetes.delete import propagation
from sandbox.engine.kubernetes.errors import InvalidInput, NoSuchKind, Unreachable
from sandbox.engine.kubernetes.naming import Autonaming, logical_name, named
from sandbox.engine.kubernetes.objects import WAIT_FOR, annotation, from_type, without_nulls
from sandbox.engine.kubernetes.session import Session
from sandbox.engine.kubernetes.values import UNKNOWN, Object, get

Failures = dict[str, str]
"""Property -> sentence."""


def check(
    session: Session, urn: str, olds: Object, news: Object, *, seed: bytes, autonaming: Autonaming | None
) -> tuple[Object, Failures]:
    """Return the inputs with a name and a namespace, and what is wrong with them.

    Args:
        olds: inputs in the state; empty for a new resource, and again for the successor of a replaced one.
        news: inputs from the program.
        seed: the engine's random seed.
        autonaming: the engine's settings for made-up names, if any.
    """
    news = _object(news)
    if (name := get(olds, "metadata", "name")) is not None:
        session.named.setdefault(urn, set()).add(str(name))
    if session.configuration.skip_update_unreachable and olds and not _reachable(session, urn):
        return olds, {}
    failures = _failures(urn, news)
    if failures:
        return news, failures
    news = _placed(session, olds, news)
    if patches.is_patch(urn, news):
        if get(news, "metadata", "name") is None:
            failures["metadata.name"] = f"A {news['kind']}Patch changes an existing object; set `metadata.name`."
        return news, failures
    try:
        news = named(
            news,
            olds,
            logical=logical_name(urn),
            seed=seed,
            autonaming=autonaming,
            orphan=lambda: _orphan(session, urn, news),
        )
    except InvalidInput as error:
        failures["metadata.name"] = str(error)
    return news, failures


def _object(news: Object) -> Object:
    found = without_nulls(news)
    return found if isinstance(found, dict) else {}


def _failures(urn: str, news: Object) -> Failures:
    token = patches.type_of(urn)
    try:
        _, kind = from_type(token)
    except InvalidInput as error:
        return {"": str(error)}
    if kind.endswith("List") and "items" in news:
        return {
            "kind": f"{kind} is a list, and Kubernetes stores no lists; declare each item as a resource of its own, "
            "or hand the list to `kubernetes.yaml.v2.ConfigGroup`."
        }
    failures: Failures = {
        key: f"`{key}` must be a text." for key in ("apiVersion", "kind") if not isinstance(news.get(key), str)
    }
    if news.get("metadata") is not UNKNOWN and not isinstance(news.get("metadata", {}), dict):
        failures["metadata"] = "`metadata` must be a map."
    try:
        if text := annotation(news, WAIT_FOR):
            parse(text)
        timeout_of(news)
        propagation(news)
    except InvalidInput as error:
        failures["metadata.annotations"] = str(error)
    return failures


def _placed(session: Session, olds: Object, news: Object) -> Object:
    """Put an object that names no namespace where it was, or into the provider's default one."""
    metadata = news.get("metadata", {})
    if not isinstance(metadata, dict) or metadata.get("namespace") is not None:
        return news
    namespace = get(olds, "metadata", "namespace")
    if namespace is None or session.namespace != namespace:
        try:
            served = session.discovery.find(news["apiVersion"], news["kind"])
        except (NoSuchKind, Unreachable):
            return news  # a CRD of the same run; or a preview without a cluster
        namespace = session.namespace if served.namespaced else None
    return {**news, "metadata": {**metadata, "namespace": namespace}} if namespace else news


def _orphan(session: Session, urn: str, news: Object) -> str | None:
    try:
        return None if get(news, "metadata", "namespace") is UNKNOWN else orphan(session, urn, news)
    except (NoSuchKind, Unreachable):
        return None  # no such object can be there, or nobody can tell


def _reachable(session: Session, urn: str) -> bool:
    try:
        session.client.get("/version", what="The API server's version")
    except Unreachable as error:
        session.log.once(urn, f"{error} Its resources are left as they are (`skipUpdateUnreachable`).", warning=True)
        return False
    return True
