"""The processes as data, and the configuration that is written for them."""

import configparser
import shlex
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
import yaml

from sandbox.cluster import services, templates
from sandbox.cluster.layout import SOCKET_LIMIT, Layout
from sandbox.cluster.services import ADDONS, IMAGES, Check, Service
from sandbox.cluster.settings import PORTS
from sandbox.cluster.supervision import configuration

PROGRAMS = defaultdict(lambda: Path("/bin/program"), {"cni-plugins": Path("/usr/lib/cni/bridge")})
LAYOUT = Layout(Path("/somewhere/.sandbox"))


def everything() -> tuple[Service, ...]:
    return (
        *services.control_plane(PROGRAMS, LAYOUT, "127.0.0.1"),
        *services.node(PROGRAMS, LAYOUT),
        *services.simulation(PROGRAMS, LAYOUT),
    )


def test_every_dependency_exists_and_comes_earlier_in_some_order() -> None:
    done, waiting = {IMAGES, ADDONS}, {service.name: set(service.after) for service in everything()}
    assert len(waiting) == len(everything()), "names are unique"
    while waiting:
        free = {name for name, after in waiting.items() if after <= done}
        assert free, f"a circle, or nobody knows: {waiting}"
        done |= free
        waiting = {name: after for name, after in waiting.items() if name not in free}


def test_every_port_belongs_to_a_service() -> None:
    names = {service.name for service in everything()}
    assert {port for port in PORTS if port not in names and port.rsplit("-", 1)[0] not in names} == set()


@pytest.mark.parametrize("service", everything(), ids=lambda service: service.name)
def test_service_says_where_to_ask(service: Service) -> None:
    assert bool(service.health) == (service.check is not Check.RUNS)


@pytest.mark.parametrize("service", everything(), ids=lambda service: service.name)
def test_no_service_listens_outside(service: Service) -> None:
    assert not any("0.0.0.0" in word for word in service.command)


def a_service(**changes: Any) -> Service:
    return Service(**{"name": "one", "command": ("/bin/one", "--rate=10%", "two words")} | changes)


def parsed(*wanted: Service, layout: Layout = LAYOUT) -> configparser.ConfigParser:
    parser = configparser.ConfigParser()  # as supervisord does, with % as an escape
    parser.read_string(configuration(wanted, layout))
    return parser


def test_command_survives_the_configuration_file() -> None:
    assert tuple(shlex.split(parsed(a_service())["program:one"]["command"])) == a_service().command


def test_supervisor_starts_nothing_by_itself_and_restarts_what_dies() -> None:
    section = parsed(a_service())["program:one"]
    assert not section.getboolean("autostart")
    assert section.getboolean("autorestart")


def test_changed_input_changes_only_its_own_section(tmp_path: Path) -> None:
    file = tmp_path / "config"
    file.write_text("1")
    wanted = a_service(inputs=(file,)), a_service(name="other")
    before = parsed(*wanted)
    file.write_text("2")
    after = parsed(*wanted)
    assert dict(before["program:one"]) != dict(after["program:one"])
    assert dict(before["program:other"]) == dict(after["program:other"])


HERE = Path(templates.__file__).parent
MORE = {
    "kubeadm.yaml": {"version": "v1.35.4", "api_host": "127.0.0.1"},
    "containerd.toml": {"pause": "p", "runc": "r", "cni_plugins": "c"},
    "hosts.toml": {"host": "docker.io"},
    "storage.yaml": {"busybox": "b@sha256:0"},
    "coredns.yaml": {"coredns": "c@sha256:0", "forward": "# none"},
}
AS_THEY_ARE = {"audit-policy.yaml", "kwok.yaml"}


@pytest.mark.parametrize("file", sorted((HERE / "config").iterdir()), ids=lambda file: file.name)
def test_configuration_is_complete(file: Path) -> None:
    text = (
        file.read_text() if file.name in AS_THEY_ARE else templates.config(file.name, LAYOUT, **MORE.get(file.name, {}))
    )
    if file.suffix in {".yaml", ".conflist"}:
        assert all(yaml.safe_load_all(text))


@pytest.mark.parametrize("file", sorted((HERE / "manifests").iterdir()), ids=lambda file: file.name)
def test_manifest_is_complete(file: Path) -> None:
    documents = list(yaml.safe_load_all(templates.manifest(file.name, LAYOUT, **MORE.get(file.name, {}))))
    assert all({"apiVersion", "kind", "metadata"} <= document.keys() for document in documents)


def test_a_missing_word_is_an_error() -> None:
    with pytest.raises(KeyError, match="pause"):
        templates.config("containerd.toml", LAYOUT)


def test_audit_never_keeps_the_body_of_a_secret() -> None:
    rules = yaml.safe_load((HERE / "config" / "audit-policy.yaml").read_text())["rules"]
    bodies = next(number for number, rule in enumerate(rules) if rule["level"] in {"Request", "RequestResponse"})
    core = [
        rule["resources"][0]["resources"]
        for rule in rules[:bodies]
        if rule["level"] == "Metadata" and "resources" in rule
    ]
    assert any({"secrets", "configmaps"} <= set(names) for names in core)


def test_files_are_written_whole_and_with_their_mode(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "key"
    templates.write(target, "secret", mode=0o600)
    assert (target.read_text(), target.stat().st_mode & 0o777) == ("secret", 0o600)
    assert list(target.parent.iterdir()) == [target]


def test_sockets_of_a_long_checkout_lie_elsewhere() -> None:
    short, long = Layout(Path("/c/.sandbox")), Layout(Path("/" + "c" * 120 + "/.sandbox"))
    assert short.run == Path("/c/.sandbox/run")
    assert long.run == Path(f"/run/paas-{long.id}")
    assert short.kubelet == Path("/c/.sandbox/data/kubelet")
    assert long.kubelet == Path(f"/var/lib/paas-{long.id}")
    assert all(len(str(layout.run / "containerd.sock.ttrpc")) <= SOCKET_LIMIT for layout in (short, long))
