"""Images: from where they come, and that the same reference always means the same image."""

import re
from collections.abc import Iterator
from typing import Final

from policies._kinds import PODS, Kind
from policies._object import Object, Template
from policies._rule import HIGH, MANDATORY, MEDIUM, PLAN, rule
from policies._stack import Stack
from policies._view import View, apart
from spec import plan, rules
from spec.image import parse
from spec.tenant import Environment

ELSEWHERE: Final[dict[Kind, str]] = {
    Kind("postgresql.cnpg.io", "Cluster"): "spec.imageName",
    Kind("postgresql.cnpg.io", "ImageCatalog"): "spec.images[].image",
    Kind("postgresql.cnpg.io", "ClusterImageCatalog"): "spec.images[].image",
}
"""Where images stand outside pods: their operators make the pods."""

DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")
FLOATING: Final = "latest"
STRICT: Final = (Environment.STAGING, Environment.PROD)
"""Where digests are demanded, if they are."""


def _images(found: Object) -> Iterator[View]:
    """Yield every place of an image: all containers, image volumes, and what operators run."""
    for pod in found.pods:
        for container in pod.containers:
            yield container["image"]
        yield from _volumes(pod)
    if found.kind in ELSEWHERE:
        yield from found.every(ELSEWHERE[found.kind])


def _volumes(pod: Template) -> Iterator[View]:
    with apart(pod.spec):
        for volume in pod.spec["volumes"].items():
            yield volume["image"]["reference"]


def _registries(stack: Stack) -> list[str]:
    of_databases = {plan.REGISTRY} if stack.tenant.databases else set()
    return list(stack.settings["registries"]) or sorted(
        of_databases | {parse(workload.image).registry for _, workload in rules.workloads(stack.tenant)}
    )


@rule(
    "I1",
    area="images",
    level=MANDATORY,
    severity=HIGH,
    title="Images come from registries that the stack file or the platform names",
    why="An image from anywhere is a program from anyone, and `nginx` means Docker Hub.",
    fix="push the image to a registry that is allowed, and name it with its host",
    serves=("I5", "O6"),
    judges=PODS | frozenset(ELSEWHERE),
    needs=PLAN,
    settings={
        "registries": {
            "type": "array",
            "items": {"type": "string"},
            "default": [],
            "description": "Hosts, or hosts with a path. Empty: the hosts of the stack file's images.",
        }
    },
)
def registry(found: Object, stack: Stack) -> Iterator[str]:
    """Compare hosts whole, and paths by their segments: a prefix of text is no bound."""
    allowed = _registries(stack)
    for image in _images(found):
        with apart(image):
            text = image.text()
            if text is None:
                continue  # the API server refuses a pod whose container has none
            repository = parse(text).repository
            if not any(f"{repository}/".startswith(f"{each}/") for each in allowed):
                yield f"{image.path}: images from {parse(text).registry} are not allowed, only from {_listed(allowed)}"


@rule(
    "I2",
    area="images",
    level=MANDATORY,
    severity=MEDIUM,
    title="Images have a fixed tag or a digest",
    why="What `latest` means changes without a change in any file: no rollback is one, no two environments are alike.",
    fix="name a version, best with @sha256:digest",
    serves=("I5", "F5", "X16", "X21"),
    judges=PODS | frozenset(ELSEWHERE),
    needs=PLAN,
    settings={
        "digest": {
            "type": "boolean",
            "default": False,
            "description": "Whether staging and prod need digests.",
        }
    },
)
def fixed(found: Object, stack: Stack) -> Iterator[str]:
    """A digest alone is enough; with one the tag is a comment."""
    strict = stack.settings["digest"] and stack.tenant.environment in STRICT
    for image in _images(found):
        with apart(image):
            text = image.text()
            if text is None:
                continue
            reference = parse(text)
            if reference.digest is not None:
                if not DIGEST.fullmatch(reference.digest):
                    yield f"{image.path}: the digest is not sha256: and 64 hexadecimal digits"
            elif reference.tag in (None, FLOATING):
                yield f"{image.path}: no fixed tag, so it means `latest`"
            elif strict:
                yield f"{image.path}: no digest, which {stack.tenant.environment} needs"


@rule(
    "I3",
    area="images",
    level=MANDATORY,
    severity=MEDIUM,
    title="Private images are pulled anew for each pod",
    why="A node runs an image that it has without asking the registry: one tenant's private image would be everyone's.",
    fix="set imagePullPolicy: Always beside imagePullSecrets, and never `Never`",
    serves=("F8", "O6"),
    judges=PODS,
)
def pulled(found: Object, _stack: Stack) -> Iterator[str]:
    """The default depends on the tag: `Always` for `latest`, and for none without a digest."""
    for pod in found.pods:
        with apart(pod.spec):
            private = bool(pod.spec["imagePullSecrets"].items())
            for container in pod.containers:
                with apart(container):
                    policy = _policy(container)
                    if policy == "Never":
                        yield f"{container.path}.imagePullPolicy is Never: it runs whatever the node has under the name"
                    elif private and policy != "Always":
                        yield f"{container.path}: a private image with imagePullPolicy {policy}, not Always"


def _policy(container: View) -> str:
    """Return the policy that holds: its own, else the API server's default."""
    own = container["imagePullPolicy"].text()
    if own is not None:
        return own
    reference = parse(container["image"].text() or "")
    floating = reference.tag == FLOATING or (reference.tag is None and reference.digest is None)
    return "Always" if floating else "IfNotPresent"


def _listed(names: list[str]) -> str:
    return ", ".join(names) or "none: the stack file names no image"
