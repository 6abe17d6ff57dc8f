"""The user's own parts come first; the sandbox fills the gaps, and says which is which."""

import os
import shutil
import sys
from pathlib import Path

import pytest

from sandbox.engine import environment_for_shell, find_parts, install_engine
from sandbox.engine.install import DYNAMIC, NO_LOGS, pulumi_home
from sandbox.engine.parts import LANGUAGE_HOST, PROVIDER, provider_version
from sandbox.machine import SandboxError
from sandbox.machine.paths import cache, programs
from tests.sandbox.engine.workspace import Workspace, engine_environment

pytestmark = pytest.mark.e2e

OFFICIAL = """\
#!{python} -I
import threading
from concurrent.futures import ThreadPoolExecutor
import grpc
from pulumi.runtime.proto import plugin_pb2

class Any(grpc.GenericRpcHandler):
    def service(self, details):
        info = plugin_pb2.PluginInfo(version="v9.8.7").SerializeToString()
        return grpc.unary_unary_rpc_method_handler(lambda request, context: info)

server = grpc.server(ThreadPoolExecutor(2), handlers=[Any()])
print(server.add_insecure_port("127.0.0.1:0"), flush=True)
server.start()
threading.Event().wait()
"""
"""A plugin that tells its version, as official ones do."""


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "sandbox"


@pytest.fixture
def users_bin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the user's, first on PATH; nothing else of the user's is installed."""
    folder = tmp_path / "users"
    folder.mkdir()
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache().parent))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}/usr/bin{os.pathsep}/bin")
    monkeypatch.delenv("PULUMI_HOME", raising=False)
    return folder


def a_program(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


def an_official_plugin(path: Path) -> None:
    a_program(path, OFFICIAL.format(python=sys.executable))


def test_what_is_missing_is_filled_in(users_bin: Path, state: Path) -> None:
    parts = install_engine(state)
    assert {name: part["source"] for name, part in parts.as_json().items()} == {
        "pulumi": "built",
        "languageHost": "built",
        "kubernetesProvider": "built",
    }
    assert all(part["version"] for part in parts.as_json().values())
    folder = state / "engine" / "bin"
    assert sorted(file.name for file in folder.iterdir()) == [
        "pulumi",
        "pulumi-language-python",
        "pulumi-resource-pulumi-python",
    ]
    assert (folder / "pulumi").samefile(programs() / "pulumi")
    assert not (folder / "pulumi").is_symlink()
    plugin = state / "pulumi" / "plugins" / f"resource-kubernetes-v{provider_version()}" / PROVIDER
    assert os.access(plugin, os.X_OK)


def test_installing_again_changes_nothing(users_bin: Path, state: Path) -> None:
    def files() -> dict[Path, int]:
        return {file: file.lstat().st_mtime_ns for file in state.rglob("*")}

    install_engine(state)
    before = files()
    install_engine(state)
    assert files() == before


def test_the_engine_asks_an_installed_provider_for_its_schema_anew(users_bin: Path, state: Path) -> None:
    kept = state / "pulumi" / "schemas" / f"kubernetes-{provider_version()}.json"
    others = kept.with_name("random-4.0.0.json")
    kept.parent.mkdir(parents=True)
    for file in (kept, others):
        file.write_text("{}")
    install_engine(state)
    assert not kept.exists()
    assert others.exists()


def test_the_engine_keeps_no_log_of_its_own(users_bin: Path, state: Path) -> None:
    """Not even where it has had a folder for them."""
    logs = pulumi_home(state) / "logs"
    logs.mkdir(parents=True)
    (logs / "pulumi-20260101T000000-1-up.log").write_text("everything")
    install_engine(state)
    assert logs.read_text() == NO_LOGS


def test_a_damaged_part_is_repaired(users_bin: Path, state: Path) -> None:
    install_engine(state)
    host = state / "engine" / "bin" / LANGUAGE_HOST
    good = host.read_text()
    host.write_text("#!/bin/sh\nexit 1\n")
    install_engine(state)
    assert host.read_text() == good


def test_an_official_language_host_on_path_is_used(users_bin: Path, state: Path) -> None:
    install_engine(state)
    an_official_plugin(users_bin / LANGUAGE_HOST)
    assert install_engine(state).as_json()["languageHost"] == {"version": "9.8.7", "source": "path"}
    assert not (state / "engine" / "bin" / LANGUAGE_HOST).exists(), "ours is out of the way"


def test_an_official_distribution_on_path_is_used_as_a_whole(users_bin: Path, state: Path) -> None:
    a_program(users_bin.parent / "dist" / "pulumi", "#!/bin/sh\necho v3.999.0\n")
    for bundled in (LANGUAGE_HOST, DYNAMIC):
        a_program(users_bin.parent / "dist" / bundled, "#!/bin/sh\nexit 1\n")
    (users_bin / "pulumi").symlink_to(users_bin.parent / "dist" / "pulumi")
    parts = install_engine(state).as_json()
    assert parts["pulumi"] == {"version": "3.999.0", "source": "path"}
    assert parts["languageHost"] == {"version": "3.999.0", "source": "path"}
    assert list((state / "engine" / "bin").iterdir()) == []


def test_an_official_provider_on_path_is_named(users_bin: Path, state: Path) -> None:
    an_official_plugin(users_bin / PROVIDER)
    assert find_parts(state).as_json()["kubernetesProvider"] == {"version": "9.8.7", "source": "path"}


def test_a_provider_on_path_that_does_not_answer_is_an_error(users_bin: Path, state: Path) -> None:
    a_program(users_bin / PROVIDER, "#!/bin/sh\necho hello\n")
    with pytest.raises(SandboxError, match="does not answer as a Pulumi plugin"):
        find_parts(state)


@pytest.mark.parametrize("named", [True, False], ids=["PULUMI_HOME", "~/.pulumi"])
def test_an_official_provider_among_the_users_plugins_is_linked(
    users_bin: Path, state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: bool
) -> None:
    home = tmp_path / "elsewhere" if named else tmp_path / "home" / ".pulumi"
    if named:
        monkeypatch.setenv("PULUMI_HOME", str(home))
    folder = f"resource-kubernetes-v{provider_version()}"
    an_official_plugin(home / "plugins" / folder / PROVIDER)
    assert install_engine(state).as_json()["kubernetesProvider"] == {
        "version": provider_version(),
        "source": "plugin",
    }
    link = state / "pulumi" / "plugins" / folder / PROVIDER
    assert link.readlink() == home / "plugins" / folder / PROVIDER
    shutil.rmtree(home)
    assert install_engine(state).as_json()["kubernetesProvider"]["source"] == "built"
    assert not link.is_symlink()


def test_another_version_among_the_users_plugins_does_not_count(users_bin: Path, state: Path, tmp_path: Path) -> None:
    an_official_plugin(tmp_path / "home" / ".pulumi" / "plugins" / "resource-kubernetes-v4.0.0" / PROVIDER)
    assert find_parts(state).kubernetes_provider.source == "built"


def test_our_own_parts_on_path_are_not_the_users(users_bin: Path, state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install_engine(state)
    for name, value in environment_for_shell(state / "kubeconfig", state).items():
        monkeypatch.setenv(name, value)
    assert {part["source"] for part in find_parts(state).as_json().values()} == {"built"}


def test_nothing_built_is_an_error_with_the_way_on(
    users_bin: Path, state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "empty"))
    assert find_parts(state).as_json()["pulumi"] == {"version": "", "source": "missing"}
    with pytest.raises(SandboxError, match="neither on PATH nor built") as refused:
        install_engine(state)
    assert "python -m sandbox up" in refused.value.fix


@pytest.fixture
def workspace(tmp_path: Path, state: Path) -> Workspace:
    return Workspace(tmp_path / "project", engine_environment(state))


def test_the_engine_prefers_a_provider_on_path(workspace: Workspace, tmp_path: Path) -> None:
    an_official_plugin(tmp_path / "first" / PROVIDER)
    workspace.environment["PATH"] = f"{tmp_path}/first{os.pathsep}{workspace.environment['PATH']}"
    workspace.program("import pulumi_kubernetes\npulumi_kubernetes.Provider('cluster')\n")
    workspace.run("stack", "init", "dev")
    ran = workspace.attempt("preview")
    assert f"using {PROVIDER} from $PATH at {tmp_path}/first/{PROVIDER}" in ran.output
