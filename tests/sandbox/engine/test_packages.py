"""The host tells what is installed where a program runs, and installs it."""

import base64
import json
import platform
import sys
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from pulumi.runtime.proto import language_pb2 as pb

from sandbox.engine.parts import provider_version
from tests.sandbox.engine.hosting import RunningHost, a_host, a_virtualenv, info


@pytest.fixture
def host(tmp_path: Path) -> Iterator[RunningHost]:
    with a_host(tmp_path) as running:
        yield running


def an_sdk(packages: Path, name: str, description: object) -> None:
    (packages / name).mkdir()
    (packages / name / "pulumi-plugin.json").write_text(json.dumps(description))


def a_distribution(packages: Path, name: str, *requires: str) -> None:
    folder = packages / f"{name}-1.0.dist-info"
    folder.mkdir()
    lines = ["Metadata-Version: 2.1", f"Name: {name}", "Version: 1.0", *(f"Requires-Dist: {line}" for line in requires)]
    (folder / "METADATA").write_text("\n".join(lines) + "\n")


def test_the_installed_sdks_name_their_providers(host: RunningHost, tmp_path: Path) -> None:
    needed = host.call.GetRequiredPackages(pb.GetRequiredPackagesRequest(info=info(tmp_path))).packages
    assert [(each.kind, each.name, each.version) for each in needed] == [
        ("resource", "kubernetes", provider_version())
    ], "and pulumi_policy, whose description says that it has no provider, is left out"


def test_an_older_engine_is_told_the_same(host: RunningHost, tmp_path: Path) -> None:
    needed = host.call.GetRequiredPlugins(pb.GetRequiredPluginsRequest(info=info(tmp_path))).plugins
    assert [(each.name, each.version) for each in needed] == [("kubernetes", provider_version())]


def test_a_parameterized_sdk_passes_its_parameter(host: RunningHost, tmp_path: Path) -> None:
    parameter = {"name": "widgets", "version": "2.0.0", "value": base64.b64encode(b"schema").decode()}
    description = {"resource": True, "name": "base", "version": "1.0.0", "parameterization": parameter}
    an_sdk(a_virtualenv(tmp_path / "venv"), "pulumi_widgets", description)
    request = pb.GetRequiredPackagesRequest(info=info(tmp_path, virtualenv="venv"))
    (needed,) = host.call.GetRequiredPackages(request).packages
    assert (needed.name, needed.parameterization.name, needed.parameterization.value) == ("base", "widgets", b"schema")
    assert not needed.HasField("extension")


def test_an_sdk_without_a_name_is_named_by_its_package(host: RunningHost, tmp_path: Path) -> None:
    an_sdk(a_virtualenv(tmp_path / "venv"), "pulumi_big_cloud", {"resource": True})
    request = pb.GetRequiredPackagesRequest(info=info(tmp_path, virtualenv="venv"))
    (needed,) = host.call.GetRequiredPackages(request).packages
    assert (needed.name, needed.version) == ("big-cloud", "")


def test_a_broken_description_is_named(host: RunningHost, tmp_path: Path) -> None:
    an_sdk(a_virtualenv(tmp_path / "venv"), "pulumi_broken", ["no", "object"])
    request = pb.GetRequiredPackagesRequest(info=info(tmp_path, virtualenv="venv"))
    with pytest.raises(grpc.RpcError, match=r"pulumi_broken/pulumi-plugin\.json is not a valid plugin description"):
        host.call.GetRequiredPackages(request)


def test_folders_that_a_pth_file_adds_count(host: RunningHost, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    an_sdk(tmp_path / "elsewhere", "pulumi_linked", {"resource": True, "version": "3.0.0"})
    (a_virtualenv(tmp_path / "venv") / "linked.pth").write_text(f"{tmp_path}/elsewhere\n")
    request = pb.GetRequiredPackagesRequest(info=info(tmp_path, virtualenv="venv"))
    (needed,) = host.call.GetRequiredPackages(request).packages
    assert (needed.name, needed.version) == ("linked", "3.0.0")


def test_about_describes_the_programs_python(host: RunningHost, tmp_path: Path) -> None:
    about = host.call.About(pb.AboutRequest(info=info(tmp_path)))
    assert about.executable == f"{sys.prefix}/bin/python"
    assert about.version == platform.python_version()
    assert dict(about.metadata) == {"toolchain": "pip"}


def test_without_a_virtual_environment_the_python_on_path_is_described(host: RunningHost, tmp_path: Path) -> None:
    described = info(tmp_path)
    described.ClearField("options")
    about = host.call.About(pb.AboutRequest(info=described))
    assert Path(about.executable).exists()
    assert about.version


def test_dependencies_leave_out_what_others_require(host: RunningHost, tmp_path: Path) -> None:
    packages = a_virtualenv(tmp_path / "venv")
    a_distribution(packages, "app", "library>=1", "tool; extra == 'dev'", "windows; sys_platform == 'win32'")
    for name in ("library", "tool", "windows"):
        a_distribution(packages, name)

    def dependencies(*, transitive: bool) -> list[str]:
        described = info(tmp_path, virtualenv="venv")
        request = pb.GetProgramDependenciesRequest(info=described, transitiveDependencies=transitive)
        return [each.name for each in host.call.GetProgramDependencies(request).dependencies]

    assert dependencies(transitive=False) == ["app", "tool", "windows"]
    assert dependencies(transitive=True) == ["app", "library", "tool", "windows"]


def install(host: RunningHost, described: pb.ProgramInfo) -> str:
    answers = host.call.InstallDependencies(pb.InstallDependenciesRequest(info=described))
    return b"".join(answer.stdout + answer.stderr for answer in answers).decode()


def test_install_makes_the_virtual_environment_and_installs_into_it(host: RunningHost, tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("pip\n")
    said = install(host, info(tmp_path, virtualenv="venv"))
    assert "-m venv" in said
    assert "Requirement already satisfied: pip" in said
    assert (tmp_path / "venv" / "bin" / "python").exists()


def test_install_leaves_an_existing_environment_as_it_is(host: RunningHost, tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("pulumi\n")
    assert "-m venv" not in install(host, info(tmp_path))


def test_a_failing_installation_is_shown_and_named(host: RunningHost, tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("./no-such-folder\n")
    answers = host.call.InstallDependencies(pb.InstallDependenciesRequest(info=info(tmp_path)))
    shown: list[pb.InstallDependenciesResponse] = []
    with pytest.raises(grpc.RpcError, match=r"-m pip install .* exited with 1; what it printed is above"):
        shown.extend(answers)
    assert any(b"no-such-folder" in answer.stdout + answer.stderr for answer in shown)


def test_a_new_project_is_asked_for_its_toolchain_once(host: RunningHost, tmp_path: Path) -> None:
    asked = host.call.RuntimeOptionsPrompts(pb.RuntimeOptionsRequest(info=info(tmp_path))).prompts
    assert [each.key for each in asked] == ["toolchain"]
    assert asked[0].default.stringValue == "pip"
    chosen = pb.RuntimeOptionsRequest(info=info(tmp_path, toolchain="pip"))
    assert not host.call.RuntimeOptionsPrompts(chosen).prompts
