"""A sandbox from nothing to nothing, and back from every way of dying.

Ports are one set for the machine, so this checkout's own sandbox goes down meanwhile, with its state kept, and comes
back afterwards. The one under test has a state folder of its own. The tests stand in the order of one life.
"""

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from sandbox import cluster
from sandbox.cluster import cgroups, powers, processes, record
from sandbox.cluster.network import chains
from sandbox.cluster.powers import Power
from sandbox.cluster.supervision import Supervisor
from sandbox.machine import SandboxError, run
from sandbox.machine.paths import PASSPHRASE
from tests.sandbox.cluster.alone.test_cluster import CLAIM, SERVICE, create, fetch, keeper, wait, web
from tests.sandbox.cluster.running import Sandbox
from tests.waiting import eventually

pytestmark = pytest.mark.node


@pytest.fixture(scope="module")
def born(programs: dict[str, Path]) -> Iterator[Sandbox]:
    """A sandbox that is not there yet."""
    own = Sandbox(cluster.DEFAULT, programs)
    nodes = own.status().nodes
    own.down()
    under_test = Sandbox(cluster.Layout(cluster.DEFAULT.root / "lifecycle"), programs)
    under_test.down(purge=True)  # what an interrupted run may have left
    yield under_test
    under_test.down(purge=True)
    if nodes:
        own.up(simulated=sum(node.kind == "simulated" for node in nodes))


def machine() -> dict[str, Any]:
    """Return all that a sandbox may change outside its folder."""
    return {
        "links": sorted(psutil.net_if_addrs()),
        "routes": run(["ip", "route", "show", "table", "all"]),
        "mounts": sorted(line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()),
        "chains": chains(),
        "rules": [line for line in run(["iptables-save"]).splitlines() if line.startswith("-A")],
        "cgroups": sorted(path.name for path in Path("/sys/fs/cgroup").glob("*/*") if path.is_dir()),
        "sysctls": {name: (Path("/proc/sys") / name).read_text() for name in record.SYSCTLS},
        "folders": [folder for folder in record.FOLDERS if Path(folder).exists()],
    }


def test_down_leaves_nothing_and_may_be_repeated(born: Sandbox) -> None:
    before = machine()
    born.up()
    create(born, "default", web(hostNetwork=False), SERVICE, CLAIM, keeper("echo kept > /data/file; sleep 600"))
    wait(born, "default", "pod/web", "condition=Ready")
    wait(born, "default", "pvc/data", "jsonpath={.status.phase}=Bound")
    assert machine() != before
    born.down()
    assert machine() == before
    assert cluster.leftovers(born.layout) == []
    assert processes.ours(born.layout) == []
    born.down()
    assert machine() == before


def test_up_again_finds_everything_as_it_was(born: Sandbox) -> None:
    born.up()
    wait(born, "default", "pod/web", "condition=Ready")
    reads = keeper("grep -q kept /data/file")
    create(born, "default", reads)
    wait(born, "default", f"pod/{reads['metadata']['name']}", "jsonpath={.status.phase}=Succeeded")


def test_up_repairs_a_sandbox_whose_supervisor_was_killed(born: Sandbox) -> None:
    before = {state.name: state.pid for state in born.status().services}
    os.kill(_supervisor(born), signal.SIGKILL)
    eventually(lambda: not Supervisor(born.layout).answers())
    assert "down" in born.status().problem
    born.up()
    now = {state.name: state.pid for state in born.status().services}
    assert now.keys() == before.keys()
    assert not set(now.values()) & set(before.values())
    assert not [pid for pid in before.values() if psutil.pid_exists(pid)], "no orphan runs beside its successor"
    wait(born, "default", "pod/web", "condition=Ready")


def test_up_repairs_what_a_reboot_leaves(born: Sandbox) -> None:
    """Everything is killed at once and the node's network is gone, but its files are still there."""
    os.kill(_supervisor(born), signal.SIGKILL)
    for process in (*processes.ours(born.layout), *cgroups.processes(born.layout)):
        process.kill()
    run(["ip", "link", "delete", "paas0"])
    eventually(lambda: processes.ours(born.layout) == [])
    born.up()
    wait(born, "default", "pod/web", "condition=Ready")


def test_up_repairs_a_lost_bridge(born: Sandbox) -> None:
    run(["ip", "link", "delete", "paas0"])
    born.up()
    address = born.kubectl.get("-n", "default", "service", "web")["spec"]["clusterIP"]
    assert fetch(f"http://{address}/hostname") == "web"


def test_a_second_sandbox_is_refused_by_name(born: Sandbox, tmp_path: Path) -> None:
    other = Sandbox(cluster.Layout(tmp_path / ".sandbox"), born.programs)
    with pytest.raises(SandboxError) as caught:
        other.up()
    assert f"of the sandbox in {born.layout.root}" in caught.value.what
    assert not other.layout.root.exists()
    before = machine()
    other.down(purge=True)
    assert machine() == before, "what belongs to the first is not the second's to remove"


def test_down_after_the_supervisor_was_killed_leaves_nothing(born: Sandbox) -> None:
    os.kill(_supervisor(born), signal.SIGKILL)
    born.down()
    assert cluster.leftovers(born.layout) == []
    assert processes.ours(born.layout) == []
    assert not Path("/sys/class/net/paas0").exists()


def test_a_taken_port_is_told_before_anything_starts(born: Sandbox) -> None:
    with (
        socket.create_server(("127.0.0.1", 5000)),
        pytest.raises(SandboxError, match=r"port 5000 \(needed by registry\)"),
    ):
        born.up()
    assert processes.ours(born.layout) == []


def test_a_damaged_database_is_told_with_the_way_on(born: Sandbox) -> None:
    for file in (born.layout.data / "etcd" / "member" / "wal").glob("*.wal"):
        file.write_bytes(b"damaged")
    with pytest.raises(SandboxError, match="etcd keeps exiting") as caught:
        born.up()
    assert "down --purge" in caught.value.fix
    born.down(purge=True)
    assert not born.layout.root.exists()


def test_a_purge_leaves_the_passphrase_and_nothing_else(born: Sandbox) -> None:
    for name in (PASSPHRASE, "data/etcd/member"):
        file = born.layout.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("open sesame")
    born.down(purge=True)
    assert [each.name for each in born.layout.root.iterdir()] == [PASSPHRASE]
    (born.layout.root / PASSPHRASE).unlink()


def test_without_the_powers_nodes_are_simulated_and_that_is_said(
    born: Sandbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = machine()
    missing = Power(name="the power to fly", test=lambda: False, fix="grow wings")
    monkeypatch.setattr(powers, "lacking", lambda: [missing])
    born.up()
    assert "SIMULATED NODES ONLY: this machine lacks the power to fly" in capsys.readouterr().err
    now = born.status()
    assert now.up
    assert {node.kind for node in now.nodes} == {"simulated"}
    assert "SIMULATED ONLY" in now.lines()[0]
    assert machine() == before, "a sandbox without powers changes nothing outside its folder"
    create(born, "default", web("nowhere.example/x:1"), CLAIM)
    wait(born, "default", "pod/web", "condition=Ready")
    born.down(purge=True)


def _supervisor(sandbox: Sandbox) -> int:
    return int((sandbox.layout.run / "supervisord.pid").read_text())
