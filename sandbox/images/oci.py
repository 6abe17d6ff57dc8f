"""Write images in the OCI layout: same inputs, same bytes, on every machine.

Layers are plain tar without compression: a compressor's output differs between its versions, and the only reader is
on loopback. Sources: OCI image specification 1.1, `image-layout`, `config`, `manifest`; tar entries are POSIX ustar.
"""

import hashlib
import io
import json
import os
import tarfile
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar"
INDEX = "application/vnd.oci.image.index.v1+json"


@dataclass(frozen=True)
class Entry:
    """One file, folder or symbolic link of a layer, owned by root and dated 1970.

    Attributes:
        path: absolute, inside the image.
        content: the bytes, or the file that holds them; None for a folder or a link.
        link: target of a symbolic link; empty for anything else.
    """

    path: str
    mode: int
    content: bytes | Path | None = None
    link: str = ""


@dataclass(frozen=True)
class Blob:
    """A stored piece of content.

    Attributes:
        digest: `sha256:` and 64 hexadecimal digits.
        size: bytes.
    """

    media_type: str
    digest: str
    size: int

    def descriptor(self) -> dict[str, Any]:
        """Return how manifests refer to it."""
        return {"mediaType": self.media_type, "digest": self.digest, "size": self.size}


class Layout:
    """A folder in the OCI image layout: `blobs/`, `index.json`, `oci-layout`.

    Attributes:
        root: that folder; made when first written to.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._index = root / "index.json"

    def blob(self, digest: str) -> Path:
        """Return where the content of `digest` lies, there or not."""
        return self.root / "blobs" / Path(*digest.split(":"))

    def images(self) -> dict[str, dict[str, Any]]:
        """Return the descriptors of the index by reference; their annotations tell what was given to `tag`."""
        if not self._index.exists():
            return {}
        listed = json.loads(self._index.read_text())["manifests"]
        return {one["annotations"]["org.opencontainers.image.ref.name"]: one for one in listed}

    def tag(self, reference: str, manifest: Blob, annotations: dict[str, str]) -> None:
        """Let `reference` mean `manifest`."""
        name = {"org.opencontainers.image.ref.name": reference}
        self._list(self.images() | {reference: manifest.descriptor() | {"annotations": name | annotations}})

    def untag(self, reference: str) -> None:
        """Let `reference` mean nothing; what it meant stays stored."""
        self._list({key: one for key, one in self.images().items() if key != reference})

    def _list(self, images: dict[str, dict[str, Any]]) -> None:
        index = {
            "schemaVersion": 2,
            "mediaType": INDEX,
            "manifests": [images[key] for key in sorted(images)],
        }
        _replace(self.root / "oci-layout", b'{"imageLayoutVersion":"1.0.0"}')
        _replace(self._index, _json(index))

    def add_json(self, media_type: str, document: dict[str, Any]) -> Blob:
        """Store a document."""
        return self._add(media_type, io.BytesIO(_json(document)))

    def add_layer(self, entries: Iterable[Entry]) -> Blob:
        """Store a layer. The order of `entries` does not matter; parents of a path need not be given."""
        with tempfile.TemporaryFile() as scratch:
            with tarfile.open(fileobj=scratch, mode="w", format=tarfile.USTAR_FORMAT) as archive:
                for entry in sorted(_with_parents(entries), key=lambda one: one.path):
                    _write(archive, entry)
            scratch.seek(0)
            return self._add(LAYER, scratch)

    def add_archive(self, archive: Path) -> Blob:
        """Store a layer that is a tar archive already."""
        with archive.open("rb") as content:
            return self._add(LAYER, content)

    def _add(self, media_type: str, content: io.BytesIO | io.BufferedRandom | io.BufferedReader) -> Blob:
        digest = "sha256:" + hashlib.file_digest(content, "sha256").hexdigest()
        size = content.seek(0, os.SEEK_END)
        target = self.blob(digest)
        if not target.exists() or target.stat().st_size != size:
            content.seek(0)
            _replace(target, content)
        return Blob(media_type, digest, size)


def _write(archive: tarfile.TarFile, entry: Entry) -> None:
    info = tarfile.TarInfo(entry.path.lstrip("/"))
    info.mode = entry.mode
    if entry.link:
        info.type, info.linkname = tarfile.SYMTYPE, entry.link
        archive.addfile(info)
    elif entry.content is None:
        info.type = tarfile.DIRTYPE
        archive.addfile(info)
    elif isinstance(entry.content, bytes):
        info.size = len(entry.content)
        archive.addfile(info, io.BytesIO(entry.content))
    else:
        with entry.content.open("rb") as file:
            info.size = os.fstat(file.fileno()).st_size
            archive.addfile(info, file)


def _with_parents(entries: Iterable[Entry]) -> list[Entry]:
    given = {entry.path: entry for entry in entries}
    parents = {str(parent) for path in given for parent in Path(path).parents} - {"/"}
    return [*given.values(), *(Entry(parent, 0o755) for parent in parents - given.keys())]


def _json(document: dict[str, Any]) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


def _replace(target: Path, content: bytes | BinaryIO) -> None:
    """Write a file so that nobody ever sees half of it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as scratch:
        try:
            for chunk in [content] if isinstance(content, bytes) else iter(lambda: content.read(1 << 20), b""):
                scratch.write(chunk)
            scratch.flush()
            Path(scratch.name).chmod(0o644)
            Path(scratch.name).replace(target)
        except BaseException:
            Path(scratch.name).unlink(missing_ok=True)
            raise
