"""Which processes belong to a sandbox: proven by the mark in their environment or by their control group."""

import contextlib
import os
import signal
from collections.abc import Iterable

import psutil

from sandbox.cluster.layout import Layout
from sandbox.cluster.settings import MARK
from sandbox.machine import SandboxError

SHIM = "containerd-shim"


def ours(layout: Layout) -> list[psutil.Process]:
    """Return the sandbox's own processes: supervisor, services and container shims, but not what runs in containers.

    Never this process or one that it runs under, whatever their environment says.
    """
    own = {os.getpid(), *(process.pid for process in psutil.Process().parents())}
    found = [process for process in psutil.process_iter() if process.pid not in own]
    return [process for process in found if owner(process) == str(layout.root)]


def services(layout: Layout) -> list[psutil.Process]:
    """Return `ours` without the shims, which hold running containers and outlive a restart of containerd."""
    return [process for process in ours(layout) if not _name(process).startswith(SHIM)]


def owner(process: psutil.Process) -> str | None:
    """Return the state folder of the sandbox that started the process, or None."""
    try:
        return process.environ().get(MARK)
    except (psutil.Error, OSError):
        return None


def end(processes: Iterable[psutil.Process], grace: float = 10) -> None:
    """Ask them to end, and kill those that have not after `grace` seconds.

    Raises:
        SandboxError: one of them cannot be killed.
    """
    wanted = list(processes)
    for process in wanted:
        _signal(process, signal.SIGTERM)
        _signal(process, signal.SIGCONT)
    _, alive = psutil.wait_procs(wanted, timeout=grace)
    for process in alive:
        _signal(process, signal.SIGKILL)
    _, alive = psutil.wait_procs(alive, timeout=10)
    if stuck := [process for process in alive if process.is_running() and process.status() != psutil.STATUS_ZOMBIE]:
        raise SandboxError(
            f"processes that do not end even when killed: {', '.join(f'{_name(p)} ({p.pid})' for p in stuck)}",
            "they wait for a disk or a mount: `cat /proc/PID/stack` tells; then run `python -m sandbox down` again",
        )


def _signal(process: psutil.Process, number: signal.Signals) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        process.send_signal(number)


def _name(process: psutil.Process) -> str:
    try:
        return process.name()
    except psutil.Error:
        return "?"
