"""Remove what no row of the catalogue needs any more: images of another version, and the systems below them."""

from collections.abc import Container

from sandbox.images.build import blobs
from sandbox.images.oci import Layout


def prune(layout: Layout, references: Container[str]) -> None:
    """Keep the images of `references` in `layout`, and nothing that none of them refers to."""
    needed = set()
    for reference, image in layout.images().items():
        if reference not in references:
            layout.untag(reference)
        elif layout.blob(image["digest"]).exists():
            needed |= {image["digest"], *(blob.digest for blob in blobs(layout, image["digest"]))}
    for stored in layout.root.glob("blobs/*/*"):
        if f"{stored.parent.name}:{stored.name}" not in needed:
            stored.unlink()
