"""A language host in a process of its own, driven as the engine drives it, and programs that need no SDK."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import Queue
from typing import Any

import grpc
import psutil
from pulumi.runtime.proto import language_pb2 as pb
from pulumi.runtime.proto import language_pb2_grpc as rpc

from sandbox.machine.paths import ROOT

RUNNER = """\
import runpy, sys
program = sys.argv[sys.argv.index("--") + 1]
sys.argv = [program, *sys.argv[1:]]
runpy.run_path(program, run_name="__main__")
"""
"""Stands in for Pulumi's runner: runs the program, which sees the flags that the host gave."""


@dataclass
class RunningHost:
    """A host, and what the engine would show of it."""

    process: subprocess.Popen[str]
    call: rpc.LanguageRuntimeStub
    lines: "Queue[str]" = field(default_factory=Queue)

    def line(self) -> str:
        """Wait for the next line that the host or its program printed."""
        return self.lines.get(timeout=20)


@contextmanager
def a_host(folder: Path, path: str | None = None) -> Iterator[RunningHost]:
    """Start a host as the engine does: leader of its process group, engine's address last.

    Args:
        path: its PATH; None for ours.
    """
    runner = folder / "runner.py"
    runner.write_text(RUNNER)
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox.engine.language", "--runner", runner, "--logtostderr", "-v=9", "127.0.0.1:1"],
        cwd=ROOT,
        env=os.environ if path is None else {**os.environ, "PATH": path},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        process_group=0,
    )
    assert process.stdin
    assert process.stdout
    port = process.stdout.readline().strip()
    with process, grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        host = RunningHost(process, rpc.LanguageRuntimeStub(channel))
        reader = threading.Thread(target=_read, args=(process.stdout, host.lines))
        reader.start()
        try:
            yield host
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
            process.wait(timeout=10)
            reader.join(timeout=10)


def _read(stream: Any, lines: "Queue[str]") -> None:
    for line in stream:
        lines.put(line.rstrip("\n"))


def info(folder: Path, **options: str) -> pb.ProgramInfo:
    """Describe a program in `folder`; it runs with this test's own Python unless told otherwise."""
    described = pb.ProgramInfo(root_directory=str(folder), program_directory=str(folder), entry_point=".")
    described.options.update({"virtualenv": sys.prefix, **options})
    return described


def a_program(folder: Path, text: str) -> pb.RunRequest:
    """Write a program and return the engine's request to run it."""
    (folder / "__main__.py").write_text(text)
    return pb.RunRequest(
        project="shop",
        stack="prod",
        organization="organization",
        pwd=str(folder),
        parallel=16,
        monitor_address="127.0.0.1:2",
        info=info(folder),
    )


def a_virtualenv(folder: Path) -> Path:
    """Make the smallest virtual environment that Python takes for one; return its site-packages."""
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").symlink_to(Path(sys.executable).resolve())
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    home = Path(sys.executable).resolve().parent
    (folder / "pyvenv.cfg").write_text(f"home = {home}\ninclude-system-site-packages = false\nversion = {version}.0\n")
    packages = folder / "lib" / f"python{version}" / "site-packages"
    packages.mkdir(parents=True)
    return packages


def ended(pid: int) -> bool:
    """Wait until a process is gone (or is a zombie that nobody has collected yet)."""
    return _within(10, lambda: not psutil.pid_exists(pid) or _zombie(pid))


def _zombie(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def _within(seconds: float, true: Callable[[], bool]) -> bool:
    ticking = threading.Event()
    for _ in range(int(seconds / 0.02)):
        if true():
            return True
        ticking.wait(0.02)
    return False
