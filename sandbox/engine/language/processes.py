"""Child processes that never outlive their purpose: each leads a process group, which is ended as a whole.

Children get no standard input, and no place in the host's own process group: the SIGINT with which the engine closes
a plugin must not print a program's traceback.
"""

import os
import selectors
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

from sandbox.engine.language.guard import Guard

GRACE = 3.0  # seconds between SIGTERM and SIGKILL; the engine kills a plugin 5 seconds after asking it to end
CHUNK = 65536
TICK = 0.1  # seconds between looks at whether a waiting call was ended
LINGER = 0.2  # seconds to wait for more output of a process that has ended

Stream = Literal["stdout", "stderr"]


class Child:
    """A running process that leads its group.

    Args:
        piped: whether `output` yields what it prints; otherwise it prints to the host's own streams.

    Raises:
        OSError: the program or the folder does not exist, or may not be used.
    """

    def __init__(self, command: Sequence[str | Path], *, cwd: str, env: Mapping[str, str], piped: bool) -> None:
        pipe = subprocess.PIPE if piped else None
        self._process = subprocess.Popen(
            command,
            cwd=cwd,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=pipe,
            stderr=pipe,
            process_group=0,
        )
        self._guard = Guard(self._process.pid)
        self._reaping = threading.Lock()
        self._reaped = False

    def end(self) -> None:
        """Ask the whole group to end, and kill it after `GRACE` seconds. Returns at once; harmless when over."""
        self._signal(signal.SIGTERM)
        last_word = threading.Timer(GRACE, self._signal, [signal.SIGKILL])
        last_word.daemon = True
        last_word.start()

    def wait(self) -> int:
        """Wait for its end, kill what it left in its group, and return its exit code (negative: a signal)."""
        # The number of a group is free for others once its leader is reaped: so look first, and reap last.
        os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOWAIT)
        self._signal(signal.SIGKILL)
        self._guard.release()
        with self._reaping:
            self._reaped = True
            return self._process.wait()

    def output(self) -> Iterator[tuple[Stream, bytes]]:
        """Yield what a piped child prints, as it comes, until it has ended. To be followed by `wait`."""
        pipes = {"stdout": self._process.stdout, "stderr": self._process.stderr}
        with selectors.DefaultSelector() as ready:
            for name, pipe in pipes.items():
                if pipe is not None:
                    ready.register(pipe, selectors.EVENT_READ, name)
            while ready.get_map():
                over = os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is not None
                events = ready.select(LINGER)
                if over and not events:
                    break  # what still holds the pipe is a descendant that left the group
                for key, _ in events:
                    if chunk := os.read(key.fd, CHUNK):
                        yield key.data, chunk
                    else:
                        ready.unregister(key.fileobj)
        for pipe in pipes.values():
            if pipe is not None:
                pipe.close()

    def _signal(self, number: signal.Signals) -> None:
        with self._reaping:
            if not self._reaped:
                os.killpg(self._process.pid, number)


class Children:
    """The children of one call, ended together when the call is."""

    def __init__(self) -> None:
        self._running: set[Child] = set()
        self._ended = threading.Event()
        self._changing = threading.Lock()

    def start(self, command: Sequence[str | Path], *, cwd: str, env: Mapping[str, str], piped: bool) -> Child:
        """Start a child; see `Child`. To be followed by `wait`.

        Raises:
            InterruptedError: the call has been ended; nothing was started.
            OSError: as `Child`.
        """
        with self._changing:
            if self._ended.is_set():
                raise InterruptedError("cancelled")
            child = Child(command, cwd=cwd, env=env, piped=piped)
            self._running.add(child)
        return child

    def wait(self, child: Child) -> int:
        """Wait for a child's end and return its exit code (negative: a signal)."""
        try:
            return child.wait()
        finally:
            with self._changing:
                self._running.discard(child)

    def wait_for(self, event: threading.Event) -> bool:
        """Wait for something else before the next start. False: the call has been ended first."""
        while not event.wait(TICK):
            if self._ended.is_set():
                return False
        return True

    def end(self) -> None:
        """Ask all of them to end, and let no other start. Returns at once."""
        with self._changing:
            self._ended.set()
            running = list(self._running)
        for child in running:
            child.end()
