"""Build every image of the catalogue that changed, and push what the registry lacks."""

import fcntl
from collections.abc import Iterable, Mapping
from pathlib import Path

from sandbox.images.build import build
from sandbox.images.catalogue import Image, references
from sandbox.images.oci import Layout
from sandbox.images.prune import prune
from sandbox.images.registry import Registry
from sandbox.machine import SandboxError
from sandbox.machine.paths import cache


def programs_needed(images: Iterable[Image]) -> frozenset[str]:
    """Return the toolchain's names of the programs that go into images, or make them."""
    wanted = list(images)
    inside = {file.program for image in wanted for file in image.files}
    return frozenset(inside | {"mmdebstrap" for image in wanted if image.system})


def publish(images: Iterable[Image], programs: Mapping[str, Path], address: str) -> dict[str, str]:
    """Return the digest of each of `images` by its reference, after building and pushing what changed.

    Args:
        programs: paths by the toolchain's names; those of `programs_needed`.
        address: `host:port` of the registry.

    Raises:
        SandboxError: a program is unfit for an image, or the registry cannot take it.
    """
    layout, registry, published = Layout(_store()), Registry(address), {}
    layout.root.mkdir(parents=True, exist_ok=True)
    with (layout.root / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another checkout may build into the same store
        for image in images:
            manifest = build(image, programs, layout)
            registry.push(image.reference, manifest, layout)
            published[image.reference] = manifest.digest
        prune(layout, references())
    return published


def digest(reference: str) -> str:
    """Return `sha256:...` of an image that was published.

    Raises:
        SandboxError: there is none of that name.
    """
    known = Layout(_store()).images()
    if reference not in known:
        raise SandboxError(
            f"no image `{reference}` was built; there are: {', '.join(sorted(known)) or 'none'}",
            "run `python -m sandbox up`, which builds the images of sandbox/images/catalogue.py",
        )
    return str(known[reference]["digest"])


def _store() -> Path:
    return cache() / "images"
