"""Images with a Debian in them: made once for all that share it, from the machine's own mirrors."""

import json
import platform
import tarfile
from pathlib import Path

import pytest

from sandbox.images import debian
from sandbox.images.build import blobs, build
from sandbox.images.catalogue import File, Image, OtherSystem, System
from sandbox.images.oci import Layout
from sandbox.machine import SandboxError

SYSTEM = System(packages=("dash",), without=("/usr/share/doc/*",), commands=("usermod -u 26 postgres",))


@pytest.fixture
def mmdebstrap(tmp_path: Path) -> Path:
    """Writes its arguments to the target, which is the last but one, and counts its calls."""
    program = tmp_path / "mmdebstrap"
    program.write_text(f'#!/bin/bash\nprintf "%s\\n" "$@" >"${{@: -2:1}}"\necho call >>{tmp_path}/calls\n')
    program.chmod(0o755)
    return program


def test_two_images_of_one_system_share_its_layer(tmp_path: Path, mmdebstrap: Path) -> None:
    layout = Layout(tmp_path / "images")
    layout.root.mkdir()
    images = [Image(reference=f"ghcr.io/x/{name}:1", system=SYSTEM) for name in ("server", "pooler")]
    layers = {blobs(layout, build(image, {"mmdebstrap": mmdebstrap}, layout).digest)[1].digest for image in images}
    assert len(layers) == 1
    assert (tmp_path / "calls").read_text() == "call\n"
    told = layout.blob(layers.pop()).read_text()
    assert "--include=dash" in told
    assert "--dpkgopt=path-exclude=/usr/share/doc/*" in told
    assert "chroot \"$1\" sh -c 'usermod -u 26 postgres'" in told


def test_programs_lie_over_the_system_that_they_need(tmp_path: Path, mmdebstrap: Path) -> None:
    tool = tmp_path / "tool"
    tool.write_bytes(b"\x7fELF" + bytes(60))
    layout, programs = Layout(tmp_path / "images"), {"mmdebstrap": mmdebstrap, "tool": tool}
    layout.root.mkdir()
    server = Image(reference="ghcr.io/x/server:1", system=SYSTEM)
    beside = Image(reference="ghcr.io/x/beside:1", system=SYSTEM, files=(File(program="tool", path="/tool"),))
    [_, system] = blobs(layout, build(server, programs, layout).digest)
    [config, *layers] = blobs(layout, build(beside, programs, layout).digest)
    assert layers[0] == system
    with tarfile.open(layout.blob(layers[1].digest)) as archive:
        assert archive.getnames() == ["tool"]
    told = json.loads(layout.blob(config.digest).read_text())
    assert told["rootfs"]["diff_ids"] == [each.digest for each in layers]


def test_another_release_comes_from_the_same_mirrors_with_the_machines_own_behind_it(
    tmp_path: Path, mmdebstrap: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "debian.sources"
    own.write_text("URIs: http://mirror.example/debian\nSuites: bookworm bookworm-updates\n")
    monkeypatch.setattr(debian, "SOURCES", (own,))
    monkeypatch.setattr(platform, "freedesktop_os_release", lambda: {"VERSION_CODENAME": "bookworm"})
    mmdebstrap.write_text('#!/bin/bash\n{ echo "${@: -4:1}"; cat "${@: -2:1}"; echo "${@: -1}"; } >"${@: -3:1}"\n')
    system = OtherSystem(release="trixie", packages=("dash",))
    told = debian.make(system, tmp_path / "target", mmdebstrap).read_text().splitlines()
    assert told == [
        "trixie",
        "URIs: http://mirror.example/debian",
        "Suites: trixie trixie-updates",
        str(own),
    ]


def test_a_machine_without_mirrors_is_said_so(
    tmp_path: Path, mmdebstrap: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(debian, "SOURCES", (tmp_path / "none",))
    with pytest.raises(SandboxError, match="need a Debian with mirrors"):
        debian.make(SYSTEM, tmp_path / "target", mmdebstrap)
