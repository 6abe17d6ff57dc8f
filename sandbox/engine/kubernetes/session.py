"""What one configured provider works with."""

import threading
from dataclasses import dataclass, field

from sandbox.engine.kubernetes.client import Client
from sandbox.engine.kubernetes.configuration import Configuration
from sandbox.engine.kubernetes.discovery import Discovery, Served
from sandbox.engine.kubernetes.errors import InvalidInput
from sandbox.engine.kubernetes.log import Log
from sandbox.engine.kubernetes.objects import Key
from sandbox.engine.kubernetes.traffic import Traffic
from sandbox.engine.kubernetes.values import UNKNOWN, Object, get


@dataclass
class Session:
    """One provider resource: a cluster, a user, settings.

    Attributes:
        provider_id: the provider's id in the state; empty in the first preview.
        namespace: where objects go that name none.
        traffic: how many operations are under way.
        cancelled: set when the engine wants everybody to stop waiting.
        adopted: uids of objects that this run found and took into the state again; see `delete`.
        fresh: namespaces that this run has made.
        before: collection -> metadata of what was there before this run; see `create.orphan`.
        named: urn -> names that the state already knows; see `naming`.
    """

    configuration: Configuration
    client: Client
    discovery: Discovery
    log: Log
    namespace: str
    provider_id: str = ""
    traffic: Traffic = field(default_factory=Traffic)
    cancelled: threading.Event = field(default_factory=threading.Event)
    adopted: set[str] = field(default_factory=set)
    fresh: set[str] = field(default_factory=set)
    before: dict[str, list[Object]] = field(default_factory=dict)
    named: dict[str, set[str]] = field(default_factory=dict)

    def locate(self, value: Object, *, patience: float = 0.0) -> tuple[Key, Served]:
        """Return which object `value` is, and how its kind is served.

        Raises:
            InvalidInput: it has no name.
            NoSuchKind: its kind is not served, not even after `patience` seconds.
        """
        served = self.discovery.find(str(value["apiVersion"]), str(value["kind"]), patience=patience)
        return key_of(value, served, self.namespace), served


def key_of(value: Object, served: Served, default_namespace: str) -> Key:
    """Return which object `value` is."""
    name, namespace = get(value, "metadata", "name"), get(value, "metadata", "namespace")
    if not name or name is UNKNOWN:
        raise InvalidInput(f"{value.get('kind')} has no `metadata.name`.")
    within = str(namespace or default_namespace) if served.namespaced else None
    return Key(str(value["apiVersion"]), str(value["kind"]), within, str(name))
