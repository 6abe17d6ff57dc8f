"""Which cluster a provider points to: only another one replaces the provider, and with it all its resources."""

from typing import Final

from sandbox.engine.kubernetes.errors import InvalidInput
from sandbox.engine.kubernetes.kubeconfig import load
from sandbox.engine.kubernetes.values import UNKNOWN, Object

POINTERS: Final = ("kubeconfig", "context", "cluster")


def replaces_provider(olds: Object, news: Object) -> list[str]:
    """Return the arguments whose change makes this another cluster; empty where it stays the same or cannot be told.

    With `clusterIdentifier` only that counts. Without, the API server's address does: new credentials, certificates
    or another spelling of the kubeconfig leave the cluster what it is.
    """
    if olds.get("clusterIdentifier") or news.get("clusterIdentifier"):
        changed = olds.get("clusterIdentifier") != news.get("clusterIdentifier")
        return ["clusterIdentifier"] if changed and olds.get("clusterIdentifier") else []
    before, after = _server(olds), _server(news)
    if before is None or after is None or before == after:
        return []
    return [key for key in POINTERS if olds.get(key) != news.get(key)]


def _server(args: Object) -> str | None:
    if any(args.get(key) is UNKNOWN for key in POINTERS):
        return None
    try:
        return load(args.get("kubeconfig"), context=args.get("context"), cluster=args.get("cluster")).server
    except InvalidInput:
        return None  # an old kubeconfig may be gone; that alone is no reason to rebuild everything
