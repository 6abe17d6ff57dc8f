"""Kubernetes objects as this provider sees them: identity, annotations, and what goes into the state."""

from base64 import b64encode
from dataclasses import dataclass
from typing import Final

from sandbox.engine.kubernetes.errors import InvalidInput
from sandbox.engine.kubernetes.values import UNKNOWN, Object, Path, Unknown, get

FIELD_MANAGER: Final = "__fieldManager"
"""The output that remembers the field manager's name; the official plugin keeps it under the same key."""

INTERNAL: Final = "__"
"""Keys of the state that begin so are the provider's own and never reach the API server."""

LAST_APPLIED: Final = "kubectl.kubernetes.io/last-applied-configuration"
AUTONAMED: Final = "pulumi.com/autonamed"
SKIP_AWAIT: Final = "pulumi.com/skipAwait"
WAIT_FOR: Final = "pulumi.com/waitFor"
TIMEOUT: Final = "pulumi.com/timeoutSeconds"
PATCH_FORCE: Final = "pulumi.com/patchForce"
PATCH_MANAGER: Final = "pulumi.com/patchFieldManager"
PROPAGATION: Final = "pulumi.com/deletionPropagationPolicy"
REPLACE_UNREADY: Final = "pulumi.com/replaceUnready"


@dataclass(frozen=True)
class Key:
    """Which object: `Key("apps/v1", "Deployment", "demo", "web")`; namespace None for kinds of the whole cluster."""

    api_version: str
    kind: str
    namespace: str | None
    name: str

    @property
    def id(self) -> str:
        """The resource id in the state: `demo/web`, or `web` where there is no namespace."""
        return f"{self.namespace}/{self.name}" if self.namespace else self.name

    @property
    def group(self) -> str:
        """The API group; empty for the core."""
        return self.api_version.rpartition("/")[0]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


def group_kind(value: Object) -> tuple[str, str]:
    """Return group and kind, which stay the same when a kind moves to a newer version."""
    return str(value.get("apiVersion", "")).rpartition("/")[0], str(value.get("kind", ""))


def from_type(token: str) -> tuple[str, str]:
    """Return apiVersion and kind that a type token speaks of: `kubernetes:core/v1:Pod` -> `("v1", "Pod")`.

    Raises:
        InvalidInput: the token is of something that is no object, such as a Helm release.
    """
    _, module, kind = token.split(":", 2)
    if module.startswith(("helm.sh/", "yaml", "kustomize")):
        raise InvalidInput(
            f"This plugin does not manage {token}; it manages objects. "
            "Put the official pulumi-resource-kubernetes first on PATH for it."
        )
    return module.removeprefix("core/"), kind


def from_id(identity: str) -> tuple[str | None, str]:
    """Return namespace (None: none given) and name: `demo/web` -> `("demo", "web")`."""
    namespace, slash, name = identity.rpartition("/")
    return (namespace if slash else None), name


def annotation(value: Object, key: str) -> str | None:
    """Return an annotation, or None where it is absent or not known yet."""
    found = get(value, "metadata", "annotations", key)
    return None if found is None or isinstance(found, Unknown) else str(found)


def flag(value: Object, key: str) -> bool | None:
    """Return an annotation that says true or false; None where it is absent."""
    said = annotation(value, key)
    return None if said is None else said.lower() == "true"


def desired(inputs: Object) -> Object:
    """Return what the API server is told: the inputs without our own keys, text secrets moved into `data`.

    Secrets' `stringData` is write-only: a field manager cannot own it, so a key that leaves it would stay for ever.
    """
    value = {key: item for key, item in inputs.items() if not key.startswith(INTERNAL)}
    if is_secret(value) and isinstance(value.get("stringData"), dict):
        text = value.pop("stringData")
        value["data"] = {**(value.get("data") or {}), **{key: base64_of(item) for key, item in text.items()}}
    return value


def base64_of(text: object) -> object:
    """Return text in base64 as Secrets hold it; what is not known stays so."""
    return UNKNOWN if isinstance(text, Unknown) else b64encode(str(text).encode()).decode()


def is_secret(value: Object) -> bool:
    """Tell whether this is a core Secret."""
    return value.get("kind") == "Secret" and value.get("apiVersion") == "v1"


def outputs(live: Object, manager: str) -> Object:
    """Return what the state keeps of a live object: all of it but `managedFields`, and the manager's name."""
    metadata = {key: item for key, item in live.get("metadata", {}).items() if key != "managedFields"}
    return {**live, "metadata": metadata, FIELD_MANAGER: manager}


def secret_paths(value: Object, marked: frozenset[Path]) -> frozenset[Path]:
    """Return which paths of an object are secret: those already marked, and the contents of every Secret."""
    if not is_secret(value):
        return marked
    return marked | {("data",), ("stringData",), ("metadata", "annotations", LAST_APPLIED)}


def without_nulls(value: object) -> object:
    """Return JSON without keys that hold nothing: server-side apply would read them as values."""
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [without_nulls(item) for item in value]
    return value
