"""The loopback registry serves what was published, under upstream's names, and takes nothing twice."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import urllib3

from sandbox.images import AGNHOST, IMAGES, SERVICES, Image, digest
from sandbox.images.oci import MANIFEST, Blob, Layout
from sandbox.images.registry import Registry
from sandbox.machine import SandboxError
from sandbox.machine.paths import cache

ADDRESS = "127.0.0.1:5000"


class Counted(Registry):
    """A registry that notes what was asked of it."""

    def __init__(self) -> None:
        super().__init__(ADDRESS)
        self.asked: list[str] = []

    def _ask(self, method: str, where: str, **more: Any) -> urllib3.BaseHTTPResponse:
        self.asked.append(method)
        return super()._ask(method, where, **more)


@pytest.fixture
def http() -> Iterator[urllib3.PoolManager]:
    with urllib3.PoolManager(retries=False) as pool:
        yield pool


@pytest.mark.e2e
@pytest.mark.parametrize("image", IMAGES + SERVICES, ids=lambda image: image.reference)
def test_registry_serves_the_published_digest(image: Image, http: urllib3.PoolManager) -> None:
    name, _, tag = image.reference.rpartition(":")
    answer = http.request("HEAD", f"http://{ADDRESS}/v2/{name}/manifests/{tag}", headers={"Accept": MANIFEST})
    assert answer.headers["Docker-Content-Digest"] == digest(image.reference)


@pytest.mark.e2e
def test_what_is_there_is_not_pushed_again() -> None:
    layout, registry = Layout(cache() / "images"), Counted()
    known = layout.images()[AGNHOST.reference]
    registry.push(AGNHOST.reference, Blob(MANIFEST, known["digest"], known["size"]), layout)
    assert registry.asked == ["HEAD"]


def test_a_registry_that_is_down_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(SandboxError, match="does not answer"):
        Registry("127.0.0.1:1").push("registry.k8s.io/x:1", Blob(MANIFEST, "sha256:0", 0), Layout(tmp_path))


def test_an_unknown_image_has_no_digest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(SandboxError, match="no image `registry"):
        digest("registry.k8s.io/nothing:1")
