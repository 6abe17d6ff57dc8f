"""The toolchain: what the machine has is used, what it lacks is built, what is damaged is noticed."""

import importlib
import os
import re
import shutil
from pathlib import Path

import pytest

from sandbox.machine import Progress, SandboxError, run
from sandbox.toolchain import build, catalogue, debian, ensure, find, receipts
from sandbox.toolchain.catalogue import DEBIAN, MODULES, Accept, Module, Program
from sandbox.toolchain.doctor import fixes, table

HELLO = Program(name="hello", version="1.2.3", package="example.test/tools/hello", accept=Accept.SAME_MINOR)
TOOLS = Module(name="tools", programs=(HELLO,), ldflags=("-X main.version=1.2.3",), disk=0.01)


@pytest.fixture
def progress() -> Progress:
    return Progress("test")


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A compiler's cache with the standard library in it, as an interrupted build leaves it."""
    folder = tmp_path_factory.mktemp("compiled")
    write_hello(folder / "source")
    env = {**os.environ, "GOCACHE": str(folder / "build"), "CGO_ENABLED": "0", "GOTOOLCHAIN": "local"}
    flags = ["-trimpath", "-ldflags", "-s -w -X main.version=1.2.3", "-o", str(folder / "hello")]
    run(["go", "build", *flags, "./hello"], env=env, cwd=folder / "source")
    return folder / "build"


def write_hello(source: Path) -> None:
    (source / "hello").mkdir(parents=True)
    (source / "go.mod").write_text("module example.test/tools\n\ngo 1.26\n")
    (source / "go.sum").write_text("")
    main = 'package main\n\nvar version = "none"\n\nfunc main() { print("hello version " + version) }\n'
    (source / "hello" / "main.go").write_text(main)


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty cache, and a catalogue of one small program that needs nothing from anywhere."""
    write_hello(tmp_path / "modules" / "tools")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for module in (receipts, build):
        monkeypatch.setattr(module, "MODULE_FILES", tmp_path / "modules")


@pytest.fixture
def only_hello(monkeypatch: pytest.MonkeyPatch, compiled: Path, tmp_path: Path) -> None:
    shutil.copytree(compiled, tmp_path / "cache" / "paas" / "go" / "build")
    for name in ("sandbox.toolchain.ensure", "sandbox.toolchain.find"):
        module = importlib.import_module(name)
        monkeypatch.setattr(module, "MODULES", (TOOLS,))
        monkeypatch.setattr(module, "DEBIAN", ())


def put_on_path(monkeypatch: pytest.MonkeyPatch, folder: Path, name: str, says: str) -> Path:
    folder.mkdir(exist_ok=True)
    program = folder / name
    program.write_text(f"#!/bin/sh\necho '{says}'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return program


def test_each_module_is_pinned_with_checksums_and_required_at_the_version_the_catalogue_says() -> None:
    files = Path(catalogue.__file__).with_name("modules")
    assert {folder.name for folder in files.iterdir()} == {module.name for module in MODULES}
    for module in MODULES:
        pins = (files / module.name / "go.mod").read_text()
        assert (files / module.name / "go.sum").stat().st_size > 0
        assert not re.search(r"=> \.", pins), f"{module.name} replaces a module by a local folder"
        asked = [program for program in module.programs if program.accept is not Accept.NEVER or program.file]
        for program in asked:
            assert f"v{program.version}" in pins, f"{program.name} {program.version} is not what go.mod requires"


def test_names_are_unique_and_each_has_a_fix() -> None:
    names = [program.name for module in MODULES for program in module.programs] + [p.name for p in DEBIAN]
    assert len(names) == len(set(names))
    assert set(fixes()) == set(names)


@pytest.mark.usefixtures("only_hello")
def test_what_is_missing_is_built_once_and_leaves_no_compiler_cache(progress: Progress, tmp_path: Path) -> None:
    path = ensure(["hello"], progress)["hello"]
    built = path.stat().st_mtime_ns
    assert find({"hello"})["hello"].source == "built"
    assert not (tmp_path / "cache" / "paas" / "go").exists()
    assert ensure(["hello"], progress)["hello"].stat().st_mtime_ns == built


@pytest.mark.usefixtures("only_hello")
def test_a_corrupt_program_is_noticed_and_built_anew(progress: Progress, capsys: pytest.CaptureFixture[str]) -> None:
    path = ensure(["hello"], progress)["hello"]
    good = path.read_bytes()
    path.write_bytes(good[:-1] + b"!")
    assert find({"hello"})["hello"].source == "corrupt"
    assert ensure(["hello"], progress)["hello"].read_bytes() == good
    assert "do not match their checksums" in capsys.readouterr().err


@pytest.mark.usefixtures("only_hello")
def test_a_changed_pin_makes_a_program_outdated(progress: Progress, tmp_path: Path) -> None:
    ensure(["hello"], progress)
    with (tmp_path / "modules" / "tools" / "go.mod").open("a") as file:
        file.write("\n// changed\n")
    assert find({"hello"})["hello"].source == "outdated"


@pytest.mark.usefixtures("only_hello")
def test_the_users_own_program_is_used_first(
    monkeypatch: pytest.MonkeyPatch, progress: Progress, tmp_path: Path
) -> None:
    own = put_on_path(monkeypatch, tmp_path / "own", "hello", "hello 1.2.9")
    assert ensure(["hello"], progress) == {"hello": own}
    assert find({"hello"})["hello"].source == "path"


@pytest.mark.usefixtures("only_hello")
def test_a_program_on_path_with_another_minor_version_is_not_used(
    monkeypatch: pytest.MonkeyPatch, progress: Progress, tmp_path: Path
) -> None:
    own = put_on_path(monkeypatch, tmp_path / "own", "hello", "hello 1.3.0")
    assert ensure(["hello"], progress)["hello"] != own
    assert find({"hello"})["hello"].source == "built"


@pytest.mark.usefixtures("only_hello")
def test_an_interrupted_build_leaves_no_half_program_and_the_next_call_finishes_it(
    monkeypatch: pytest.MonkeyPatch, progress: Progress, tmp_path: Path
) -> None:
    def interrupted(module: Module) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(receipts, "write", interrupted)
        with pytest.raises(KeyboardInterrupt):
            ensure(["hello"], progress)
    assert (tmp_path / "cache" / "paas" / "go" / "build").exists(), "the compiler's cache must outlive an interruption"
    assert find({"hello"})["hello"].source == "missing"
    assert ensure(["hello"], progress)["hello"].exists()


@pytest.mark.usefixtures("only_hello")
def test_a_compiler_error_is_quoted(progress: Progress, tmp_path: Path) -> None:
    (tmp_path / "modules" / "tools" / "hello" / "main.go").write_text("package main\n\nfunc main() { nonsense }\n")
    with pytest.raises(SandboxError, match="undefined: nonsense"):
        ensure(["hello"], progress)


@pytest.mark.usefixtures("only_hello")
def test_go_absent(monkeypatch: pytest.MonkeyPatch, progress: Progress, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SandboxError, match=r"Go is not on PATH[^\n]*\n  fix: install Go 1.26 or newer"):
        ensure(["hello"], progress)


@pytest.mark.usefixtures("only_hello")
def test_go_too_old(monkeypatch: pytest.MonkeyPatch, progress: Progress, tmp_path: Path) -> None:
    put_on_path(monkeypatch, tmp_path / "own", "go", "go1.19.8")
    with pytest.raises(SandboxError, match=r"Go 1\.26 or newer is needed; `go` on PATH is go1\.19\.8"):
        ensure(["hello"], progress)


@pytest.mark.usefixtures("only_hello")
def test_disk_full(monkeypatch: pytest.MonkeyPatch, progress: Progress) -> None:
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=1 << 20))
    with pytest.raises(SandboxError, match=r"building tools needs 0\.01 GiB under .*; 0\.0 GiB are free"):
        ensure(["hello"], progress)


def test_a_missing_debian_package_without_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    containerd = next(program for program in DEBIAN if program.name == "containerd")
    with pytest.raises(SandboxError) as caught:
        debian.install([containerd])
    assert caught.value.what == "Debian packages containerd are missing, and only root can install them"
    assert caught.value.fix == "sudo apt-get install --no-install-recommends containerd"


def test_a_missing_package_on_another_system(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SandboxError, match="this is no Debian"):
        debian.install([program for program in DEBIAN if program.name == "runc"])


def test_an_unknown_name_is_a_mistake_of_the_caller(progress: Progress) -> None:
    with pytest.raises(ValueError, match="not in the toolchain's catalogue: nonsense"):
        ensure(["nonsense"], progress)


@pytest.mark.usefixtures("only_hello")
def test_doctor_gives_one_command_for_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.toolchain.doctor.MODULES", (TOOLS,))
    assert fixes()["hello"] == "python -m sandbox build tools"
    assert list(table(find({"hello"})).columns[1].cells) == ["[red]missing[/]"]
