"""supervisord holds every process of the sandbox: it restarts what dies, keeps their logs small, ends them in order.

It starts nothing by itself: `up` does, each service once those it needs are well.
"""

import hashlib
import os
import shlex
import sys
import time
import xmlrpc.client
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any

import psutil
from supervisor.xmlrpc import SupervisorTransport

from sandbox.cluster import processes, templates
from sandbox.cluster.layout import Layout
from sandbox.cluster.services import Service
from sandbox.cluster.settings import MARK
from sandbox.machine import SandboxError, run

START_SECONDS = 20
"""How long supervisord itself may take to answer."""

STOP_SECONDS = 120
"""How long all services together may take to end; `down` kills what is left then."""

_SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

_GLOBAL = """\
[supervisord]
identifier = paas
directory = {run}
pidfile = {run}/supervisord.pid
logfile = {logs}/supervisord.log
logfile_maxbytes = 5MB
logfile_backups = 1
loglevel = info
minfds = 1024
minprocs = 1
umask = 022
user = {user}

[unix_http_server]
file = {socket}
chmod = 0600

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
"""

_PROGRAM = """
[program:{name}]
command = {command}
environment = PAAS_SERVICE="{name}",PAAS_INPUTS="{inputs}"
autostart = false
autorestart = true
startsecs = 1
startretries = 3
stopsignal = TERM
stopwaitsecs = 8
priority = {priority}
redirect_stderr = true
stdout_logfile = {log}
stdout_logfile_maxbytes = 10MB
stdout_logfile_backups = 2
"""


@dataclass(frozen=True)
class State:
    """What the supervisor knows of a service.

    Attributes:
        name: of the service.
        state: supervisord's word: RUNNING, STARTING, BACKOFF, FATAL, STOPPED, STOPPING, EXITED, UNKNOWN.
        pid: 0 when it does not run.
    """

    name: str
    state: str
    pid: int

    @property
    def up(self) -> bool:
        """Whether a process is there."""
        return self.state in {"RUNNING", "STARTING"}


def configuration(services: Sequence[Service], layout: Layout) -> str:
    """Return supervisord.conf. A service's section changes whenever one of its input files does."""
    text = _GLOBAL.format(run=layout.run, logs=layout.logs, socket=layout.supervisor_socket, user=os.geteuid())
    return text + "".join(
        _PROGRAM.format(
            name=service.name,
            command=shlex.join(service.command).replace("%", "%%"),
            inputs=_digest(service.inputs),
            priority=100 + 10 * rank,
            log=layout.logs / f"{service.name}.log",
        )
        for rank, service in enumerate(services)
    )


class Supervisor:
    """Talks with one sandbox's supervisord over its socket."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout

    def _ask(self, method: str, *words: object) -> Any:
        """Call one of supervisord's methods, on a new connection: one that failed once would fail for ever."""
        transport = SupervisorTransport(None, None, f"unix://{self.layout.supervisor_socket}")
        with xmlrpc.client.ServerProxy("http://localhost", transport=transport) as proxy:
            return getattr(proxy.supervisor, method)(*words)

    def answers(self) -> bool:
        """Tell whether it is there."""
        try:
            self._ask("getPID")
        except (OSError, HTTPException, xmlrpc.client.Error):
            return False
        return True

    def ensure(self, services: Sequence[Service]) -> None:
        """Let supervisord run with these services; restart only those whose definition changed.

        Processes that an earlier, killed supervisord left behind are ended first.

        Raises:
            SandboxError: it does not come up; the end of what it said is quoted.
        """
        conf = self.layout.etc / "supervisord.conf"
        templates.write(conf, configuration(services, self.layout))
        if self.answers():
            self._reload()
        else:
            processes.end(processes.services(self.layout))
            self._launch(conf)

    def states(self) -> dict[str, State]:
        """Return every service's state by name; empty when supervisord is not there."""
        try:
            known = self._ask("getAllProcessInfo")
        except (OSError, HTTPException, xmlrpc.client.Error):
            return {}
        return {one["name"]: State(one["name"], one["statename"], one["pid"]) for one in known}

    def start(self, name: str) -> None:
        """Start one service; does not wait."""
        self._order("startProcess", name, False)

    def restart(self, name: str) -> None:
        """End one service, by force if need be, and start it."""
        self._order("stopProcess", name, True)
        self.start(name)

    def stop(self, names: Iterable[str]) -> None:
        """End these services, in the order given; those that do not run are passed over."""
        for name in names:
            if (state := self.states().get(name)) and state.state not in {"STOPPED", "EXITED", "FATAL"}:
                self._order("stopProcess", name, True)

    def shutdown(self) -> None:
        """End every service in reverse order and supervisord itself; returns when they are gone."""
        if not self.answers():
            return
        process = psutil.Process(self._ask("getPID"))
        self._ask("shutdown")
        psutil.wait_procs([process], timeout=STOP_SECONDS)

    def _order(self, method: str, *words: object) -> Any:
        try:
            return self._ask(method, *words)
        except xmlrpc.client.Fault as fault:
            raise SandboxError(
                f"supervisord refuses {method} {' '.join(map(str, words))}: {fault.faultString}",
                f"read {self.layout.logs}/supervisord.log",
            ) from fault

    def _reload(self) -> None:
        answer = self._order("reloadConfig")
        added, changed, removed = answer[0]
        for name in [*changed, *removed]:
            self._order("stopProcessGroup", name, True)
            self._order("removeProcessGroup", name)
        for name in [*added, *changed]:
            self._order("addProcessGroup", name)

    def _launch(self, conf: Path) -> None:
        """Start supervisord; it leaves this session by itself, and says before that what it does not like."""
        fix = f"read {self.layout.logs}/supervisord.log, then run `python -m sandbox up` again"
        run(
            [sys.executable, "-m", "supervisor.supervisord", "-c", conf],
            env={"PATH": _SYSTEM_PATH, "HOME": str(self.layout.root), MARK: str(self.layout.root)},
            cwd=self.layout.run,
            timeout=START_SECONDS,
            fix=fix,
        )
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            if time.monotonic() > deadline:
                raise SandboxError(f"supervisord does not answer after {START_SECONDS} s", fix)
            time.sleep(0.02)


def _digest(files: Iterable[Path]) -> str:
    content = hashlib.sha256()
    for file in files:
        content.update(os.fsencode(file) + b"\0" + file.read_bytes())
    return content.hexdigest()[:16]
