"""Build the programs of one Go module: downloaded, checked against its `go.sum`, compiled, then all leftovers removed.

Compiler cache and sources are our own and die with each finished build: a full set would take over 30 GB. They outlive
an interrupted one, so that a rerun goes on where the last one stopped.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sandbox.machine import SandboxError, run
from sandbox.machine.errors import CommandError
from sandbox.machine.paths import cache, programs
from sandbox.machine.progress import Step
from sandbox.toolchain import manifests, receipts
from sandbox.toolchain.catalogue import MODULE_FILES, Module, Program

GO = (1, 26)
GIB = 1 << 30


def build(module: Module, step: Step) -> None:
    """Build every program of `module` into the cache and write its receipt.

    Raises:
        SandboxError: no Go, or too old; too little disk; a download or the compiler failed.
    """
    env = _go_environment()
    _require_disk(module)
    draft = cache() / "draft" / module.name
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    folder = MODULE_FILES / module.name
    _compile(module, folder, draft, env, step)
    for program in module.programs:
        if not program.package:
            _take(program, folder, draft, env)
    programs().mkdir(parents=True, exist_ok=True)
    for program in module.programs:
        made = draft / (_binary(program.package) if program.package else program.name)
        made.chmod(0o755)
        made.replace(programs() / program.name)
    receipts.write(module)
    step.say("removing sources and compiler cache")
    shutil.rmtree(draft)
    trim()


def trim() -> None:
    """Remove downloaded sources and the compiler's cache."""
    shutil.rmtree(cache() / "go", ignore_errors=True)


def _compile(module: Module, folder: Path, draft: Path, env: dict[str, str], step: Step) -> None:
    packages = [program.package for program in module.programs if program.package]
    step.say("downloading sources")
    listed = run(["go", "list", "-deps", "-f", "{{.ImportPath}}", *packages], env=env, cwd=folder, fix=_DOWNLOAD)
    total = listed.count("\n")
    flags = " ".join(("-s -w", *module.ldflags))
    command = ["go", "build", "-v", "-ldflags", flags, "-o", f"{draft}/", *packages]
    with _streamed(command, folder, env) as lines:
        for done, line in enumerate(lines, 1):
            step.set(min(done, total), total, line)
    step.set(total, total, "linked")


@contextmanager
def _streamed(command: list[str], folder: Path, env: dict[str, str]) -> Iterator[Iterator[str]]:
    """Run the compiler; the block reads its lines as they come, and it is ended with the block."""
    with subprocess.Popen(
        command, cwd=folder, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        said: list[str] = []

        def lines() -> Iterator[str]:
            for line in process.stdout or ():
                said.append(line)
                yield line.rstrip()

        try:
            yield lines()
        except BaseException:
            process.terminate()
            raise
        if process.wait():
            tail = "".join(said)[-2000:]
            raise CommandError("go build", process.returncode, tail, _explain(tail))


def _take(program: Program, folder: Path, draft: Path, env: dict[str, str]) -> None:
    """Copy what lies in a module as plain files, render its chart, or compile its C source."""
    module, inside = (program.file or program.c_source).split()
    root = Path(run(["go", "list", "-m", "-f", "{{.Dir}}", module], env=env, cwd=folder).strip())
    source, target = root / inside, draft / program.name
    if source.is_dir():
        manifests.render(source, root / "deploy/crds", target, version=program.version, helm=draft / "helm")
        return
    if program.file:
        manifests.take(root, inside, target)
        return
    run(
        ["gcc", "-Os", "-Wall", "-static", "-s", f"-DVERSION={program.version}", "-o", target, source],
        fix="apt-get install gcc libc6-dev",
    )


def _binary(package: str) -> str:
    """Return the name that `go build` gives a package's program: its last part that is not a major version."""
    *rest, last = package.split("/")
    return rest[-1] if re.fullmatch(r"v\d+", last) else last


def _go_environment() -> dict[str, str]:
    want = ".".join(map(str, GO))
    fix = f"install Go {want} or newer and put it on PATH (Debian 12's own is older)"
    if not shutil.which("go"):
        raise SandboxError("Go is not on PATH; it is needed to build what this machine lacks", fix)
    said = run(["go", "env", "GOVERSION"], fix=fix).strip()
    numbers = re.findall(r"\d+", said)
    if tuple(map(int, numbers[:2])) < GO:
        raise SandboxError(f"Go {want} or newer is needed; `go` on PATH is {said}", fix)
    caches = cache() / "go"
    return {
        **os.environ,
        "CGO_ENABLED": "0",
        "GOCACHE": str(caches / "build"),
        "GOMODCACHE": str(caches / "mod"),
        "GOFLAGS": "-mod=readonly -trimpath -modcacherw -buildvcs=false",
        "GOTOOLCHAIN": "local",
        "GOWORK": "off",
    }


def _require_disk(module: Module) -> None:
    cache().mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(cache()).free / GIB
    if free < module.disk:
        raise SandboxError(
            f"building {module.name} needs {module.disk:g} GiB under {cache()}; {free:.1f} GiB are free",
            "free some space, or point XDG_CACHE_HOME at a larger disk; what is built already stays",
        )


def _explain(tail: str) -> str:
    if "no space left on device" in tail:
        return "free some space, or point XDG_CACHE_HOME at a larger disk, and run the same command again"
    return "run the same command again: it goes on where it stopped"


_DOWNLOAD = "check that the Go module proxy can be reached (`go env GOPROXY`), and run the same command again"
