"""What the example stacks are in the API server, object by object, on any machine and by whichever plugin.

`python -m tests.e2e.examples.objects` brings the stacks up and writes the golden files anew. Review the difference.
"""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from sandbox.engine.parts import find_parts
from tests import examples
from tests.e2e.stacks import Stack, kubectl, standing
from tests.golden import GOLDEN

Object = dict[str, Any]

RULE = "ValidatingAdmissionPolicy"
"""Of these the golden files have a digest: they are long, and what they say is read where it is written."""

SERVERS_OWN = {"uid", "resourceVersion", "generation", "creationTimestamp", "managedFields"}
"""Metadata that differs from one making of an object to the next."""

PACKAGES = ("kubernetes:yaml/v2:ConfigFile", "kubernetes:helm.sh/v4:Chart")

OF_ONE_MAKING = {
    "controller-uid",
    "batch.kubernetes.io/controller-uid",  # a Job's, in its selector and its pods' labels
    "deployment.kubernetes.io/revision",
    "clusterIP",
    "clusterIPs",
    "ca.crt",  # of the platform's authority
    "caBundle",  # of a webhook, whose operator makes its own authority
}
"""Fields, labels and annotations that do, wherever they are."""


def live(stack: Stack) -> dict[str, Object]:
    """Return the objects of a stack's state as they are in the API server, by kind and id."""
    resources = [found for found in stack.resources() if _ours(found)]
    asked = [_reference(found["type"], found["id"]) for found in resources]
    answer = kubectl(
        "get", "-f", "-", "-o", "json", stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": asked})
    )
    there = {name(item): item for item in json.loads(answer)["items"]}
    return {
        name(reference): normal(there[name(reference)], found["inputs"])
        for reference, found in zip(asked, resources, strict=True)
    }


def _ours(resource: dict[str, Any]) -> bool:
    """Tell what the program makes itself from what a package holds, and from the package."""
    packaged = any(f"${token}" in resource["urn"] for token in PACKAGES)
    return bool(resource["custom"] and resource["type"].startswith("kubernetes:") and not packaged)


def _reference(token: str, identity: str) -> Object:
    """Return how kubectl is told of `kubernetes:apps/v1:Deployment` `shop/web`; a patch is of the kind without it."""
    _, api, kind = token.split(":")
    namespace, _, called = identity.rpartition("/")
    metadata = {"name": called} | ({"namespace": namespace} if namespace else {})
    return {"apiVersion": api.removeprefix("core/"), "kind": kind.removesuffix("Patch"), "metadata": metadata}


def name(item: Object) -> str:
    """Return what an object is called here: `Deployment shop/web`."""
    metadata = item["metadata"]
    return f"{item['kind']} " + "/".join(filter(None, (metadata.get("namespace"), metadata["name"])))


def normal(item: Object, inputs: Object) -> Object:
    """Return an object without what a machine, a moment or an autoscaler put there.

    Args:
        inputs: what the program said of it.
    """
    found: Object = _without({key: value for key, value in item.items() if key != "status"}, OF_ONE_MAKING)
    found["metadata"] = {key: value for key, value in found["metadata"].items() if key not in SERVERS_OWN}
    if found["kind"] == RULE:
        text = json.dumps(found["spec"], sort_keys=True)
        found["spec"] = {"sha256": hashlib.sha256(text.encode()).hexdigest()}
    if "replicas" not in (inputs.get("spec") or {}):
        found.get("spec", {}).pop("replicas", None)
    return found


def _without(value: Any, keys: set[str]) -> Any:
    if isinstance(value, dict):
        kept = {key: _without(inner, keys) for key, inner in value.items() if key not in keys}
        return {
            key: inner for key, inner in kept.items() if inner or not value[key]
        }  # what is emptied by that goes too
    return [_without(inner, keys) for inner in value] if isinstance(value, list) else value


def golden(stack: str) -> dict[str, Object]:
    """Return the objects that a stack must have, by kind and id."""
    return {name(item): item for item in map(json.loads, (GOLDEN / f"{stack}.objects").read_text().splitlines())}


def differences(wanted: Any, found: Any, at: str = "") -> Iterator[str]:
    """Yield where two objects, or two sets of objects by name, differ: `Service shop/web.spec.type: ...`."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        for key in sorted(wanted.keys() | found.keys()):
            yield from differences(wanted.get(key), found.get(key), f"{at}.{key}" if at else key)
    elif isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        for index, (one, other) in enumerate(zip(wanted, found, strict=True)):
            yield from differences(one, other, f"{at}[{index}]")
    elif wanted != found:
        yield f"{at}: golden {json.dumps(wanted)}, live {json.dumps(found)}"


def judge() -> str:
    """Return which plugin made the objects, and what of it that does not show."""
    plugin = find_parts().kubernetes_provider
    if plugin.source == "built":
        return (
            f"objects of the example stacks: made by the sandbox's own kubernetes plugin (for {plugin.version}). "
            "The official one is not on this machine, so its objects were not compared with the golden files."
        )
    return f"objects of the example stacks: made by the machine's own kubernetes plugin {plugin.version}, {plugin.path}"


def main() -> None:
    """Write one file per example stack: an object in each line."""
    for stack in ["platform", *(each for each in examples.names() if each != "platform")]:
        found = live(standing(stack))
        lines = (json.dumps(found[key], sort_keys=True, separators=(",", ":")) for key in sorted(found))
        (GOLDEN / f"{stack}.objects").write_text("".join(f"{line}\n" for line in lines))


if __name__ == "__main__":
    main()
