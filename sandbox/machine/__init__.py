"""What every part of the sandbox asks of the machine: places, commands, progress, and errors that say the way on."""

from sandbox.machine.commands import output, run
from sandbox.machine.errors import SandboxError
from sandbox.machine.progress import Progress

__all__ = ["Progress", "SandboxError", "output", "run"]
