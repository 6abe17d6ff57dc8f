"""Build every image of the catalogue that changed, and push what the registry lacks."""

import fcntl
from collections.abc import Mapping
from pathlib import Path

from sandbox.images.build import build
from sandbox.images.catalogue import IMAGES
from sandbox.images.oci import Layout
from sandbox.images.registry import Registry
from sandbox.machine import SandboxError
from sandbox.machine.paths import cache


def programs_needed() -> frozenset[str]:
    """Return the toolchain's names of the programs that go into images."""
    return frozenset(file.program for image in IMAGES for file in image.files)


def publish(programs: Mapping[str, Path], address: str) -> dict[str, str]:
    """Return the digest of every image by its reference, after building and pushing what changed.

    Args:
        address: `host:port` of the registry.

    Raises:
        SandboxError: a program is unfit for an image, or the registry cannot take it.
    """
    layout, registry, published = Layout(_store()), Registry(address), {}
    layout.root.mkdir(parents=True, exist_ok=True)
    with (layout.root / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another checkout may build into the same store
        for image in IMAGES:
            manifest = build(image, programs, layout)
            registry.push(image.reference, manifest, layout)
            published[image.reference] = manifest.digest
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
