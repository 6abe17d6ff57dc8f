"""What is asked of the machine before anything starts: powers, ports, disk, networks, KUBECONFIG."""

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from sandbox.cluster import disk, mounts, network, node, ports, powers, processes, record
from sandbox.cluster.api import Kubectl
from sandbox.cluster.layout import Layout
from sandbox.cluster.powers import Power
from sandbox.cluster.settings import MARK, PORTS
from sandbox.cluster.simulated import node as simulated_node
from sandbox.cluster.source import check_own, source
from sandbox.cluster.status import Node, Status, status
from sandbox.cluster.supervision import State
from sandbox.engine import environment_for_shell
from sandbox.machine import SandboxError


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(tmp_path / ".sandbox")


@contextlib.contextmanager
def listening(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Hold a port that the registry is then said to need."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        monkeypatch.setitem(PORTS, "registry", port)
        yield port


def test_a_taken_port_is_told_with_its_holder(monkeypatch: pytest.MonkeyPatch, layout: Layout) -> None:
    with listening(monkeypatch) as port, pytest.raises(SandboxError) as caught:
        ports.check({"registry"}, layout)
    assert f"port {port} (needed by registry) is held by" in caught.value.what
    assert f"PID {os.getpid()}" in caught.value.what


def test_a_port_that_nothing_needs_may_be_taken(monkeypatch: pytest.MonkeyPatch, layout: Layout) -> None:
    monkeypatch.delitem(PORTS, "kwok")  # this checkout's own sandbox may hold it
    with listening(monkeypatch):
        ports.check({"kwok"}, layout)


def test_our_own_port_is_not_taken(monkeypatch: pytest.MonkeyPatch, layout: Layout) -> None:
    with _server_of(str(layout.root), monkeypatch):
        ports.check({"registry"}, layout)


def test_a_process_that_has_just_ended_holds_no_port(monkeypatch: pytest.MonkeyPatch, layout: Layout) -> None:
    """It listened when the connections were read, and is gone when it is looked at."""
    with _server_of("/elsewhere/.sandbox", monkeypatch):
        then = psutil.net_connections(kind="tcp")
    monkeypatch.setattr(psutil, "net_connections", lambda kind: then)
    assert any(found.laddr and found.laddr.port == PORTS["registry"] for found in then)
    ports.check({"registry"}, layout)


def test_another_sandbox_is_named(monkeypatch: pytest.MonkeyPatch, layout: Layout) -> None:
    with _server_of("/elsewhere/.sandbox", monkeypatch), pytest.raises(SandboxError) as caught:
        ports.check({"registry"}, layout)
    assert "of the sandbox in /elsewhere/.sandbox" in caught.value.what
    assert "checkout of /elsewhere/.sandbox" in caught.value.fix


@contextlib.contextmanager
def _server_of(root: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    code = "import socket; s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1], flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code], env={MARK: root}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        monkeypatch.setitem(PORTS, "registry", int(process.stdout.readline()))
        yield
        process.communicate("\n")


def test_a_network_in_use_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    address = next(
        one.address
        for name, found in psutil.net_if_addrs().items()
        for one in found
        if one.family is socket.AF_INET and name != "paas0"
    )
    monkeypatch.setattr(ports, "SERVICE_CIDR", f"{address}/32")
    with pytest.raises(SandboxError, match=address):
        ports.check_networks()


def test_the_sandboxs_networks_are_free_here() -> None:
    ports.check_networks()


def test_a_full_disk_is_told_with_its_file_system(tmp_path: Path) -> None:
    with pytest.raises(SandboxError, match=r"file system at / has .* GiB free; .* wants 1e\+06 GiB"):
        disk.check(tmp_path / "not" / "yet" / "there", wanted=1e6)


def test_a_disk_with_room_is_accepted(tmp_path: Path) -> None:
    disk.check(tmp_path, wanted=0.001)


def test_lacking_names_what_fails_and_only_that() -> None:
    strong = Power(name="a", test=lambda: True, fix="")
    weak = Power(name="b", test=lambda: False, fix="")
    assert powers.lacking([strong, weak]) == [weak]
    assert powers.lacking([strong]) == []


@pytest.mark.parametrize(("mask", "there"), [("0000000000201000", True), ("0000000000001000", False)])
def test_capability_is_read_from_the_effective_set(tmp_path: Path, mask: str, there: bool) -> None:
    status_file = tmp_path / "status"
    status_file.write_text(f"Name:\tx\nCapPrm:\tffffffffffffffff\nCapEff:\t{mask}\n")
    assert powers.has_capability(21, status_file) is there


def test_overlay_is_found_in_the_kernels_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = tmp_path / "filesystems"
    known.write_text("nodev\toverlay\n")
    assert powers.has_overlay(known)
    known.write_text("nodev\ttmpfs\n")
    monkeypatch.setenv("PATH", "")
    assert not powers.has_overlay(known)


def test_a_program_that_can_be_installed_counts_as_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert not powers.has_program("containerd")
    (tmp_path / "apt-get").touch(mode=0o755)
    assert powers.has_program("containerd")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert not powers.has_program("containerd")


SAVED = """\
:PREROUTING ACCEPT
:KUBE-SERVICES -
:CNI-OTHER -
-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A PREROUTING -j CNI-OTHER
-A PREROUTING -s 10.0.0.0/8 -j ACCEPT
-A KUBE-SERVICES -j RETURN
""".splitlines()


def test_only_our_chains_and_the_rules_to_them_go() -> None:
    assert network.removal("iptables", "nat", SAVED, keep={"iptables/nat/CNI-OTHER"}) == [
        "*nat",
        ":KUBE-SERVICES - [0:0]",
        '-D PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
        "-X KUBE-SERVICES",
        "COMMIT",
    ]


def test_a_table_without_our_chains_is_left_alone() -> None:
    assert network.removal("iptables", "nat", SAVED[:1] + SAVED[5:6], keep=set()) == []


def test_the_record_survives_and_a_damaged_one_counts_as_none(layout: Layout) -> None:
    written = record.write(["iptables/nat/KUBE-OLD"], layout)
    assert record.read(layout) == written
    assert written.boot == record.boot()
    layout.record.write_text("{")
    assert record.read(layout) is None


def test_resolvers_on_loopback_are_useless_to_pods(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listed = tmp_path / "resolv.conf"
    listed.write_text("# here\nnameserver 127.0.0.53\nnameserver 192.0.2.1\nnameserver fe80::1%eth0\nsearch x\n")
    monkeypatch.setattr(node, "RESOLVERS", (tmp_path / "none", listed))
    assert node.nameservers() == ["192.0.2.1", "fe80::1%eth0"]


def test_no_resolvers_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(node, "RESOLVERS", (tmp_path / "none",))
    assert node.nameservers() == []


def test_kubeconfig_of_the_environment_decides_whose_cluster(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KUBECONFIG", raising=False)
    assert source(layout) == "sandbox"
    monkeypatch.setenv("KUBECONFIG", str(layout.kubeconfig))
    assert source(layout) == "sandbox"
    monkeypatch.setenv("KUBECONFIG", "/home/me/.kube/config")
    assert source(layout) == "kubeconfig"


def test_a_missing_kubeconfig_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", "/nowhere/config")
    with pytest.raises(SandboxError, match="/nowhere/config does not exist"):
        check_own(Kubectl(Path("kubectl")))


def test_without_kubectl_the_status_says_so(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KUBECONFIG", raising=False)
    now = status({}, layout)
    assert not now.up
    assert "kubectl is not there" in now.problem


def test_a_sandbox_that_is_down_says_so(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KUBECONFIG", raising=False)
    assert "the sandbox is down" in status({"kubectl": Path("kubectl")}, layout).problem


def a_status(**changes: Any) -> Status:
    facts: dict[str, Any] = {
        "source": "sandbox",
        "kubeconfig": "/k",
        "version": "v1.35.4",
        "nodes": (Node("a", "real", True),),
    }
    return Status(**(facts | changes))


def test_simulation_is_announced_in_the_first_line() -> None:
    now = a_status(nodes=(Node("s", "simulated", True),), simulated_because=("root",))
    assert "SIMULATED ONLY, no container runs: this machine lacks root" in now.lines()[0]
    assert "SIMULATED" not in a_status().lines()[0]


def test_a_bad_service_is_told_with_the_way_on() -> None:
    now = a_status(services=(State("etcd", "FATAL", 0), State("registry", "RUNNING", 1)))
    assert any("etcd is FATAL" in line and "registry" not in line for line in now.lines())


def test_json_speaks_camel_case_and_never_pretends() -> None:
    told = a_status().as_dict()
    assert told["networkPolicy"] == "not enforced"
    assert told["nodes"] == [{"name": "a", "kind": "real", "ready": True}]


def test_up_needs_a_version_and_a_ready_node() -> None:
    assert a_status().up
    assert not a_status(nodes=(Node("a", "real", False),)).up
    assert not a_status(version="").up


def test_simulated_nodes_keep_pods_away_beside_a_real_one() -> None:
    assert simulated_node(1, tainted=True)["spec"]["taints"][0]["effect"] == "NoSchedule"
    assert simulated_node(1, tainted=False)["spec"]["taints"] == []


def test_a_shell_of_the_user_is_never_ours(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(MARK, str(layout.root))
    assert os.getpid() not in {process.pid for process in processes.ours(layout)}


def test_the_users_environment_does_not_bear_the_mark(layout: Layout) -> None:
    assert MARK not in environment_for_shell(layout.kubeconfig)


def test_what_bears_the_mark_of_another_sandbox_is_not_ours(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    with _server_of("/elsewhere/.sandbox", monkeypatch):
        assert processes.ours(layout) == []
    with _server_of(str(layout.root), monkeypatch):
        assert len(processes.ours(layout)) == 1


def test_mounts_of_the_sandbox_are_told_from_those_beside_it(
    layout: Layout, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    kubelet = layout.data / "kubelet"
    points = [kubelet, kubelet / "a pod", Path(f"{layout.root}-other"), Path("/")]
    lines = [f"1 0 8:0 / {str(point).replace(' ', chr(92) + '040')} rw - ext4 x rw\n" for point in points]
    table = tmp_path / "mountinfo"
    table.write_text("".join(lines))
    monkeypatch.setattr(mounts, "MOUNTINFO", table)
    assert mounts.remaining(layout) == [str(kubelet / "a pod"), str(kubelet)]
