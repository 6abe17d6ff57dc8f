"""Run a program to its end; a bad end is an error that quotes what it said."""

import shlex
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from sandbox.machine.errors import CommandError, SandboxError

TAIL = 2000  # characters of a failed command's output that an error quotes


def run(
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    input: str | None = None,
    timeout: float | None = None,
    fix: str = "read the lines above; `python -m sandbox doctor` tells what is missing",
) -> str:
    """Run `command` and return what it printed on stdout and stderr together.

    Args:
        env: the whole environment; None inherits ours.
        input: text for its standard input.
        timeout: seconds; None waits for ever.
        fix: the way on, for the error.

    Raises:
        CommandError: it exited with a code other than 0, or ran out of time.
        SandboxError: the program does not exist.
    """
    line = shlex.join(str(word) for word in command)
    try:
        done = subprocess.run(
            [str(word) for word in command],
            env=env,
            cwd=cwd,
            input=input,
            text=True,
            errors="replace",
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=timeout,
            check=False,
        )
    except FileNotFoundError as error:
        raise SandboxError(f"`{error.filename}` does not exist (needed for `{line}`)", fix) from error
    except subprocess.TimeoutExpired as error:
        said = error.output.decode(errors="replace") if isinstance(error.output, bytes) else error.output or ""
        raise CommandError(line, -9, f"{said[-TAIL:]}\n(no end after {timeout:g} s)", fix) from error
    if done.returncode:
        raise CommandError(line, done.returncode, done.stdout[-TAIL:], fix)
    return done.stdout


def output(command: Sequence[str | Path], *, timeout: float = 20) -> str | None:
    """Return what `command` printed, or None where it is missing or fails: for asking versions."""
    try:
        return run(command, timeout=timeout)
    except SandboxError:
        return None
