"""What a destroyed stack has left in the cluster, by what the API server says and not by any state."""

import time
from collections.abc import Iterable, Iterator

from apiserver import Cluster, Object, kinds, labelled
from cli._runs import Leftover
from spec.labels import PART_OF

PATIENCE = 60.0  # seconds for what is on its way out
PAUSE = 1.0  # seconds between two looks


def leftovers(cluster: Cluster, stack: str) -> tuple[list[Leftover], list[str]]:
    """Return what is left of `stack`, and the kinds of which the API server did not answer.

    What is being deleted gets some time to go.

    Raises:
        Unreachable: the cluster does not answer.
    """
    end = time.monotonic() + PATIENCE
    listed, silent = kinds(cluster)
    while True:
        found, unasked = labelled(cluster, listed, f"{PART_OF}={stack}")
        saying = [_labelled(kind.name, each) for kind, each in found]
        volumes = list(volumes_of(stack, _all(cluster, "/api/v1/persistentvolumes")))
        bindings = list(bindings_of(stack, _all(cluster, "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings")))
        left = list(dict.fromkeys((*saying, *volumes, *bindings)))
        going = [each for each in left if each.why.endswith(GOING)]
        if not going or time.monotonic() > end:
            return left, [*silent, *unasked]
        time.sleep(PAUSE)


GOING = "is being deleted"


def _all(cluster: Cluster, path: str) -> Iterable[Object]:
    """Return the objects at a path; none where they are not given: `labelled` has asked for them, and told that."""
    found: Iterable[Object] = (cluster.given(path) or {}).get("items") or ()
    return found


def _labelled(kind: str, each: Object) -> Leftover:
    metadata = each["metadata"]
    why = "labelled as part of it"
    if metadata.get("deletionTimestamp"):
        waits = ", ".join(metadata.get("finalizers") or ()) or "nothing that it says"
        why = f"labelled as part of it; waits for {waits}, {GOING}"
    return Leftover(kind=kind, namespace=metadata.get("namespace", ""), name=metadata["name"], why=why)


def volumes_of(stack: str, volumes: Iterable[Object]) -> Iterator[Leftover]:
    """Yield those of `volumes` that were made for claims in a namespace of `stack`."""
    for each in volumes:
        claim = each["spec"].get("claimRef") or {}
        if belongs(stack, claim.get("namespace", "")):
            policy = each["spec"].get("persistentVolumeReclaimPolicy", "Retain")
            why = f"{each['status']['phase'].lower()} volume of claim {claim['namespace']}/{claim['name']}"
            end = f"its reclaim policy keeps it: {policy}" if policy != "Delete" else GOING
            yield Leftover(kind="PersistentVolume", namespace="", name=each["metadata"]["name"], why=f"{why}, {end}")


def bindings_of(stack: str, bindings: Iterable[Object]) -> Iterator[Leftover]:
    """Yield those of `bindings` that give something to an account in a namespace of `stack`."""
    for each in bindings:
        accounts = [
            f"{subject['namespace']}/{subject['name']}"
            for subject in each.get("subjects") or ()
            if subject["kind"] == "ServiceAccount" and belongs(stack, subject.get("namespace", ""))
        ]
        unlabelled = (each["metadata"].get("labels") or {}).get(PART_OF) != stack
        if accounts and unlabelled:
            why = f"gives {each['roleRef']['name']} to {', '.join(accounts)}"
            yield Leftover(kind="ClusterRoleBinding", namespace="", name=each["metadata"]["name"], why=why)


def belongs(stack: str, namespace: str) -> bool:
    """Say whether a namespace is one of the stack's: its own, or an extra one, as `spec.names` names them."""
    return namespace == stack or namespace.startswith(f"{stack}--")
