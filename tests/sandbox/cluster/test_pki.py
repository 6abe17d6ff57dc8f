"""Certificates: made once, renewed when they must be, and never with a new authority."""

import time
from pathlib import Path

import pytest

from sandbox.cluster import pki
from sandbox.cluster.layout import Layout
from sandbox.machine import SandboxError
from sandbox.toolchain.catalogue import KUBERNETES

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def made(programs: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Layout:
    layout = Layout(tmp_path_factory.mktemp("pki") / ".sandbox")
    layout.make()
    ensure(programs, layout)
    return layout


def ensure(programs: dict[str, Path], layout: Layout, api_host: str = "127.0.0.1") -> None:
    pki.ensure(programs["kubeadm"], KUBERNETES, api_host, layout)


def contents(layout: Layout, *names: str) -> list[bytes]:
    return [(layout.pki / name).read_bytes() for name in names]


def test_a_second_time_changes_nothing(made: Layout, programs: dict[str, Path]) -> None:
    before = {path: path.stat().st_mtime_ns for path in made.pki.rglob("*")}
    ensure(programs, made)
    assert {path: path.stat().st_mtime_ns for path in made.pki.rglob("*")} == before


def test_kubeconfig_is_for_its_owner_only_and_comes_back(made: Layout, programs: dict[str, Path]) -> None:
    made.kubeconfig.unlink()
    ensure(programs, made)
    assert made.kubeconfig.stat().st_mode & 0o777 == 0o600
    assert "https://127.0.0.1:6443" in made.kubeconfig.read_text()


def test_age_renews_certificates_but_not_authorities(
    made: Layout, programs: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, renewed = (
        contents(made, "ca.crt", "sa.key", "etcd/ca.crt"),
        contents(made, "apiserver.crt", "etcd/server.crt"),
    )
    later = time.time() + pki.RENEW_AFTER + 1
    monkeypatch.setattr(time, "time", lambda: later)
    ensure(programs, made)
    assert contents(made, "ca.crt", "sa.key", "etcd/ca.crt") == kept
    assert contents(made, "apiserver.crt", "etcd/server.crt") != renewed


def test_another_address_renews_every_kubeconfig(made: Layout, programs: dict[str, Path]) -> None:
    ensure(programs, made, api_host="10.244.0.1")
    servers = {
        line for file in made.kubeconfigs.iterdir() for line in file.read_text().splitlines() if "server:" in line
    }
    assert servers == {"    server: https://10.244.0.1:6443"}


def test_a_lost_certificate_is_made_anew(made: Layout, programs: dict[str, Path]) -> None:
    (made.pki / "apiserver.crt").unlink()
    ensure(programs, made)
    assert (made.pki / "apiserver.crt").exists()


def test_a_damaged_authority_is_told_with_the_way_on(programs: dict[str, Path], tmp_path: Path) -> None:
    layout = Layout(tmp_path / ".sandbox")
    layout.make()
    (layout.pki / "ca.crt").write_text("damaged")
    with pytest.raises(SandboxError) as caught:
        ensure(programs, layout)
    assert "down --purge" in caught.value.fix
