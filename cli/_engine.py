"""The engine, by the Automation API, in such a way that Ctrl-C ends it in good order.

The engine runs in a process group of its own: a terminal's Ctrl-C reaches this program alone, which passes it on once,
so that the engine finishes what it has begun. Passed on a second time, the engine ends at once.
"""

import os
import signal
import subprocess
import threading
import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO

from pulumi import automation
from pulumi.automation import errors

from cli import _project
from cli._codes import Code
from cli._errors import CliError
from cli._output import say
from review.secrets import message

PACK = "PULUMI_OPTION_POLICY_PACK"
"""The engine's own variable: a pack that the shell names wins over the project's."""

# The SDK shows the whole of an event that it cannot read, secrets included. How a run ends is told without it.
warnings.filterwarnings("ignore", message="Failed to parse engine event", module=r"pulumi\.automation")

GONE = "list bucket: blob (code=NotFound)"
"""What a backend in a folder says where somebody else has just finished writing a file that it had seen."""

LISTINGS = 5
BETWEEN = 0.2  # seconds

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Command(automation.PulumiCommand):
    """`pulumi`, whose runs can be interrupted, all at once."""

    def __init__(self) -> None:
        super().__init__()
        self.cancelled = False
        self._running: set[subprocess.Popen[str]] = set()
        self._lock = threading.Lock()

    def interrupt(self) -> None:
        """Pass Ctrl-C on to every run; none begins any more."""
        with self._lock:
            self.cancelled = True
            for process in self._running:
                process.send_signal(signal.SIGINT)

    def run(
        self,
        args: list[str],
        cwd: str,
        additional_env: Mapping[str, str],
        on_output: automation.OnOutput | None = None,
        on_error: automation.OnOutput | None = None,
    ) -> automation.CommandResult:
        """Run `pulumi` to its end, as the base class does."""
        with self._started([self.command, "--non-interactive", *args], cwd, additional_env) as process:
            streams = [(process.stdout, on_output), (process.stderr, on_error)]
            said: list[list[str]] = [[], []]
            readers = [
                threading.Thread(target=_read, args=(stream, callback, lines))
                for (stream, callback), lines in zip(streams, said, strict=True)
            ]
            for reader in readers:
                reader.start()
            for reader in readers:
                reader.join()
            code = process.wait()
        result = automation.CommandResult(stdout="\n".join(said[0]), stderr="\n".join(said[1]), code=code)
        if code:
            raise errors.create_command_error(result)
        return result

    @contextmanager
    def _started(self, command: list[str], cwd: str, environment: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
        with self._lock:
            if self.cancelled:
                raise CliError("cancelled", "run it again: it goes on where it stopped", Code.CANCELLED)
            process = subprocess.Popen(
                command,
                cwd=cwd,
                env={**os.environ, **environment, "PULUMI_AUTOMATION_API": "true"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                encoding="utf-8",
                errors="replace",
                process_group=0,
            )
            self._running.add(process)
        try:
            with process:
                yield process
        finally:
            with self._lock:
                self._running.discard(process)


def _read(stream: IO[str], callback: automation.OnOutput | None, lines: list[str]) -> None:
    for line in stream:
        lines.append(line.rstrip())
        if callback:
            callback(lines[-1])


class Workspace(automation.LocalWorkspace):
    """The project as the Automation API drives it; which stack is selected stays as it is for plain `pulumi`."""

    def select_stack(self, stack_name: str) -> None:
        """Do nothing: each command names its stack, and says by itself when there is none."""

    def create_stack(self, stack_name: str) -> None:
        """Make a stack in the backend."""
        provider = ["--secrets-provider", self.secrets_provider] if self.secrets_provider else []
        self.command(["stack", "init", stack_name, "--no-select", *provider])

    def command(self, words: list[str], on_output: automation.OnOutput | None = None) -> automation.CommandResult:
        """Run `pulumi` with `words` to its end; `on_output` takes what it prints, line by line."""
        return self.pulumi_command.run(words, self.work_dir, self.env_vars, on_output)


class Engine:
    """What a command asks of Pulumi.

    Attributes:
        command: see `interruptible`.
        packs: the policy packs to pass on; None where the shell names some.
    """

    def __init__(self, project: _project.Project, secrets_provider: str | None = None) -> None:
        try:
            self.command = Command()
        except FileNotFoundError:
            fix = 'install it, or in the sandbox: eval "$(.venv/bin/python -m sandbox env)"'
            raise CliError("`pulumi` is not on PATH", fix) from None
        except errors.InvalidVersionError as error:
            raise CliError(str(error), "install the version that requirements.txt goes with") from None
        self.workspace = Workspace(
            work_dir=str(project.root), pulumi_command=self.command, secrets_provider=secrets_provider
        )
        own = project.root / "policies"
        self.packs = [str(own)] if PACK not in os.environ and own.is_dir() else None

    def stack(self, name: str) -> automation.Stack:
        """Return a stack, which may or may not be there."""
        return automation.Stack.select(name, self.workspace)

    def stacks(self) -> dict[str, automation.StackSummary]:
        """Return the stacks that the backend knows, by name."""
        with explained():
            return {found.name: found for found in self._listed()}

    def _listed(self) -> list[automation.StackSummary]:
        for _ in range(LISTINGS - 1):
            try:
                return self.workspace.list_stacks()
            except automation.CommandError as error:
                if GONE not in str(error):
                    raise
                time.sleep(BETWEEN)
        return self.workspace.list_stacks()


@contextmanager
def explained() -> Iterator[None]:
    """Turn what a command of the engine's says on its failure into an error for a person."""
    try:
        yield
    except errors.ConcurrentUpdateError as error:
        raise locked(error) from None
    except automation.CommandError as error:
        raise CliError(last_words(error), "`paas doctor` looks at what the engine needs") from None


def locked(error: automation.CommandError) -> CliError:
    """Return the error of a stack that another run has."""
    fix = "try again when it is over; where it died: `pulumi cancel -s STACK`"
    return CliError(f"another run has the stack: {last_words(error)}", fix, Code.LOCKED)


def unknown(*stacks: str) -> CliError:
    """Return the error of stacks that the backend does not have."""
    return CliError(f"the backend has no stack {', '.join(stacks)}", "`paas list` shows which it has")


def last_words(error: automation.CommandError) -> str:
    """Return what the engine said on stderr before it ended without an event."""
    text = str(error).partition(" stderr: ")[2].strip().removeprefix("error: ")
    return message(text) or "the engine ended without a word"


@contextmanager
def interruptible(command: Command) -> Iterator[None]:
    """While the block runs, Ctrl-C and the like cancel the engine's runs; the block goes on to its end by itself."""

    def interrupt(*_: object) -> None:
        again = command.cancelled
        say("ending the engine now" if again else "cancelling: what the engine has begun, it finishes; again: at once")
        command.interrupt()

    before = {number: signal.signal(number, interrupt) for number in ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
