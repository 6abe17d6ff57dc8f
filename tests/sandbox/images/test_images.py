"""Images: the same inputs give the same bytes, and nothing is built or pushed twice."""

import json
import os
import shutil
import tarfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sandbox.cli import app
from sandbox.images import IMAGES, ON_DEMAND, SERVICES, UPSTREAM_HOSTS
from sandbox.images.build import blobs, build
from sandbox.images.catalogue import File, Image, references
from sandbox.images.oci import Entry, Layout
from sandbox.images.prune import prune
from sandbox.machine import SandboxError

STATIC = b"\x7fELF" + bytes(60)  # a program without program headers names no dynamic loader
TOOL = Image(reference="registry.k8s.io/tool:1", files=(File(program="tool", path="/bin/tool"),), entrypoint=("/tool",))


@pytest.fixture
def programs(tmp_path: Path) -> dict[str, Path]:
    tool = tmp_path / "tool"
    tool.write_bytes(STATIC)
    return {"tool": tool}


def a_layout(tmp_path: Path, name: str = "store") -> Layout:
    return Layout(tmp_path / name)


def test_same_program_gives_the_same_digest_whenever_and_wherever(tmp_path: Path, programs: dict[str, Path]) -> None:
    first = build(TOOL, programs, a_layout(tmp_path, "one"))
    os.utime(programs["tool"], (1, 1))
    programs["tool"].chmod(0o700)
    moved = programs["tool"].rename(tmp_path / "moved")
    assert build(TOOL, {"tool": moved}, a_layout(tmp_path, "two")) == first


def test_another_program_gives_another_digest(tmp_path: Path, programs: dict[str, Path]) -> None:
    layout = a_layout(tmp_path)
    first = build(TOOL, programs, layout)
    programs["tool"].write_bytes(STATIC + b"!")
    assert build(TOOL, programs, layout).digest != first.digest


def test_another_row_gives_another_digest(tmp_path: Path, programs: dict[str, Path]) -> None:
    layout = a_layout(tmp_path)
    assert build(TOOL, programs, layout).digest != build(replace(TOOL, user="1:1"), programs, layout).digest


def test_order_of_files_does_not_matter(tmp_path: Path) -> None:
    entries = [Entry("/b", 0o644, b"b"), Entry("/a/x", 0o644, b"a"), Entry("/l", 0o777, link="b")]
    layout = a_layout(tmp_path)
    assert layout.add_layer(entries) == layout.add_layer(reversed(entries))


def test_nothing_is_written_when_nothing_changed(tmp_path: Path, programs: dict[str, Path]) -> None:
    layout = a_layout(tmp_path)
    build(TOOL, programs, layout)
    before = {path: path.stat().st_mtime_ns for path in layout.root.rglob("*")}
    build(TOOL, programs, layout)
    assert {path: path.stat().st_mtime_ns for path in layout.root.rglob("*")} == before


@pytest.mark.parametrize("damage", [lambda blob: blob.unlink(), lambda blob: blob.write_bytes(b"")])
def test_a_damaged_layer_is_built_anew(
    tmp_path: Path, programs: dict[str, Path], damage: Callable[[Path], object]
) -> None:
    layout = a_layout(tmp_path)
    manifest = build(TOOL, programs, layout)
    layer = blobs(layout, manifest.digest)[1]
    damage(layout.blob(layer.digest))
    build(TOOL, programs, layout)
    assert layout.blob(layer.digest).stat().st_size == layer.size


def test_what_no_row_names_any_more_goes_and_all_else_stays(tmp_path: Path, programs: dict[str, Path]) -> None:
    layout, newer = a_layout(tmp_path), replace(TOOL, reference="registry.k8s.io/tool:2")
    same = replace(TOOL, reference="registry.k8s.io/same:1")
    old, kept = build(TOOL, programs, layout), build(same, programs, layout)
    programs["tool"].write_bytes(STATIC + b"!")
    new = build(newer, programs, layout)
    overwritten = build(replace(same, user="1:1"), programs, layout)
    prune(layout, {newer.reference, same.reference})
    assert set(layout.images()) == {newer.reference, same.reference}
    needed = {each.digest for top in (new, overwritten) for each in (top, *blobs(layout, top.digest))}
    assert {f"sha256:{path.name}" for path in layout.root.glob("blobs/sha256/*")} == needed
    assert needed.isdisjoint({old.digest, kept.digest})
    before = {path: path.stat().st_mtime_ns for path in layout.root.rglob("*")}
    build(newer, programs, layout)
    prune(layout, {newer.reference, same.reference})
    assert {path: path.stat().st_mtime_ns for path in layout.root.rglob("*")} == before, "nothing left to do"


def test_all_that_a_sandbox_may_have_is_kept() -> None:
    made = (*IMAGES, *SERVICES, *(image for extra in ON_DEMAND.values() for image in extra.images))
    assert references() == {image.reference for image in made}


def test_a_layer_holds_what_the_row_names(tmp_path: Path, programs: dict[str, Path]) -> None:
    layout = a_layout(tmp_path)
    config, layer = blobs(layout, build(TOOL, programs, layout).digest)
    with tarfile.open(layout.blob(layer.digest)) as archive:
        members = {member.name: member for member in archive.getmembers()}
    assert set(members) == {"bin", "bin/tool", "etc", "etc/group", "etc/passwd", "tmp"}
    assert members["bin/tool"].mode == 0o755
    assert {(member.mtime, member.uid) for member in members.values()} == {(0, 0)}
    told = json.loads(layout.blob(config.digest).read_text())
    assert told["config"]["Entrypoint"] == ["/tool"]
    assert told["config"]["User"] == "65532:65532"
    assert told["rootfs"]["diff_ids"] == [layer.digest]


def test_a_program_that_needs_libraries_is_refused(tmp_path: Path) -> None:
    dynamic = Path(shutil.which("env") or "/usr/bin/env")
    with pytest.raises(SandboxError, match="needs shared libraries"):
        build(TOOL, {"tool": dynamic}, a_layout(tmp_path))


def test_a_script_is_refused(tmp_path: Path) -> None:
    script = tmp_path / "tool"
    script.write_text("#!/bin/sh\n")
    with pytest.raises(SandboxError, match="no Linux program"):
        build(TOOL, {"tool": script}, a_layout(tmp_path))


EXTRAS = tuple(image for extra in ON_DEMAND.values() for image in extra.images)


@pytest.mark.parametrize("image", IMAGES + SERVICES + EXTRAS, ids=lambda image: image.reference)
def test_every_row_bears_a_full_upstream_name(image: Image) -> None:
    host, _, rest = image.reference.partition("/")
    assert host in UPSTREAM_HOSTS
    assert rest.rpartition(":")[2], "a tag"
    assert image.files or image.system, "programs or a system"


def test_what_is_made_on_demand_costs_an_ordinary_sandbox_nothing() -> None:
    assert not set(EXTRAS) & {*IMAGES, *SERVICES}


def test_an_unknown_image_is_refused_with_the_known_ones() -> None:
    ran = CliRunner().invoke(app, ["image", "postgres-99"])
    assert ran.exit_code == 1
    assert "no such image: postgres-99" in ran.stderr
    assert "postgres-17" in ran.stderr
