"""Turn a row of the catalogue into an image, unless the very same one is there already."""

import hashlib
import json
import platform
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from sandbox.images import debian
from sandbox.images.catalogue import ARCHITECTURE, File, Image, System
from sandbox.images.oci import CONFIG, MANIFEST, Blob, Entry, Layout
from sandbox.machine import SandboxError, run

_FORMAT = 1
"""Goes up when this file writes other bytes for the same row, so that old images are not taken for new ones."""

_INPUTS = "paas.inputs"
_INTERPRETER = 3  # PT_INTERP: the segment that names the dynamic loader

_SKELETON = (
    Entry("/tmp", 0o1777),
    Entry("/etc/passwd", 0o644, b"root:x:0:0:root:/:/bin/sh\nnonroot:x:65532:65532:nonroot:/:/sbin/nologin\n"),
    Entry("/etc/group", 0o644, b"root:x:0:\nnonroot:x:65532:\n"),
)


def build(image: Image, programs: Mapping[str, Path], layout: Layout) -> Blob:
    """Return the manifest of `image`, built now or found in `layout`.

    Raises:
        SandboxError: a program is linked dynamically and could not run in an image without libraries.
        KeyError: `programs` lacks one that the image needs.
    """
    inputs = _fingerprint(image, programs)
    known = layout.images().get(image.reference)
    if known and known["annotations"].get(_INPUTS) == inputs and _complete(layout, known["digest"]):
        return Blob(MANIFEST, known["digest"], known["size"])
    layers = _layers(image, programs, layout)
    config = layout.add_json(CONFIG, _config(image, layers))
    manifest = layout.add_json(
        MANIFEST,
        {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": config.descriptor(),
            "layers": [layer.descriptor() for layer in layers],
        },
    )
    layout.tag(image.reference, manifest, {_INPUTS: inputs})
    return manifest


def _layers(image: Image, programs: Mapping[str, Path], layout: Layout) -> list[Blob]:
    """Return the layers, the lowest first: a system has all that the skeleton has."""
    entries = [entry for file in image.files for entry in _entries(file, programs)]
    if image.system is None:
        return [layout.add_layer([*_SKELETON, *entries])]
    over = [layout.add_layer(entries)] if entries else []
    return [_system(image.system, programs, layout), *over]


def _system(system: System, programs: Mapping[str, Path], layout: Layout) -> Blob:
    # Two images may be of the same system: its layer is found by what went into it.
    mark = layout.root / "systems" / hashlib.sha256(repr(system).encode()).hexdigest()
    if mark.exists():
        kept = Blob(**json.loads(mark.read_text()))
        if layout.blob(kept.digest).exists():
            return kept
    with tempfile.TemporaryDirectory(dir=layout.root) as draft:
        layer = layout.add_archive(debian.make(system, Path(draft) / "system.tar", programs["mmdebstrap"]))
    mark.parent.mkdir(exist_ok=True)
    mark.write_text(json.dumps(asdict(layer)))
    return layer


def blobs(layout: Layout, manifest: str) -> list[Blob]:
    """Return what the manifest with this digest refers to: its configuration and its layers."""
    document = json.loads(layout.blob(manifest).read_text())
    return [Blob(one["mediaType"], one["digest"], one["size"]) for one in (document["config"], *document["layers"])]


def _complete(layout: Layout, manifest: str) -> bool:
    if not layout.blob(manifest).exists():
        return False
    return all(
        layout.blob(blob.digest).exists() and layout.blob(blob.digest).stat().st_size == blob.size
        for blob in blobs(layout, manifest)
    )


def _fingerprint(image: Image, programs: Mapping[str, Path]) -> str:
    contents = {}
    for file in image.files:
        with programs[file.program].open("rb") as content:
            contents[file.program] = hashlib.file_digest(content, "sha256").hexdigest()
    facts = {"format": _FORMAT, "machine": platform.machine(), "image": asdict(image), "contents": contents}
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def _config(image: Image, layers: list[Blob]) -> dict[str, object]:
    runtime = {
        "User": image.user,
        "Env": list(image.env),
        "Entrypoint": list(image.entrypoint),
        "Cmd": list(image.command),
        "WorkingDir": "/",
    }
    return {
        "architecture": ARCHITECTURE,
        "os": "linux",
        "created": "1970-01-01T00:00:00Z",
        "config": {key: value for key, value in runtime.items() if value},
        # A layer without compression is its own diff.
        "rootfs": {"type": "layers", "diff_ids": [each.digest for each in layers]},
    }


def _entries(file: File, programs: Mapping[str, Path]) -> list[Entry]:
    program = programs[file.program]
    if _is_dynamic(program):
        raise SandboxError(
            f"{program} needs shared libraries, and images made from scratch have none",
            f"let the toolchain provide a static `{file.program}`: `python -m sandbox doctor`",
        )
    found = [Entry(file.path, 0o755, program)]
    if file.applets:
        names = set(run([program, "--list"], timeout=10).split()) - {Path(file.path).name}
        found += [Entry(f"{file.applets}/{name}", 0o777, link=Path(file.path).name) for name in names]
    return found


def _is_dynamic(program: Path) -> bool:
    """Tell whether an ELF file asks for a dynamic loader (System V ABI, program headers)."""
    with program.open("rb") as file:
        header = file.read(64)
        if header[:4] != b"\x7fELF":
            raise SandboxError(f"{program} is no Linux program", "run `python -m sandbox doctor`")
        table, size, count = (int.from_bytes(header[at : at + width], "little") for at, width in _HEADER_FIELDS)
        file.seek(table)
        headers = file.read(size * count)
    return any(
        int.from_bytes(headers[at : at + 4], "little") == _INTERPRETER for at in range(0, size * count, size or 1)
    )


_HEADER_FIELDS = ((32, 8), (54, 2), (56, 2))
"""Offset and width in a 64-bit ELF header of: place, entry size and number of the program headers."""
