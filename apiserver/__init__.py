"""The API server, as the command and the drills ask it: one client, its errors in words, and waiting.

cluster = Cluster()                                      # that of KUBECONFIG
cluster.get("/api/v1/namespaces/acme-prod")              # None where there is none
wait("the pod", lambda: cluster.get(path), within=60)

It knows Kubernetes and nothing of tenants. The engine's provider has a client of its own.
"""

from apiserver.cluster import MERGE, Cluster, Object
from apiserver.errors import ClusterError, Late, NotYet, Refused, Unreachable
from apiserver.kinds import Kind, kinds, labelled
from apiserver.waiting import wait

__all__ = [
    "MERGE",
    "Cluster",
    "ClusterError",
    "Kind",
    "Late",
    "NotYet",
    "Object",
    "Refused",
    "Unreachable",
    "kinds",
    "labelled",
    "wait",
]
